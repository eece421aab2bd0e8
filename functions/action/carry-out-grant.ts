import type { ActionRow } from '../../core/action/action.ts';
import { grantIdOf, type GrantInput, grantInput, grantKey, grantRow } from '../../core/action/grant.ts';
import { type GrantFacts, makeGrant } from '../../core/action/make-grant.ts';
import { agentKey, agentRow } from '../../core/agent/agent.ts';
import { liftedGuards } from '../../core/approval/count-votes.ts';
import { digest } from '../../core/canonical-json.ts';
import { activeReleaseKey, type ActiveReleaseRow, activeReleaseRow } from '../../core/policy/release.ts';
import { parseRow } from '../../core/row.ts';
import { loadElectorate } from '../aws/electorate.ts';
import { carryOut, loadOwn, type OwnDeps } from './carry-out.ts';

/** Makes a standing grant that was agreed to. */
export const carryOutGrant = (deps: OwnDeps, held: ActionRow): Promise<ActionRow> =>
  carryOut(deps, held, async () => makeGrant(await loadFacts(deps, held), deps.now()));

async function loadFacts(deps: OwnDeps, held: ActionRow): Promise<GrantFacts> {
  const input = grantInput.parse(held.input);
  const more = [agentKey(input.agent), activeReleaseKey, grantKey(grantIdOf(input))];
  const { own, rows } = await loadOwn(deps, held, more);
  const [grantee, active, before] = rows;
  const inForce = active && parseRow(activeReleaseRow, active);
  return {
    ...own,
    ...(await judgeNow(deps, own, input, inForce)),
    input,
    grantee: grantee && parseRow(agentRow, grantee),
    active: inForce,
    before: before && parseRow(grantRow, before),
  };
}

/** What the release in force makes of the guard, the tool and the votes. */
async function judgeNow(
  { registry, open, now }: OwnDeps,
  found: Pick<GrantFacts, 'action' | 'approval' | 'agent'>,
  input: GrantInput,
  active: ActiveReleaseRow | undefined,
): Promise<Pick<GrantFacts, 'rules' | 'lifts'>> {
  const release = active && (await open(active.release));
  const policy = release?.policies.get(input.guard);
  const toolHash = release?.bundle.tools.find(({ name }) => name === input.tool)?.hash;
  const rules = { guardHash: policy && digest(policy.json), toolHash };
  if (!policy?.guard || found.approval.status !== 'approved') return { rules, lifts: false };
  const electorate = await loadElectorate(registry, [policy.guard], { ...found, now: now() });
  const cast = { votes: found.approval.votes, waiting: found.approval };
  return { rules, lifts: liftedGuards([policy.guard], cast, electorate).length === 1 };
}
