import { actionKey, type ActionRow, actionRow } from '../../core/action/action.ts';
import { grantIdOf, type GrantInput, grantInput, grantKey, grantRow } from '../../core/action/grant.ts';
import { type GrantFacts, makeGrant } from '../../core/action/make-grant.ts';
import { agentKey, agentRow } from '../../core/agent/agent.ts';
import { approvalKey, approvalRow } from '../../core/approval/approval.ts';
import { liftedGuards } from '../../core/approval/count-votes.ts';
import { digest } from '../../core/canonical-json.ts';
import { isRefusal } from '../../core/change.ts';
import { activeReleaseKey, type ActiveReleaseRow, activeReleaseRow } from '../../core/policy/release.ts';
import { parseRow } from '../../core/row.ts';
import { readSwitches, switchesKey } from '../../core/switch/switch.ts';
import { loadElectorate } from '../aws/electorate.ts';
import { decideAndCommit } from '../aws/registry.ts';
import { loadAction, type RunDeps } from './run-action.ts';

type Deps = Pick<RunDeps, 'registry' | 'open' | 'log' | 'now'>;

/** Makes a standing grant that was agreed to, once, whoever and however many ask for it. */
export async function carryOutGrant(deps: Deps, held: ActionRow): Promise<ActionRow> {
  const decided = await decideAndCommit(deps.registry, async () =>
    makeGrant(await loadFacts(deps, held), deps.now()),
  );
  const row = isRefusal(decided) ? await loadAction(deps.registry, held.id) : decided.committed.result;
  deps.log('info', 'ACTION_SETTLED', { action: row.id, status: row.status, attempt: row.attempt });
  return row;
}

async function loadFacts(deps: Deps, { id, approval, agent, input: stored }: ActionRow): Promise<GrantFacts> {
  const input = grantInput.parse(stored);
  const keys = [actionKey(id), approvalKey(approval ?? ''), agentKey(agent), agentKey(input.agent)];
  const more = [switchesKey, activeReleaseKey, grantKey(grantIdOf(input))];
  const rows = await deps.registry.load([...keys, ...more]);
  const [action, votes, system, grantee, switches, active, before] = rows;
  const inForce = active && parseRow(activeReleaseRow, active);
  const found = {
    action: parseRow(actionRow, action),
    approval: parseRow(approvalRow, votes),
    agent: parseRow(agentRow, system),
  };
  return {
    ...found,
    ...(await judgeNow(deps, found, input, inForce)),
    input,
    grantee: grantee && parseRow(agentRow, grantee),
    switches: readSwitches(switches),
    active: inForce,
    before: before && parseRow(grantRow, before),
  };
}

/** What the release in force makes of the guard, the tool and the votes. */
async function judgeNow(
  { registry, open, now }: Deps,
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
