import { setTimeout as sleep } from 'node:timers/promises';
import type { ActionView } from '../core/action/action-view.ts';
import type { ActRequest } from './agent.ts';
import type { Call } from './call.ts';
import { readAction } from './read-action.ts';
import { retryAfterMs } from './retry-after.ts';

type Status = ActionView['status'];

/**
 * How an action ended. Each end is a kind of its own, because each asks for something else of the agent:
 *
 * - `succeeded`: it was done, `output` is what the tool answered.
 * - `denied`: the rules forbid it; `rejected`: people said no. Asking again changes nothing.
 * - `expired`, `unreachable`: nobody answered, or nobody could be asked. Nothing was done.
 * - `withdrawn`, `superseded`: it was taken back, or another took its place. Nothing was done.
 * - `failed`: the tool said no or gave an error.
 * - `unknown`: it is not known whether it was done. Never ask for it under another key.
 * - `waiting`: the time is over, not the action: nothing has been decided or done yet.
 */
export type Outcome =
  | { readonly kind: 'succeeded'; readonly output: unknown; readonly action: ActionView }
  | {
      readonly kind: Exclude<Status, 'succeeded' | 'held' | 'started'>;
      readonly detail: string;
      readonly action: ActionView;
    }
  | { readonly kind: 'waiting'; readonly detail: string; readonly action: ActionView };

export type Patience = {
  /** Seconds after which `waiting` is answered; the action goes on, and its id can be asked about. */
  readonly seconds: number;
  /** Ends the waiting at once with the signal's reason; what was asked for stays asked for. */
  readonly signal?: AbortSignal | undefined;
};

/** What an answer that does not say waits. */
const USUAL_MS = 5_000;

/**
 * Asks for an action and waits for its end, no more often than the answers say. Trouble of the network is tried
 * again; the key makes that safe.
 */
export async function actAndWait(
  call: Call,
  { idempotencyKey, ...body }: ActRequest,
  { seconds, signal }: Patience,
): Promise<Outcome> {
  const until = performance.now() + seconds * 1000;
  const headers = { 'idempotency-key': idempotencyKey };
  let response = await call('POST', '/v1/actions', { body, headers, signal });
  for (let last = false; ;) {
    const pause = retryAfterMs(response, USUAL_MS) * (1 + 0.2 * Math.random());
    const action = await readAction(response);
    const left = Math.max(0, until - performance.now());
    if (last || !isOpen(action)) return outcomeOf(action);
    last = pause >= left;
    await sleep(Math.min(pause, left), undefined, { ...(signal && { signal }) });
    response = await call('GET', `/v1/actions/${action.id}`, { signal });
  }
}

const isOpen = ({ status }: ActionView) => status === 'held' || status === 'started';

/** An action as it is now, as an outcome; `held` and `started` are none yet. */
export function outcomeOf(action: ActionView): Outcome {
  const { status, output } = action;
  switch (status) {
    case 'succeeded':
      return { kind: status, output, action };
    case 'held':
    case 'started':
      return { kind: 'waiting', detail: whatItWaitsFor(action), action };
    default:
      return { kind: status, detail: action.problem?.detail ?? ended[status], action };
  }
}

function whatItWaitsFor({ status, approval }: ActionView): string {
  if (status === 'started') return 'it is being carried out';
  const seats = approval?.requires.map(({ group, count }) => `${count} of ${group}`).join(' and ');
  return seats ? `${seats} must agree until ${approval?.expiresAt}` : 'people must agree';
}

const ended = {
  denied: 'the rules forbid it',
  rejected: 'people said no',
  expired: 'nobody decided in time: nothing was done',
  withdrawn: 'it was taken back: nothing was done',
  unreachable: 'nobody who may decide could be reached: nothing was done',
  superseded: 'another took its place: nothing was done',
  failed: 'the tool gave an error',
  unknown: 'it is not known whether it was done: a person has to find out',
} as const satisfies Record<Exclude<Status, 'succeeded' | 'held' | 'started'>, string>;
