import type { AuditRecord } from '../../client/admin/audit.ts';
import { type Followed, isEnded } from './follow-runs.ts';
import type { InvalidRow } from './read-requests.ts';
import { type ErpRecord, reconcile } from './reconcile-audit.ts';

export type Report = {
  readonly requests: number;
  readonly ordered: number;
  readonly denied: number;
  readonly rejected: number;
  readonly expired: number;
  /** Withdrawn, unreachable or superseded. */
  readonly overtaken: number;
  readonly failed: number;
  readonly pending: number;
  readonly invalid: number;
  readonly heldForApproval: number;
  readonly auditEvents: number;
  readonly auditComplete: boolean;
  readonly medianCycleSeconds: number;
  readonly minutesSaved: number;
  readonly netValueUsd: number;
  readonly faults: readonly string[];
};

/** Counts what became of every row and holds the audit log against the ERP; `faults` is empty when all adds up. */
export function makeReport(facts: {
  readonly followed: readonly Followed[];
  readonly invalid: readonly InvalidRow[];
  readonly events: readonly AuditRecord[];
  readonly erp: ErpRecord;
}): Report {
  const { followed, invalid, events, erp } = facts;
  const outcomes = followed.flatMap(({ run }) => (run.outcome ? [run.outcome] : []));
  const count = (result: string) => outcomes.filter((outcome) => outcome.result === result).length;
  const runs = new Set<unknown>(followed.map(({ run }) => run.id));
  const audit = reconcile(events, erp);
  const counts = {
    requests: followed.length + invalid.length,
    ordered: count('ordered'),
    denied: count('denied'),
    rejected: count('rejected'),
    expired: count('expired'),
    overtaken: count('withdrawn') + count('unreachable') + count('superseded'),
    failed: followed.filter(({ run }) => run.status === 'failed' || run.outcome?.result === 'failed').length,
    pending: followed.filter(({ run }) => !isEnded(run)).length,
    invalid: invalid.length,
  };
  const { requests, ...ends } = counts;
  const sum = Object.values(ends).reduce((total, each) => total + each, 0);
  const unbalanced = sum === requests ? [] : [`${requests} rows came in and ${sum} ends were counted`];
  return {
    ...counts,
    heldForApproval: events.filter(({ type, run }) => type === 'action.held' && runs.has(run)).length,
    auditEvents: events.length,
    auditComplete: audit.complete,
    medianCycleSeconds: median(outcomes.map(({ cycleSeconds }) => cycleSeconds)),
    minutesSaved: round(outcomes.reduce((total, { minutesSaved }) => total + minutesSaved, 0)),
    netValueUsd: round(outcomes.reduce((total, { netValue }) => total + netValue.minor, 0) / 100),
    faults: [...unbalanced, ...audit.faults],
  };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low = 0, high = 0] =
    sorted.length % 2 ? [sorted[middle], sorted[middle]] : sorted.slice(middle - 1, middle + 1);
  return round((low + high) / 2);
}

const round = (value: number) => Math.round(value * 100) / 100;
