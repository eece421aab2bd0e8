import type { AuditRecord } from '../../client/admin/audit.ts';

/** What the ERP says it did: its orders, and its journal of every request it answered. */
export type ErpRecord = {
  readonly orders: readonly ErpOrder[];
  readonly journal: readonly ErpRequest[];
};
export type ErpOrder = { readonly id: string; readonly key: string };
/** `key` is the request's Idempotency-Key: an action's id, or null for whoever only looks. */
export type ErpRequest = {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly key: string | null;
};

export type Reconciliation = {
  readonly complete: boolean;
  /** What does not add up, one line each. */
  readonly faults: readonly string[];
};

const terminal = [
  'action.denied',
  'action.rejected',
  'action.expired',
  'action.withdrawn',
  'action.succeeded',
  'action.failed',
  'action.unknown',
];
const waiting = ['action.held'];

/**
 * Rebuilds every action's timeline from the audit log alone and holds it against the ERP's own record: versions without
 * gap, every start with its outcome, one succeeded action per order and one order per succeeded order action, and no
 * request in the journal that no started action explains.
 */
export function reconcile(events: readonly AuditRecord[], erp: ErpRecord): Reconciliation {
  const timelines = Map.groupBy(events, ({ subject }) => subject);
  const faults = [
    ...[...timelines].flatMap(([subject, timeline]) => faultsOf(subject, timeline)),
    ...ordersAgainst(timelines, erp.orders),
    ...journalAgainst(timelines, erp),
  ];
  return { complete: faults.length === 0 && events.length > 0, faults };
}

function faultsOf(subject: string, unsorted: readonly AuditRecord[]): string[] {
  const timeline = [...unsorted].sort((a, b) => a.version - b.version);
  const gap = timeline.findIndex(({ version }, n) => version !== n + 1);
  if (gap >= 0) return [`${subject}: version ${gap + 1} is missing`];
  if (!subject.startsWith('ACTION#')) return [];
  const types = timeline.map(({ type }) => type);
  const last = types.at(-1) ?? '';
  if (!terminal.includes(last) && !waiting.includes(last))
    return [`${subject}: ends with ${last} and no outcome`];
  const outcomes = types.filter((type) => terminal.includes(type));
  return outcomes.length > 1 ? [`${subject}: has ${outcomes.length} outcomes`] : [];
}

function ordersAgainst(
  timelines: ReadonlyMap<string, readonly AuditRecord[]>,
  orders: readonly ErpOrder[],
): string[] {
  const succeeded = [...timelines].flatMap(([subject, timeline]) => {
    const isOrder = timeline.some((event) => event['tool'] === 'erp.create_purchase_order');
    const done = timeline.some(({ type }) => type === 'action.succeeded');
    return isOrder && done ? [subject.replace('ACTION#', '')] : [];
  });
  const keys = orders.map(({ key }) => key);
  const unexplained = orders.filter(({ key }) => !succeeded.includes(key));
  const missing = succeeded.filter((action) => !keys.includes(action));
  const doubled = keys.filter((key, n) => keys.indexOf(key) !== n);
  return [
    ...unexplained.map(({ id }) => `order ${id} has no succeeded action`),
    ...missing.map((action) => `action ${action} succeeded and has no order`),
    ...doubled.map((key) => `action ${key} has two orders`),
  ];
}

/** Nothing reaches the ERP but by the door: each request with a key is an action's that was started. */
function journalAgainst(
  timelines: ReadonlyMap<string, readonly AuditRecord[]>,
  { orders, journal }: ErpRecord,
): string[] {
  const started = new Set(
    [...timelines].flatMap(([subject, timeline]) =>
      timeline.some(({ type }) => type === 'action.started') ? [subject.replace('ACTION#', '')] : [],
    ),
  );
  const placed = new Set(
    journal.filter(({ method, status }) => method === 'POST' && status === 200).map(({ key }) => key),
  );
  const strays = journal.filter(({ key }) => key !== null && !started.has(key));
  const unheard = orders.filter(({ key }) => !placed.has(key));
  return [
    ...strays.map(
      ({ method, path, key }) => `${method} ${path} came to the ERP as ${key}, which no action started`,
    ),
    ...unheard.map(({ id }) => `order ${id} is in no line of the ERP's journal`),
  ];
}
