import type { InvokeResult } from '../service.ts';
import type { LambdaFunction } from './function.ts';
import type { Sandbox } from './start-sandbox.ts';

export type Job = { readonly payload: string; readonly settle: (result: InvokeResult) => void };

/** The sandboxes of one function and the invocations that wait for one. */
export type Crew = {
  readonly target: LambdaFunction;
  readonly waiting: Job[];
  readonly idle: Set<Sandbox>;
  readonly busy: Set<Sandbox>;
  /** When each idle sandbox ended its last work, in milliseconds. */
  readonly idleSince: WeakMap<Sandbox, number>;
  starting: number;
};

const SANDBOXES_PER_FUNCTION = 10;

export function createCrew(target: LambdaFunction): Crew {
  return { target, waiting: [], idle: new Set(), busy: new Set(), idleSince: new WeakMap(), starting: 0 };
}

/** Takes a rested sandbox and the job that has waited longest; `undefined` when one of both is missing. */
export function match(crew: Crew): { readonly sandbox: Sandbox; readonly job: Job } | undefined {
  for (const sandbox of crew.idle) if (sandbox.isOver()) crew.idle.delete(sandbox);
  const sandbox = [...crew.idle].at(-1);
  const job = sandbox && crew.waiting.shift();
  if (!sandbox || !job) return undefined;
  crew.idle.delete(sandbox);
  crew.busy.add(sandbox);
  return { sandbox, job };
}

/** Whether another sandbox would help and is within the function's limit. */
export function wantsMore({ target, waiting, idle, busy, starting }: Crew): boolean {
  const limit = Math.min(target.reserved ?? SANDBOXES_PER_FUNCTION, SANDBOXES_PER_FUNCTION);
  return waiting.length > starting && idle.size + busy.size + starting < limit;
}

export function release(crew: Crew, sandbox: Sandbox, now: number): void {
  crew.busy.delete(sandbox);
  if (sandbox.isOver()) return;
  crew.idle.add(sandbox);
  crew.idleSince.set(sandbox, now);
}

/** Ends the sandboxes that have been idle since before `before`. */
export function endIdle(crew: Crew, before: number): void {
  for (const sandbox of crew.idle) {
    if ((crew.idleSince.get(sandbox) ?? 0) >= before) continue;
    crew.idle.delete(sandbox);
    void sandbox.end();
  }
}
