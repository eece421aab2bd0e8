import type { AgentRow, GateRow } from './agent.ts';

/** Why an agent should be looked at, and since when. */
export type Staleness = {
  readonly reason: 'unused' | 'orphaned' | 'never-recertified' | 'over-privileged';
  readonly detail: string;
};

export type StaleFacts = {
  readonly agent: AgentRow;
  readonly gate: GateRow;
  /** The sponsor's row; `undefined` when there is none (any more). */
  readonly sponsor: { readonly status: 'active' | 'left' } | undefined;
  /** The tools a permit opens to it, with the policies that do. */
  readonly permitted: readonly Permitted[];
  /** The UTC day of each tool's last use. */
  readonly used: ReadonlyMap<string, string>;
};

export type Permitted = { readonly tool: string; readonly policies: readonly string[] };

/**
 * What is stale about an agent: no action started in so many days, nobody who answers for it, no end to its
 * certification, a right it does not use. The gate knows the day of the last action and of each tool's last use; an
 * agent that never acted has the day it was registered.
 */
export function staleness(facts: StaleFacts, days: number, now: Date): readonly Staleness[] {
  const { agent, gate, sponsor } = facts;
  if (agent.stage === 'retired') return [];
  const since = daysSince(gate.day, now);
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
  return [...found, ...unusedRights(facts, days, now)];
}

/** Each tool it may use and did not in so many days since it is registered, with the policy to narrow. */
function unusedRights({ permitted, used, gate }: StaleFacts, days: number, now: Date): readonly Staleness[] {
  return permitted.flatMap(({ tool, policies }): Staleness[] => {
    const day = used.get(tool);
    const since = day ?? gate.since;
    if (since !== undefined && daysSince(since, now) < days) return [];
    const last = day === undefined ? 'never used' : `last used on ${day}`;
    return [{ reason: 'over-privileged', detail: `${tool} ${last}; ${policies.join(', ')} permits it` }];
  });
}

const daysSince = (day: string, now: Date) => Math.floor((now.getTime() - Date.parse(day)) / 86_400_000);
