import type { ExecutionsView } from '../console/executions-view.ts';
import type { Execution } from './execution.ts';
import type { StoredEvent } from './rows.ts';
import type { ExecutionStore } from './store.ts';

/** What the console may see of executions: states, times and names of errors; nothing they carry. */
export function viewExecutions(store: Pick<ExecutionStore, 'list' | 'events'>): ExecutionsView {
  return {
    list: ({ status, limit }) => store.list({ ...(status && { status }), limit }).map(summaryOf),
    history: (arn) => store.events(arn).map(eventOf),
  };
}

function summaryOf({ arn, machineArn, name, status, startedAt, position, end }: Execution) {
  const waits = position && ['waiting', 'sleeping'].includes(position.phase.kind);
  return {
    arn,
    machine: machineArn.split(':').at(-1) ?? machineArn,
    name,
    status,
    startedAt,
    stoppedAt: end?.stoppedAt,
    state: position?.state,
    waitingSince: waits ? position.enteredAt : undefined,
  };
}

function eventOf({ id, at, type, details = {} }: StoredEvent) {
  const [content = {}] = Object.values(details) as Record<string, unknown>[];
  const text = (key: string) => (typeof content[key] === 'string' ? content[key] : undefined);
  return { id, at, type, state: text('name') ?? text('state'), detail: text('error') };
}
