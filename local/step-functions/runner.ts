import { randomBytes } from 'node:crypto';
import type { InvokeFunction } from '../service.ts';
import { dueAt, type Execution, type Move, type Outcome, type Phase, type Position } from './execution.ts';
import { failExecution } from './leave.ts';
import { failureOf, resultOf } from './lambda-result.ts';
import type { Machine } from './machine.ts';
import { StateError } from './state-error.ts';
import { step } from './step.ts';
import type { ExecutionStore } from './store.ts';

/** Told of each execution's start and end. */
export type OnExecution = (
  machineArn: string,
  what: 'started' | 'succeeded' | 'failed' | 'timedOut' | 'aborted',
) => void;

export type RunnerOptions = {
  readonly machines: ReadonlyMap<string, Machine>;
  readonly store: ExecutionStore;
  readonly invoke: InvokeFunction;
  readonly onExecution: OnExecution;
  readonly now: () => number;
};

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
  abort(arn: string, failure: { error?: string | undefined; cause?: string | undefined }): number | undefined;
};

const LONGEST_TIMER_MS = 2 ** 31 - 1;

export function createRunner(options: RunnerOptions): Runner {
  const { store, now } = options;
  const driving = new Set<string>();
  const invoking = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let stopped = true;

  const save = (from: Execution, move: Move): boolean => {
    if (!store.save(from, move, now())) return false;
    if ('end' in move) options.onExecution(from.machineArn, ENDS[move.end.status]);
    arm();
    return true;
  };
  const drive = (arn: string): void => {
    if (stopped || driving.has(arn)) return;
    driving.add(arn);
    advance(arn)
      .catch((error: unknown) => process.stderr.write(`step functions: ${arn}: ${String(error)}\n`))
      .finally(() => driving.delete(arn));
  };
  const advance = async (arn: string): Promise<void> => {
    for (;;) {
      const execution = store.find(arn);
      if (stopped || execution?.status !== 'RUNNING') return;
      const move = await nextMove(execution, options);
      if (stopped) return;
      if (move) save(execution, move);
      else {
        const fresh = store.find(arn);
        if (fresh?.revision !== execution.revision) continue;
        return invoke(execution);
      }
    }
  };
  const invoke = ({ arn, machineArn, position }: Execution): void => {
    if (position?.phase.kind !== 'invoking') return;
    const key = `${arn}/${position.attempt}`;
    if (invoking.has(key)) return;
    invoking.add(key);
    const { functionName, payload } = position.phase;
    const as = options.machines.get(machineArn)?.roleArn ?? '';
    options
      .invoke({ as, functionArn: functionName, payload })
      .then(resultOf, failureOf)
      .then((outcome) => {
        invoking.delete(key);
        if (!stopped) returned(arn, position.attempt, outcome);
      })
      .catch((error: unknown) => process.stderr.write(`step functions: ${arn}: ${String(error)}\n`));
  };
  /** The function ended: that is the outcome, or with a token the beginning of the wait. */
  const returned = (arn: string, attempt: number, outcome: Outcome): void => {
    const found = waitingAt(arn, attempt);
    if (!found || found.position.phase.kind !== 'invoking') return;
    const { token, limits } = found.position.phase;
    if (token === undefined || !outcome.ok) settlePhase(found, { kind: 'answered', outcome });
    else settlePhase(found, { kind: 'waiting', token, limits });
  };
  const waitingAt = (arn: string, attempt: number) => {
    const execution = store.find(arn);
    const { position } = execution ?? {};
    const waits = position?.phase.kind === 'invoking' || position?.phase.kind === 'waiting';
    return execution && position && waits && position.attempt === attempt
      ? { execution, position }
      : undefined;
  };
  const settlePhase = (
    { execution, position }: { readonly execution: Execution; readonly position: Position },
    phase: Phase,
  ): void => {
    save(execution, { events: [], position: { ...position, phase } });
    drive(execution.arn);
  };
  const arm = (): void => {
    clearTimeout(timer);
    const next = store.nextDue();
    if (stopped || next === undefined) return;
    timer = setTimeout(wake, Math.min(LONGEST_TIMER_MS, Math.max(0, next - now())));
  };
  const wake = (): void => {
    for (const arn of store.due(now())) {
      const execution = store.find(arn);
      const move = execution && overdue(execution, now());
      if (execution && move) save(execution, move);
      drive(arn);
    }
    arm();
  };

  return {
    start: () => {
      stopped = false;
      for (const arn of store.running()) drive(arn);
      arm();
    },
    stop: () => {
      stopped = true;
      clearTimeout(timer);
    },
    drive: (arn) => {
      drive(arn);
      arm();
    },
    answer: (arn, attempt, outcome) => {
      const found = waitingAt(arn, attempt);
      if (found) settlePhase(found, { kind: 'answered', outcome });
      return found !== undefined;
    },
    beat: (arn, attempt) => {
      const found = waitingAt(arn, attempt);
      if (!found || !('limits' in found.position.phase)) return false;
      const { phase } = found.position;
      const { heartbeatMs } = phase.limits;
      const beatBy = heartbeatMs === undefined ? undefined : now() + heartbeatMs;
      settlePhase(found, { ...phase, limits: { ...phase.limits, beatBy } });
      return true;
    },
    abort: (arn, { error, cause }) => {
      const execution = store.find(arn);
      if (execution?.status !== 'RUNNING') return execution?.end?.stoppedAt;
      const given = { ...(error !== undefined && { error }), ...(cause !== undefined && { cause }) };
      const event = { type: 'ExecutionAborted', details: { executionAbortedEventDetails: given } };
      save(execution, { events: [event], end: { status: 'ABORTED', error, cause } });
      return now();
    },
  };
}

const ENDS = { SUCCEEDED: 'succeeded', FAILED: 'failed', TIMED_OUT: 'timedOut', ABORTED: 'aborted' } as const;

async function nextMove(
  execution: Execution,
  { machines, store, now }: RunnerOptions,
): Promise<Move | undefined> {
  const machine = machines.get(execution.machineArn);
  if (!machine) return undefined;
  try {
    return await step(execution, {
      machine,
      now: now(),
      nextEventId: store.eventCount(execution.arn) + 1,
      newToken: () => randomBytes(96).toString('base64'),
    });
  } catch (error) {
    if (error instanceof StateError) return failExecution([], error.failure);
    throw error;
  }
}

/** What time alone does: it ends the execution, an attempt, or a sleep. */
function overdue({ position }: Execution, now: number): Move | undefined {
  if (!position || (dueAt(position) ?? Infinity) > now) return undefined;
  const { phase, lastsUntil } = position;
  if (lastsUntil !== undefined && lastsUntil <= now) {
    const event = { type: 'ExecutionTimedOut', details: { executionTimedOutEventDetails: {} } };
    return { events: [event], end: { status: 'TIMED_OUT' } };
  }
  if (phase.kind === 'sleeping')
    return { events: [], position: { ...position, phase: { kind: phase.then } } };
  const outcome: Outcome = { ok: false, error: 'States.Timeout', cause: undefined };
  return { events: [], position: { ...position, phase: { kind: 'answered', outcome } } };
}
