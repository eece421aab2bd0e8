import type { Mutant } from './mutants.ts';

const life = ['test/core/governance/agent-life.test.ts'];
const revocation = ['test/functions/identity/revocation.test.ts'];
const tokens = ['test/core/identity/check-token.test.ts'];

/** Who an agent is, for how long, and how that ends. */
export const lifecycleMutants: readonly Mutant[] = [
  {
    name: 'lifecycle: an agent begins in production',
    file: 'core/agent/agent.ts',
    find: "export const firstStages = ['draft', 'pilot'] as const",
    replace: "export const firstStages = ['draft', 'pilot', 'production'] as const",
    tests: life,
  },
  {
    name: 'lifecycle: nobody needs to promote',
    file: 'core/governance/agent-life.ts',
    find: '  promotion: (moving) => promotionOf(moving) !== undefined,',
    replace: '  promotion: () => true,',
    tests: life,
  },
  {
    name: 'lifecycle: a promotion is for any release of its version',
    file: 'core/governance/agent-life.ts',
    find: 'standing.promotions.find(({ release }) => same(release, want.release));',
    replace: 'standing.promotions.find(({ release }) => release.version === want.release?.version);',
    tests: life,
  },
  {
    name: 'lifecycle: a waiver never runs out',
    file: 'core/governance/agent-life.ts',
    find: ' && until >= dayOf(now));',
    replace: " && until >= '' && now);",
    tests: life,
  },
  {
    name: 'lifecycle: a unit promotes itself',
    file: 'core/governance/manifest.ts',
    find: "  ...(['Promotion', 'ReleaseWaiver'] as const),\n",
    replace: '',
    tests: life,
  },
  {
    name: 'lifecycle: an agent acts on though its sponsor left',
    file: 'core/governance/plan-agent.ts',
    find: "if (standing?.sponsorLeft && (acts(was) || was === 'suspended')) return 'sponsor-left';",
    replace: '',
    tests: life,
  },
  {
    name: 'lifecycle: an apply forgets what was revoked',
    file: 'core/governance/plan-agent.ts',
    find: "const carried = ['productionRelease', 'revokedKeys', 'tokensNotBefore', 'reminded'] as const;",
    replace: "const carried = ['productionRelease', 'reminded'] as const;",
    tests: revocation,
  },
  {
    name: 'lifecycle: the gate does not ask for the certification',
    file: 'functions/aws/transact-items.ts',
    find: ' AND (${CERTIFIED})',
    replace: ' AND ((${CERTIFIED}) OR :today > :seen)',
    tests: ['test/functions/governance/certifications.test.ts'],
  },
  {
    name: 'lifecycle: the door does not ask for the certification',
    file: 'core/action/admission.ts',
    find: '  if (certificationEnded(gate, now)) {',
    replace: '  if (certificationEnded({}, now)) {',
    tests: revocation,
  },
  {
    name: 'lifecycle: tasks go to agents whose certification ended',
    file: 'functions/task/claim-next.ts',
    find: '  if (certificationEnded({ recertifyBy }, now)) return false;\n',
    replace: '  void [recertifyBy, now, certificationEnded];\n',
    tests: revocation,
  },
  {
    name: 'lifecycle: the door takes revoked tokens',
    file: 'functions/action/door-facts.ts',
    find: '  await request.caller?.requireStanding({ agent: parseRow(agentRow, agent), epoch });\n',
    replace: '',
    tests: revocation,
  },
  {
    name: 'lifecycle: other routes take revoked tokens',
    file: 'functions/http/caller.ts',
    find: '  await requireStanding({ agent: agent && parseRow(agentRow, agent), epoch });\n',
    replace: '  void [agent, epoch, agentRow, parseRow, requireStanding];\n',
    tests: revocation,
  },
  {
    name: 'lifecycle: a revoked key signs on',
    file: 'core/identity/check-token.ts',
    find: 'if (revokedKeys.some((revoked) => revoked.kid === kid)) return',
    replace: 'if (revokedKeys.length > 99) return',
    tests: tokens,
  },
  {
    name: 'lifecycle: a key that ended signs on',
    file: 'core/identity/check-token.ts',
    find: 'now.getTime() >= Date.parse(key.notAfter)',
    replace: 'now.getTime() < 0',
    tests: tokens,
  },
  {
    name: 'lifecycle: the epoch of all tokens is not looked at',
    file: 'core/identity/check-token.ts',
    find: '[agent.tokensNotBefore, epoch?.notBefore]',
    replace: '[agent.tokensNotBefore, epoch && undefined]',
    tests: tokens,
  },
  {
    name: 'lifecycle: any administrator revokes for any unit',
    file: 'functions/governance/agent-routes.ts',
    find: '  if (scopes.includes(COE) || scopes.includes(unit)) return;\n',
    replace: '  if (scopes.length > 0) return;\n',
    tests: revocation,
  },
  {
    name: 'lifecycle: a sponsor is reminded every day',
    file: 'core/agent/certification.ts',
    find: 'reminded.daysAhead <= daysAhead;',
    replace: 'reminded.daysAhead < daysAhead;',
    tests: ['test/core/agent/certification.test.ts'],
  },
];
