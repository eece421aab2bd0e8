import { setTimeout as sleep } from 'node:timers/promises';
import { type ClaimedTask, claimedTask } from '../core/task/task-view.ts';
import type { Call } from './call.ts';
import { retryAfterMs } from './retry-after.ts';
import { AutonomyError, createSend, errorOf } from './send.ts';

/** A task as the agent that holds it sees it. */
export type Task = ClaimedTask['task'] & { readonly fence: number };

export type WorkEvent =
  | { readonly kind: 'claimed' | 'completed' | 'lost'; readonly task: Task }
  | { readonly kind: 'failed'; readonly task: Task; readonly error: Error }
  | { readonly kind: 'trouble'; readonly error: Error };

export type Work = {
  /** @default all the agent has */
  readonly capabilities?: readonly string[];
  /** Tasks worked on at once. @default 4 */
  readonly concurrency?: number;
  /** Does one task and gives its output. `signal` aborts when the lease is lost: stop, another agent has it. */
  readonly handle: (task: Task, context: { readonly signal: AbortSignal }) => Promise<unknown>;
  /**
   * Ends the loop: nothing more is claimed, tasks in hand are finished with their leases kept alive, and `work`
   * returns when the last is handed in. A process killed before that loses nothing: its leases lapse, and the tasks
   * go to other agents.
   */
  readonly signal: AbortSignal;
  readonly onEvent?: (event: WorkEvent) => void;
};

/** Claims and works with the given concurrency; leases are kept alive at a third of their length. */
export async function work(call: Call, options: Work): Promise<void> {
  const workers = Array.from({ length: options.concurrency ?? 4 }, () => loop(call, options));
  await Promise.all(workers);
}

async function loop(call: Call, options: Work): Promise<void> {
  while (!options.signal.aborted) {
    try {
      const next = await claim(call, options);
      if ('waitMs' in next) await pause(next.waitMs, options.signal);
      else await workOn(call, next, options);
    } catch (error) {
      if (options.signal.aborted && isAbort(error)) return;
      options.onEvent?.({ kind: 'trouble', error: asError(error) });
      await pause(2000, options.signal);
    }
  }
}

/** Seconds to keep trying to claim; a claim under way is not broken off, for it may have leased a task. */
const CLAIM_PATIENCE_SECONDS = 60;

async function claim(
  call: Call,
  { capabilities, signal }: Work,
): Promise<ClaimedTask | { readonly waitMs: number }> {
  const send = createSend({ patienceSeconds: CLAIM_PATIENCE_SECONDS, signal });
  const body = capabilities ? { capabilities } : {};
  const response = await call('POST', '/v1/tasks/claim', { body, send });
  if (response.status === 204) return { waitMs: retryAfterMs(response, 5_000) };
  if (!response.ok) throw await errorOf(response);
  return claimedTask.parse(await response.json());
}

async function workOn(call: Call, held: ClaimedTask, { handle, onEvent }: Work): Promise<void> {
  const task: Task = { ...held.task, fence: held.fence };
  const lost = new AbortController();
  onEvent?.({ kind: 'claimed', task });
  const beat = keepAlive(call, held, lost);
  try {
    const end = await endOf(handle, task, lost.signal);
    if ('error' in end && lost.signal.aborted) return onEvent?.({ kind: 'lost', task });
    const error = await handIn(call, held, end);
    onEvent?.(error ? { kind: 'failed', task, error } : { kind: 'completed', task });
  } catch (error) {
    if (!isLost(error)) throw error;
    onEvent?.({ kind: 'lost', task });
  } finally {
    clearInterval(beat);
  }
}

type End = { readonly output: unknown } | { readonly error: Error };

async function endOf(handle: Work['handle'], task: Task, signal: AbortSignal): Promise<End> {
  try {
    return { output: (await handle(task, { signal })) ?? null };
  } catch (error) {
    return { error: asError(error) };
  }
}

function keepAlive(call: Call, held: ClaimedTask, lost: AbortController): NodeJS.Timeout {
  const length = Math.max(1000, Date.parse(held.leaseExpiresAt) - Date.now());
  const send = createSend({ patienceSeconds: length / 1000 });
  return setInterval(() => {
    call('POST', `/v1/tasks/${held.task.id}/heartbeat`, { body: { lease: held.lease }, send })
      .then((response) => {
        if (response.status === 409 || response.status === 404) lost.abort();
      })
      .catch(() => lost.abort());
  }, length / 3);
}

/**
 * Hands in what came out, and gives the error the task failed with. An output that is refused, for its size say, is a
 * failure; one that can't be delivered is not: the lease lapses and the task is done again.
 */
async function handIn(call: Call, held: ClaimedTask, end: End): Promise<Error | undefined> {
  if ('output' in end) {
    const refused = await settle(call, held, 'complete', end).catch((error: unknown) => {
      if (error instanceof AutonomyError && !isLost(error)) return error;
      throw error;
    });
    return refused && handIn(call, held, { error: refused });
  }
  const { error } = end;
  const code = error instanceof AutonomyError ? error.code : error.name;
  await settle(call, held, 'fail', { code, detail: error.message.slice(0, 1000) });
  return error;
}

async function settle(
  call: Call,
  { task, lease }: ClaimedTask,
  how: 'complete' | 'fail',
  body: object,
): Promise<undefined> {
  const response = await call('POST', `/v1/tasks/${task.id}/${how}`, { body: { lease, ...body } });
  if (!response.ok) throw await errorOf(response);
}

const isLost = (error: unknown) => error instanceof AutonomyError && error.code === 'lease-lost';
const isAbort = (error: unknown) => error instanceof Error && error.name === 'AbortError';
const asError = (error: unknown) => (error instanceof Error ? error : new Error(String(error)));

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms * (0.8 + 0.4 * Math.random()), undefined, { signal }).catch(() => undefined);
}
