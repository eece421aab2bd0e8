import type { AgentRow, GateRow } from './agent.ts';

/** Why an agent should be looked at, and since when. */
export type Staleness = {
  readonly reason: 'unused' | 'orphaned' | 'never-recertified';
  readonly detail: string;
};

export type StaleFacts = {
  readonly agent: AgentRow;
  readonly gate: GateRow;
  /** The sponsor's row; `undefined` when there is none (any more). */
  readonly sponsor: { readonly status: 'active' | 'left' } | undefined;
};

/**
 * What is stale about an agent: no action started in so many days, nobody who answers for it, no end to its
 * certification. The gate knows the day of the last action; one that never acted has the day it was registered.
 */
export function staleness(facts: StaleFacts, days: number, now: Date): readonly Staleness[] {
  const { agent, gate, sponsor } = facts;
  if (agent.stage === 'retired') return [];
  const since = Math.floor((now.getTime() - Date.parse(gate.day)) / 86_400_000);
  const found: Staleness[] = [];
  if (since >= days) {
    const last = gate.actionsToday > 0 ? 'last acted' : 'never acted; registered';
    found.push({ reason: 'unused', detail: `${last} on ${gate.day}, ${since} days ago` });
  }
  if (sponsor?.status !== 'active') {
    const gone = sponsor ? 'left' : 'is no person known here';
    found.push({ reason: 'orphaned', detail: `its sponsor ${agent.sponsor} ${gone}` });
  }
  if (agent.recertifyBy === undefined) {
    found.push({ reason: 'never-recertified', detail: 'its certification has no end: set recertifyBy' });
  }
  return found;
}
