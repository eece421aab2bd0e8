import type { InvokeFunction } from '../service.ts';
import type { Alarm } from './alarm.ts';
import { dueAt, type Execution, type Move, type Phase, type Position } from './execution.ts';
import type { Machine } from './machine.ts';
import type { ExecutionStore } from './store.ts';

/** Told of each execution's start and end. */
export type OnExecution = (
  machineArn: string,
  what: 'started' | 'succeeded' | 'failed' | 'timedOut' | 'aborted',
) => void;

/** What executions are run with. */
export type Tools = {
  readonly machines: ReadonlyMap<string, Machine>;
  readonly store: ExecutionStore;
  readonly invoke: InvokeFunction;
  readonly onExecution: OnExecution;
  readonly now: () => number;
};

/** The tools, and what of the work is in memory alone. */
export type Works = Tools & {
  readonly alarm: Alarm;
  /** Executions that are being moved on. */
  readonly driving: Set<string>;
  /** Attempts whose function runs. */
  readonly invoking: Set<string>;
  stopped: boolean;
};

const ENDS = { SUCCEEDED: 'succeeded', FAILED: 'failed', TIMED_OUT: 'timedOut', ABORTED: 'aborted' } as const;

/** Makes a step durable; `false` when the execution has changed since it was read. */
export function save(works: Works, from: Execution, move: Move): boolean {
  if (!works.store.save(from, move, works.now())) return false;
  if ('end' in move) works.onExecution(from.machineArn, ENDS[move.end.status]);
  works.alarm.set();
  return true;
}

/** An attempt whose function runs or whose answer is still to come. */
export type Awaited = {
  readonly execution: Execution;
  readonly position: Position & { readonly phase: Extract<Phase, { readonly limits: unknown }> };
};

/** The attempt while it can still be answered: not by an earlier attempt's token, and not once its time is over. */
export function awaited({ store, now }: Works, arn: string, attempt: number): Awaited | undefined {
  const execution = store.find(arn);
  const { position } = execution ?? {};
  if (!execution || position?.attempt !== attempt) return undefined;
  const { phase } = position;
  if (phase.kind !== 'invoking' && phase.kind !== 'waiting') return undefined;
  if ((dueAt(position) ?? Infinity) <= now()) return undefined;
  return { execution, position: { ...position, phase } };
}
