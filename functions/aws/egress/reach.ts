import type { System } from '../../../core/governance/system.ts';
import { type Authorization, type Authorize, isHeaderValue } from './authorization/authorize.ts';
import type { Failure } from '../connectors/connector.ts';
import type { Answered } from './read-answer.ts';
import type { Lost, NotSent, Outgoing, Send } from './send.ts';
import { createMask, type Mask } from './mask-secrets.ts';

/** A request to a system, without what proves who we are. */
export type Request = Pick<Outgoing, 'url' | 'method' | 'body' | 'signal' | 'maxBytes' | 'enough'> & {
  readonly headers: Readonly<Record<string, string>>;
  /** Whether a request refused as unauthorized may be made once more. */
  readonly again: boolean;
};

/** An answer whose text holds no secret any more; `mask` is for whatever else of it is shown. */
export type Reached = (Answered & { readonly mask: Mask }) | NotSent | Lost | NotReached;
/** It did not come to a request. */
export type NotReached = { readonly kind: 'not-reached'; readonly code: string; readonly detail: string };

/** Sends to a system's own host, signed in as the system wants it. */
export type Reach = (system: System, request: Request) => Promise<Reached>;

/** A 401 forgets what was sent, and the request is made once more if that brings something newer. */
export function createReach({
  send,
  authorize,
}: {
  readonly send: Send;
  readonly authorize: Authorize;
}): Reach {
  return async (system, request) => {
    const bad = Object.entries(request.headers).find(([, value]) => !isHeaderValue(value));
    if (bad) return notReached('header-refused', `${bad[0]}: holds what no header may hold`);
    const first = await authorize(system, request.signal);
    if ('code' in first) return notReached(first.code, first.detail);
    const answer = await sendAs(send, system, request, first);
    if (answer.kind !== 'answered' || answer.status !== 401) return answer;
    const second = await authorize(system, request.signal, first);
    const newer = 'code' in second || second.secrets[0] === first.secrets[0] ? undefined : second;
    if (!newer || !request.again) return answer;
    const secrets = [...newer.secrets, ...first.secrets];
    return sendAs(send, system, request, { ...newer, secrets });
  };
}

async function sendAs(
  send: Send,
  system: System,
  { again, ...request }: Request,
  { headers, query, secrets }: Authorization,
): Promise<Reached> {
  const url = new URL(request.url);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  const { origin } = new URL(system.baseUrl ?? '');
  const { privateNetworks } = system;
  const answer = await send({
    ...request,
    url,
    origin,
    headers: { ...request.headers, ...headers },
    privateNetworks,
  });
  if (answer.kind !== 'answered') return answer;
  const mask = createMask(secrets);
  return { ...answer, mask, ...(answer.text !== undefined && { text: mask(answer.text) }) };
}

const notReached = (code: string, detail: string): NotReached => ({ kind: 'not-reached', code, detail });

/** What a call came to that brought no answer. */
export function withoutAnswer(reached: Exclude<Reached, { kind: 'answered' }>, { id }: System): Failure {
  switch (reached.kind) {
    case 'not-reached':
      return {
        status: 'failed',
        code: reached.code,
        detail: reached.detail,
        sent: false,
        retry: isPassing(reached.code),
      };
    case 'not-sent': {
      const retry = reached.code === 'unreachable';
      const detail = retry
        ? `${id} could not be reached, so nothing was sent: ${reached.detail}`
        : reached.detail;
      return { status: 'failed', code: reached.code, detail, sent: false, ...(retry && { retry }) };
    }
    case 'lost':
      return {
        status: 'unknown',
        code: 'unreachable',
        detail: `${id} gave no answer: ${reached.detail}`,
        retry: true,
      };
  }
}

/** What a better moment may cure. */
const isPassing = (code: string) => code === 'no-secret' || code === 'no-token';
