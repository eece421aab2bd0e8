import type { Mutant } from './mutants.ts';

const tests = ['test/functions/identity/workload.test.ts'];

/** What makes an IAM role the one agent its manifest says, and nobody else. */
export const identityMutants: readonly Mutant[] = [
  {
    name: 'identity: any role gets an agent a token',
    file: 'core/identity/issue-token.ts',
    find: 'if (!agent || unfitRole(agent, kid) !== undefined) return notThisWorkload;',
    replace: 'if (!agent) return notThisWorkload;',
    tests,
  },
  {
    name: 'identity: a suspended agent’s role gets a token',
    file: 'core/identity/issue-token.ts',
    find: 'const obstacle = obstacleOf({ ...facts, agent }, now);',
    replace: 'const obstacle = undefined as string | undefined;',
    tests,
  },
  {
    name: 'identity: a role taken away keeps its tokens',
    file: 'core/identity/check-token.ts',
    find: "const unfit = kid.startsWith(kidOfRole('')) ? unfitRole(agent, kid) : unfitKey(agent, kid, now);",
    replace: "const unfit = kid.startsWith(kidOfRole('')) ? undefined : unfitKey(agent, kid, now);",
    tests,
  },
  {
    name: 'identity: a revoked role goes on',
    file: 'core/identity/check-token.ts',
    find: 'return revokedKeys.some((revoked) => revoked.kid === kid) ? `${kid} was revoked: use another` : undefined;',
    replace: 'return revokedKeys.length > 99 ? kid : undefined;',
    tests,
  },
  {
    name: 'identity: a role of any account is the agent',
    file: 'core/principal.ts',
    find: 'return `arn:${session[1]}:iam::${session[2]}:role/${session[3]}`;',
    replace: 'return `arn:${session[1]}:iam::111122223333:role/${session[3]}`;',
    tests,
  },
  {
    name: 'identity: two agents share a role',
    file: 'core/governance/check-agents.ts',
    find: 'if (other && living.includes(agent)) {',
    replace: 'if (other && false) {',
    tests,
  },
  {
    name: 'identity: an agent runs as an administrator',
    file: 'core/governance/check-agents.ts',
    find: 'const admin = administrators.find(',
    replace: 'const admin = administrators.slice(99).find(',
    tests,
  },
  {
    name: 'identity: an agent needs no credential',
    file: 'core/governance/check-agents.ts',
    find: 'if (keys.length + workloads.length === 0) {',
    replace: 'if (keys.length + workloads.length < 0) {',
    tests,
  },
];
