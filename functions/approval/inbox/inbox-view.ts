import { alike, isAwaited, type Sum, sumOf } from '../../../core/approval/inbox.ts';
import type { PersonRow } from '../../../core/governance/person.ts';
import { severityOf } from '../../../core/policy/decision.ts';
import type { ApprovalFacts } from '../../aws/load-approval.ts';
import { errorDetails } from '../../aws/log.ts';
import { loadPending, LOOKED_THROUGH } from '../pending-approvals.ts';
import type { InboxDeps } from './inbox-deps.ts';

/** What the list can be narrowed by. */
export const filters = ['unit', 'tool', 'agent', 'severity'] as const;
export type Filter = (typeof filters)[number];
export type Chosen = Readonly<Partial<Record<Filter, string | undefined>>>;

/** Requests that are like each other, and what they ask for together where their tool says where the amount is. */
export type LikeRequests = {
  readonly requests: readonly [ApprovalFacts, ...ApprovalFacts[]];
  readonly sums: readonly Sum[];
};

export type InboxView = {
  readonly person: PersonRow;
  readonly groups: readonly LikeRequests[];
  readonly chosen: Chosen;
  /** Values there are to choose from, whatever is chosen. */
  readonly choices: Readonly<Record<Filter, readonly string[]>>;
  /** How many wait in all; and whether more may wait than were looked through. */
  readonly awaited: number;
  readonly more: boolean;
  readonly lookedThrough: number;
};

export const valueOf = ({ approval }: Pick<ApprovalFacts, 'approval'>, filter: Filter): string =>
  filter === 'severity' ? severityOf(approval.guards) : approval[filter];

/** What waits for this person now, as chosen. */
export async function loadInbox(deps: InboxDeps, person: PersonRow, chosen: Chosen): Promise<InboxView> {
  const now = deps.now();
  const { pending, more } = await loadPending(deps.registry, now);
  const awaited = pending.filter((facts) => isAwaited(facts, person.id, now));
  const shown = awaited.filter((facts) =>
    filters.every((filter) => chosen[filter] === undefined || valueOf(facts, filter) === chosen[filter]),
  );
  const groups = await Promise.all(
    alike(shown).map(async (requests) => ({ requests, sums: await sumsOf(deps, requests) })),
  );
  const valuesOf = (filter: Filter) => [...new Set(awaited.map((facts) => valueOf(facts, filter)))].sort();
  const choices = {
    unit: valuesOf('unit'),
    tool: valuesOf('tool'),
    agent: valuesOf('agent'),
    severity: valuesOf('severity'),
  };
  return { person, groups, chosen, choices, awaited: awaited.length, more, lookedThrough: LOOKED_THROUGH };
}

/** By the tool as the release pins it that held them; nothing when that can't be read or says of no amount. */
async function sumsOf(deps: InboxDeps, requests: LikeRequests['requests']): Promise<readonly Sum[]> {
  const [{ action: first }] = requests;
  try {
    const { tools } = await deps.releases.load(first.release);
    const amount = tools.find(({ name, hash }) => name === first.tool && hash === first.toolHash)?.amount;
    const same = requests.every(({ action }) => action.toolHash === first.toolHash);
    return (
      (same &&
        amount &&
        sumOf(
          requests.map(({ action }) => action.input),
          amount,
        )) ||
      []
    );
  } catch (error) {
    deps.log('error', 'FAULT', errorDetails(error));
    return [];
  }
}
