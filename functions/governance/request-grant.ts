import { GRANT_DAYS, type GrantInput, grantRequestIdOf, type GrantTerms } from '../../core/action/grant.ts';
import { openGrantRequest } from '../../core/action/open-grant-request.ts';
import { agentKey, type AgentRow, agentRow, SYSTEM_AGENT } from '../../core/agent/agent.ts';
import { approvalKey, approvalRow } from '../../core/approval/approval.ts';
import { digest } from '../../core/canonical-json.ts';
import { isRefusal, type Refusal } from '../../core/change.ts';
import { didYouMean } from '../../core/did-you-mean.ts';
import { COE } from '../../core/governance/manifest.ts';
import type { Tool } from '../../core/governance/tool.ts';
import { type CompiledRelease, compileRelease, concerning } from '../../core/policy/compile-release.ts';
import { toolFor } from '../../core/policy/decide.ts';
import type { Guard } from '../../core/policy/decision.ts';
import { parseRow } from '../../core/row.ts';
import { decideAndCommit } from '../aws/registry.ts';
import type { ApplyDeps } from './apply-governance.ts';
import { loadActive } from './list-releases.ts';
import { loadAuthority } from './load-scopes.ts';
import type { By } from './plan-governance.ts';
import { nextOf, type Proposal } from './propose.ts';

type Unfit = Refusal<'unfit-grant'>;
const unfit = (detail: string): Unfit => ({ refused: 'unfit-grant', detail });

export type AskedGrant = Required<Pick<Proposal, 'action' | 'approval' | 'expiresAt'>>;

/**
 * Asks those who may lift a guard for a standing grant, or answers with the same request while it waits. Who may ask
 * acts for the agent's unit or the centre; asking gives nothing.
 */
export async function requestGrant(
  deps: ApplyDeps,
  terms: GrantTerms,
  by: By,
): Promise<AskedGrant | Unfit | Refusal<'outside-unit'>> {
  const [stored] = await deps.registry.load([agentKey(terms.agent)]);
  const agent = stored && parseRow(agentRow, stored);
  if (!agent || agent.id === SYSTEM_AGENT || agent.stage === 'retired') {
    return unfit(`agent: there is no agent ${terms.agent} that could use it`);
  }
  const { scopes, person } = await loadAuthority(deps.registry, by.actor);
  if (!scopes.includes(COE) && !scopes.includes(agent.unit)) {
    return {
      refused: 'outside-unit',
      detail: `you do not act for unit ${agent.unit}: ask its administrators`,
    };
  }
  const active = await loadActive(deps.registry);
  if (!active) return unfit('no policy release is active: apply one first');
  const release = compileRelease(await deps.releases.load(active.release), active.release);
  const found = findRules(release, agent, terms);
  if ('refused' in found) return found;
  const wrong = checkTerms(terms, found.tool, by.now);
  if (wrong !== undefined) return unfit(wrong);
  const input: GrantInput = {
    ...terms,
    ...{ unit: agent.unit, toolHash: found.tool.hash, guardHash: found.hash, requestedBy: by.actor.id },
    keepOut: [agent.sponsor, ...(person === undefined ? [] : [person])],
  };
  return open(deps, { guard: found.guard, input, release: release.hash }, by);
}

/** The guard and the tool as the release in force has them, if the guard can hold this agent on this tool at all. */
function findRules(
  release: CompiledRelease,
  agent: AgentRow,
  terms: GrantTerms,
): { readonly guard: Guard; readonly hash: string; readonly tool: Tool } | Unfit {
  const tool = toolFor(release, { tool: terms.tool, agent });
  if (!tool) return unfit(`tool: no tool ${terms.tool} is open to unit ${agent.unit}`);
  const guards = concerning([...release.policies.values()], agent.unit, tool).filter(({ guard }) => guard);
  const policy = guards.find(({ source }) => source.id === terms.guard);
  if (policy?.guard) return { guard: policy.guard, hash: digest(policy.json), tool };
  const known = guards.map(({ source }) => source.id);
  return unfit(`guard: no guard ${terms.guard} asks about ${terms.tool}${didYouMean(terms.guard, known)}`);
}

/** What does not fit the tool or the time; `undefined` when all does. */
function checkTerms({ limits, money, until }: GrantTerms, tool: Tool, now: Date): string | undefined {
  const fields = Object.keys(tool.input['properties'] ?? {});
  const strange = Object.keys(limits).find((field) => !fields.includes(field));
  if (strange !== undefined) {
    return `limits: ${tool.name} has no field ${strange}${didYouMean(strange, fields)}`;
  }
  const days = (Date.parse(until) - now.getTime()) / 86_400_000;
  if (days <= 0 || days > GRANT_DAYS) return `until: a moment within the next ${GRANT_DAYS} days`;
  if (!money) return undefined;
  if (!tool.amount) return `money: ${tool.name} declares no amount: limit the count alone`;
  const { value } = tool.amount;
  return Object.hasOwn(limits, value)
    ? undefined
    : `limits: give ${value} a max, so that money is limited by use`;
}

async function open(
  { registry }: ApplyDeps,
  asked: { readonly guard: Guard; readonly input: GrantInput; readonly release: string },
  by: By,
): Promise<AskedGrant> {
  const decided = await decideAndCommit(registry, async () => {
    const { id, waiting } = await nextOf(registry, (n) => grantRequestIdOf(asked.input, n));
    if (waiting) return { refused: 'waits', detail: id, waiting } as const;
    const [agent] = await registry.load([agentKey(SYSTEM_AGENT)]);
    const systemAgent = agent ? 'known' : 'missing';
    return openGrantRequest({ systemAgent, guard: asked.guard }, { ...asked, id }, by);
  });
  const { id, approval: key } = isRefusal(decided) ? decided.waiting : decided.committed.result;
  const [row] = await registry.load([approvalKey(key ?? '')]);
  const approval = parseRow(approvalRow, row);
  return { action: id, approval: approval.id, expiresAt: approval.expiresAt };
}
