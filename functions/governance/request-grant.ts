import { type GrantInput, grantRequestIdOf, type GrantTerms } from '../../core/action/grant.ts';
import { openGrantRequest } from '../../core/action/open-grant-request.ts';
import { agentKey, type AgentRow, agentRow, SYSTEM_AGENT } from '../../core/agent/agent.ts';
import { approvalKey, approvalRow } from '../../core/approval/approval.ts';
import { isRefusal, type Refusal } from '../../core/change.ts';
import { COE } from '../../core/governance/manifest.ts';
import { compileRelease } from '../../core/policy/compile-release.ts';
import type { Guard } from '../../core/policy/decision.ts';
import { parseRow } from '../../core/row.ts';
import { decideAndCommit } from '../aws/registry.ts';
import type { ApplyDeps } from './apply-governance.ts';
import { checkGrant, unfit } from './check-grant.ts';
import { loadActive } from './list-releases.ts';
import { loadAuthority } from './load-scopes.ts';
import type { By } from './plan-governance.ts';
import { nextOf, type Proposal } from './propose.ts';

export type AskedGrant = Required<Pick<Proposal, 'action' | 'approval' | 'expiresAt'>>;
type No = Refusal<'unfit-grant' | 'outside-unit'>;

/**
 * Asks those who may lift a guard for a standing grant, or answers with the same request while it waits. Who may ask
 * acts for the agent's unit or the centre; asking gives nothing.
 */
export async function requestGrant(deps: ApplyDeps, terms: GrantTerms, by: By): Promise<AskedGrant | No> {
  const [stored] = await deps.registry.load([agentKey(terms.agent)]);
  const agent = stored && parseRow(agentRow, stored);
  if (!agent || agent.id === SYSTEM_AGENT || agent.stage === 'retired') {
    return unfit(`agent: there is no agent ${terms.agent} that could use it`);
  }
  const { scopes, person } = await loadAuthority(deps.registry, by.actor);
  if (!scopes.includes(COE) && !scopes.includes(agent.unit)) {
    const detail = `you do not act for unit ${agent.unit}: ask its administrators`;
    return { refused: 'outside-unit', detail };
  }
  return askFor(deps, { terms, agent, person }, by);
}

type Asking = {
  readonly terms: GrantTerms;
  readonly agent: AgentRow;
  /** Who asks, as far as that is known. */
  readonly person: string | undefined;
};

async function askFor(deps: ApplyDeps, { terms, agent, person }: Asking, by: By): Promise<AskedGrant | No> {
  const active = await loadActive(deps.registry);
  if (!active) return unfit('no policy release is active: apply one first');
  const release = compileRelease(await deps.releases.load(active.release), active.release);
  const found = checkGrant(release, agent, terms, by.now);
  if ('refused' in found) return found;
  const { guard, guardHash, toolHash } = found;
  const input: GrantInput = {
    ...terms,
    ...{ unit: agent.unit, toolHash, guardHash, requestedBy: by.actor.id },
    keepOut: [agent.sponsor, ...(person === undefined ? [] : [person])],
  };
  return open(deps, { guard, input, release: release.hash }, by);
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
