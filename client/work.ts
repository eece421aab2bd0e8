import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import type { Call } from './call.ts';
import { AutonomyError, createSend, errorOf } from './send.ts';

const claimed = z.object({
  task: z.object({
    id: z.string(),
    run: z.string(),
    workflow: z.string(),
    step: z.string(),
    capability: z.string(),
    input: z.unknown(),
    onBehalfOf: z.string(),
    deadline: z.string(),
  }),
  lease: z.string(),
  fence: z.int(),
  leaseExpiresAt: z.string(),
});
type Claimed = z.infer<typeof claimed>;

/** A task as the agent that holds it sees it. */
export type Task = Claimed['task'] & { readonly fence: number };

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
  /** Ends the loop; tasks in hand are finished first. */
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
      if ('wait' in next) await pause(next.wait * 1000, options.signal);
      else await workOn(call, next, options);
    } catch (error) {
      options.onEvent?.({ kind: 'trouble', error: asError(error) });
      await pause(2000, options.signal);
    }
  }
}

async function claim(call: Call, { capabilities }: Work): Promise<Claimed | { readonly wait: number }> {
  const response = await call('POST', '/v1/tasks/claim', { body: capabilities ? { capabilities } : {} });
  if (response.status === 204) return { wait: Number(response.headers.get('retry-after') ?? 5) };
  if (!response.ok) throw await errorOf(response);
  return claimed.parse(await response.json());
}

async function workOn(call: Call, held: Claimed, { handle, onEvent }: Work): Promise<void> {
  const task: Task = { ...held.task, fence: held.fence };
  const lost = new AbortController();
  onEvent?.({ kind: 'claimed', task });
  const beat = keepAlive(call, held, lost);
  try {
    const output = await handle(task, { signal: lost.signal });
    await settle(call, held, 'complete', { output: output ?? null });
    onEvent?.({ kind: 'completed', task });
  } catch (error) {
    if (lost.signal.aborted || isLost(error)) onEvent?.({ kind: 'lost', task });
    else
      await giveUp(call, held, asError(error), () =>
        onEvent?.({ kind: 'failed', task, error: asError(error) }),
      );
  } finally {
    clearInterval(beat);
  }
}

function keepAlive(call: Call, held: Claimed, lost: AbortController): NodeJS.Timeout {
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

/** An answer that can't be delivered is not lost: the lease lapses and the task is done again. */
async function giveUp(call: Call, held: Claimed, error: Error, told: () => void): Promise<void> {
  told();
  const code = error instanceof AutonomyError ? error.code : error.name;
  await settle(call, held, 'fail', { code, detail: error.message.slice(0, 1000) }).catch(
    (failure: unknown) => {
      if (!isLost(failure)) throw failure;
    },
  );
}

async function settle(
  call: Call,
  { task, lease }: Claimed,
  how: 'complete' | 'fail',
  body: object,
): Promise<void> {
  const response = await call('POST', `/v1/tasks/${task.id}/${how}`, { body: { lease, ...body } });
  if (!response.ok) throw await errorOf(response);
}

const isLost = (error: unknown) => error instanceof AutonomyError && error.code === 'lease-lost';
const asError = (error: unknown) => (error instanceof Error ? error : new Error(String(error)));

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms * (0.8 + 0.4 * Math.random()), undefined, { signal }).catch(() => undefined);
}
