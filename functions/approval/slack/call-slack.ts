import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { Fault } from '../../../core/fault.ts';

const reply = z.looseObject({ ok: z.boolean(), error: z.string().optional() });
export type SlackReply = z.infer<typeof reply>;

/** Calls a method of Slack's API; a no of Slack is a value, an answer that can't be had throws `DependencyFailed`. */
export type CallSlack = (method: string, body: object) => Promise<SlackReply>;

type Options = {
  readonly apiUrl: string;
  readonly token: () => Promise<string>;
  readonly timeoutMs: number;
  /** How often what Slack could not take just now is sent again. */
  readonly retries: number;
};

/** Slack may ask for a longer pause than a function should wait. */
const LONGEST_PAUSE_SECONDS = 5;

export function createCallSlack({ apiUrl, token, timeoutMs, retries }: Options): CallSlack {
  return async (method, body) => {
    const headers = {
      authorization: `Bearer ${await token()}`,
      'content-type': 'application/json; charset=utf-8',
    };
    for (let tries = 0; ; tries += 1) {
      const response = await send(`${apiUrl}/${method}`, { headers, body: JSON.stringify(body), timeoutMs });
      if (response.ok) return readReply(response, method);
      const pause = pauseOf(response);
      if (pause === undefined || tries >= retries)
        throw new Fault('DependencyFailed', `Slack answered ${method} with ${response.status}; try again`);
      await sleep(pause * 1000);
    }
  };
}

async function readReply(response: Response, method: string): Promise<SlackReply> {
  const parsed = reply.safeParse(await response.json().catch(() => undefined));
  if (parsed.success) return parsed.data;
  throw new Fault('DependencyFailed', `Slack answered ${method} with something else than its JSON`);
}

/** Seconds to wait before the same may be sent again; `undefined` when it is no use. */
function pauseOf({ status, headers }: Response): number | undefined {
  if (status >= 500) return 0.2;
  const seconds = Number(headers.get('retry-after') ?? '1');
  return status === 429 && seconds >= 0 && seconds <= LONGEST_PAUSE_SECONDS ? seconds : undefined;
}

type Sent = {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly timeoutMs: number;
};

/** Posts and follows no redirect: a token goes to the address it was meant for and to no other. */
export async function send(url: string, { headers, body, timeoutMs }: Sent): Promise<Response> {
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    return await fetch(url, { method: 'POST', headers, body, redirect: 'error', signal });
  } catch (error) {
    const why = error instanceof Error ? error.name : 'no reason';
    throw new Fault('DependencyFailed', `Slack could not be reached (${why}); try again`);
  }
}
