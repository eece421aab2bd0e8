import { createAlarm } from './alarm.ts';
import { drive, settle } from './drive.ts';
import type { Outcome } from './execution.ts';
import { overdue } from './overdue.ts';
import type { Failure } from './state-error.ts';
import { awaited, save, type Tools, type Works } from './works.ts';

/** Moves executions on, each by itself, one durable step at a time. */
export type Runner = {
  /** Goes on with everything that was running when the process ended. */
  start(): void;
  stop(): void;
  /** Takes an execution as far as it goes now. */
  drive(arn: string): void;
  /** Records how the attempt that waits ended; `false` when it does not wait any more. */
  answer(arn: string, attempt: number, outcome: Outcome): boolean;
  /** Puts off the heartbeat's deadline; `false` as for `answer`. */
  beat(arn: string, attempt: number): boolean;
  /** Ends an execution; when it ended, which may be long ago. */
  abort(arn: string, failure: Failure): number | undefined;
};

export function createRunner(tools: Tools): Runner {
  const alarm = createAlarm({
    nextDue: () => tools.store.nextDue(),
    now: tools.now,
    ring: () => wake(works),
  });
  const works: Works = { ...tools, alarm, driving: new Set(), invoking: new Set(), stopped: true };
  return {
    start: () => start(works),
    stop: () => {
      works.stopped = true;
      alarm.stop();
    },
    drive: (arn) => {
      drive(works, arn);
      alarm.set();
    },
    answer: (arn, attempt, outcome) => {
      const found = awaited(works, arn, attempt);
      return found !== undefined && settle(works, found, { kind: 'answered', outcome });
    },
    beat: (arn, attempt) => beat(works, arn, attempt),
    abort: (arn, failure) => abort(works, arn, failure),
  };
}

/** Time first: what ran out while the process was down is over, whoever answers now. */
function start(works: Works): void {
  works.stopped = false;
  wake(works);
  for (const arn of works.store.running()) drive(works, arn);
  works.alarm.set();
}

function wake(works: Works): void {
  for (const arn of works.store.due(works.now())) {
    const execution = works.store.find(arn);
    const move = execution && overdue(execution, works.now());
    if (execution && move) save(works, execution, move);
    drive(works, arn);
  }
}

function beat(works: Works, arn: string, attempt: number): boolean {
  const found = awaited(works, arn, attempt);
  if (!found) return false;
  const { phase } = found.position;
  const { heartbeatMs } = phase.limits;
  const beatBy = heartbeatMs === undefined ? undefined : works.now() + heartbeatMs;
  return settle(works, found, { ...phase, limits: { ...phase.limits, beatBy } });
}

function abort(works: Works, arn: string, { error, cause }: Failure): number | undefined {
  const execution = works.store.find(arn);
  if (execution?.status === 'RUNNING') {
    const given = { ...(error !== undefined && { error }), ...(cause !== undefined && { cause }) };
    const event = { type: 'ExecutionAborted', details: { executionAbortedEventDetails: given } };
    save(works, execution, { events: [event], end: { status: 'ABORTED', error, cause } });
  }
  return works.store.find(arn)?.end?.stoppedAt;
}
