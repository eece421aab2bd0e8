import type { ActionRow } from '../../core/action/action.ts';
import { activateApproved, type ProposalFacts } from '../../core/action/activate-approved.ts';
import { proposalInput } from '../../core/action/proposal.ts';
import { lapsed } from '../../core/action/start-approved.ts';
import { liftedGuards } from '../../core/approval/count-votes.ts';
import { COUNCIL_GUARD, councilGuard, councilKey, liveCouncil } from '../../core/governance/council.ts';
import { activateRelease } from '../../core/policy/activate-release.ts';
import { activeReleaseKey, activeReleaseRow, releaseKey } from '../../core/policy/release.ts';
import { parseRow } from '../../core/row.ts';
import { loadElectorate } from '../aws/electorate.ts';
import type { Registry, StoredRow } from '../aws/registry.ts';
import { carryOut, loadOwn, type OwnDeps } from './carry-out.ts';

/** Carries out a proposal the council agreed to. */
export const carryOutProposal = (deps: OwnDeps, held: ActionRow): Promise<ActionRow> =>
  carryOut(deps, held, async () => {
    const now = deps.now();
    const { facts, known } = await loadFacts(deps, held, now);
    const activation = lapsed(facts, now) ? none : await activationOf(deps, facts, known);
    return activateApproved(facts, activation, now);
  });

const none = { writes: [], events: [] };

/** The release must be readable and compile, as at a rollback; one that is in force already needs nothing. */
async function activationOf(deps: OwnDeps, { input, active, action }: ProposalFacts, known: boolean) {
  const { release: hash, before, proposer: person } = input;
  if (hash === before) return none;
  const { bundle } = await deps.open(hash);
  const actor = { kind: 'system', id: 'execute-action' } as const;
  const by = { actor, now: deps.now(), person };
  const change = activateRelease({ active, known }, { hash, bundle }, by);
  return { ...change, events: change.events.map((event) => ({ ...event, action: action.id })) };
}

async function loadFacts(deps: OwnDeps, held: ActionRow, now: Date) {
  const input = proposalInput.parse(held.input);
  const seats = input.seats.map(({ pk, sk }) => ({ pk, sk }));
  const more = [councilKey, activeReleaseKey, releaseKey(input.release), ...seats];
  const { own, rows } = await loadOwn(deps, held, more);
  const [council, active, known, ...seated] = rows;
  const facts: ProposalFacts = {
    ...own,
    input,
    quorum: await isQuorum(deps.registry, { ...own, now }, council),
    active: active && parseRow(activeReleaseRow, active),
    seated: seated.map((row) => Number(row?.['version'] ?? 0)),
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
