import { actionKey, type ActionRow, actionRow } from '../../core/action/action.ts';
import { activateApproved, type ProposalFacts } from '../../core/action/activate-approved.ts';
import { type ProposalInput, proposalInput } from '../../core/action/proposal.ts';
import { lapsed } from '../../core/action/start-approved.ts';
import { agentKey, agentRow } from '../../core/agent/agent.ts';
import { approvalKey, approvalRow } from '../../core/approval/approval.ts';
import { liftedGuards } from '../../core/approval/count-votes.ts';
import { isRefusal } from '../../core/change.ts';
import { COUNCIL_GUARD, councilGuard, councilKey, liveCouncil } from '../../core/governance/council.ts';
import { activateRelease } from '../../core/policy/activate-release.ts';
import { activeReleaseKey, activeReleaseRow, releaseKey } from '../../core/policy/release.ts';
import { parseRow } from '../../core/row.ts';
import { readSwitches, switchesKey } from '../../core/switch/switch.ts';
import { loadElectorate } from '../aws/electorate.ts';
import { decideAndCommit, type Registry, type StoredRow } from '../aws/registry.ts';
import { loadAction, type RunDeps } from './run-action.ts';

type Deps = Pick<RunDeps, 'registry' | 'open' | 'log' | 'now'>;

/** Carries out a proposal the council agreed to, once, whoever and however many ask for it. */
export async function carryOutProposal(deps: Deps, held: ActionRow): Promise<ActionRow> {
  const decided = await decideAndCommit(deps.registry, async () => {
    const { facts, known } = await loadFacts(deps.registry, held, deps.now());
    const now = deps.now();
    const activation = lapsed(facts.approval, now) ? none : await activationOf(deps, facts, known);
    return activateApproved(facts, activation, now);
  });
  const row = isRefusal(decided) ? await loadAction(deps.registry, held.id) : decided.committed.result;
  deps.log('info', 'ACTION_SETTLED', { action: row.id, status: row.status, attempt: row.attempt });
  return row;
}

const none = { writes: [], events: [] };

/** The release must be readable and compile, as at a rollback; one that is in force already needs nothing. */
async function activationOf(deps: Deps, { input, active, action }: ProposalFacts, known: boolean) {
  const { release: hash, before, proposer: person } = input;
  if (hash === before) return none;
  const { bundle } = await deps.open(hash);
  const actor = { kind: 'system', id: 'execute-action' } as const;
  const by = { actor, now: deps.now(), person };
  const change = activateRelease({ active, known }, { hash, bundle }, by);
  return { ...change, events: change.events.map((event) => ({ ...event, action: action.id })) };
}

async function loadFacts(
  registry: Pick<Registry, 'load'>,
  { id, approval, agent, input }: ActionRow,
  now: Date,
) {
  const asked = proposalInput.parse(input);
  const keys = [
    ...[actionKey(id), approvalKey(approval ?? ''), agentKey(agent), switchesKey, councilKey],
    ...[activeReleaseKey, releaseKey(asked.release)],
  ];
  const rows = await registry.load([...keys, ...asked.seats.map(({ pk, sk }) => ({ pk, sk }))]);
  const [action, votes, system, switches, council, active, known] = rows;
  const seated = rows.slice(keys.length).map((row) => Number(row?.['version'] ?? 0));
  const found = {
    action: parseRow(actionRow, action),
    agent: parseRow(agentRow, system),
    approval: parseRow(approvalRow, votes),
  };
  const facts: ProposalFacts = {
    ...found,
    input: asked satisfies ProposalInput,
    switches: readSwitches(switches),
    quorum: await isQuorum(registry, { ...found, now }, council),
    active: active && parseRow(activeReleaseRow, active),
    seated,
  };
  return { facts, known: known !== undefined };
}

/** Enough for what was asked, and for the council as it rules now. */
export async function isQuorum(
  registry: Pick<Registry, 'load'>,
  facts: Pick<ProposalFacts, 'action' | 'agent' | 'approval'> & { readonly now: Date },
  council: StoredRow | undefined,
): Promise<boolean> {
  const live = liveCouncil(council);
  const guards = [...facts.approval.guards, ...(live ? [councilGuard(live)] : [])];
  const electorate = await loadElectorate(registry, guards, facts);
  const { approval } = facts;
  const asked = approval.guards.some(({ id }) => id === COUNCIL_GUARD);
  return (
    asked &&
    liftedGuards(guards, { votes: approval.votes, waiting: approval }, electorate).length === guards.length
  );
}
