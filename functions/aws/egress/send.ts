import { type RequestOptions, request as requestPlain } from 'node:http';
import { request as requestSecure } from 'node:https';
import { pinned } from './pinned.ts';
import { type Answered, readAnswer } from './read-answer.ts';
import { type Resolve, resolveHost } from './resolve-host.ts';
import { within } from './within.ts';

/** One request to one system. */
export type Outgoing = {
  readonly url: URL;
  /** The one origin this request may go to, like `https://erp.example.com`. */
  readonly origin: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  /** Private networks its host may be in, as CIDR. */
  readonly privateNetworks?: readonly string[] | undefined;
  /** Ends everything: looking up, connecting, sending, the last byte of the answer. */
  readonly signal: AbortSignal;
  /** Bytes of the body that are read. @default 200 KiB */
  readonly maxBytes?: number;
  /** Told each piece of the body; says when no more is needed. */
  readonly enough?: (piece: string) => boolean;
};

/** No byte of the request left: nothing happened. */
export type NotSent = {
  readonly kind: 'not-sent';
  readonly code: 'host-refused' | 'unreachable';
  readonly detail: string;
};
/** The request may have been read, and there is no whole answer. */
export type Lost = { readonly kind: 'lost'; readonly detail: string };

/** The only way out to systems. Never throws for what a network or a system does. */
export type Send = (request: Outgoing) => Promise<Answered | NotSent | Lost>;

export const MAX_HEADER_BYTES = 16 * 1024;

/**
 * Sends to allowed addresses alone: the host's addresses are looked up once and checked, and the connection goes to
 * these and no others. Redirects are answers, proxies of the environment are not asked, connections are not shared.
 */
export function createSend(deps: { readonly resolve: Resolve; readonly loopback: boolean }): Send {
  return async (request) => {
    const { url, signal } = request;
    if (url.origin !== request.origin) {
      return { kind: 'not-sent', code: 'host-refused', detail: `${url.host} is not ${request.origin}` };
    }
    try {
      const openings = { loopback: deps.loopback, networks: request.privateNetworks ?? [] };
      const addresses = await within(signal, resolveHost(url, openings, deps.resolve));
      return 'kind' in addresses ? addresses : await exchange(request, addresses);
    } catch (error) {
      return { kind: 'not-sent', code: 'unreachable', detail: codeOf(error) };
    }
  };
}

function exchange(request: Outgoing, addresses: readonly string[]): Promise<Answered | NotSent | Lost> {
  return new Promise((settle) => {
    let connected = false;
    const outgoing = start(request, addresses);
    outgoing.once('socket', (socket) => {
      socket.once(request.url.protocol === 'https:' ? 'secureConnect' : 'connect', () => (connected = true));
    });
    outgoing.once('response', (response) => settle(readAnswer(response, request)));
    outgoing.on('error', (error) => {
      const detail = codeOf(error);
      settle(connected ? { kind: 'lost', detail } : { kind: 'not-sent', code: 'unreachable', detail });
    });
    outgoing.end(request.body);
  });
}

/** A new agent for each request: it takes no proxy from the environment and keeps no connection. */
function start({ url, method, headers, body, signal }: Outgoing, addresses: readonly string[]) {
  const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  const options: RequestOptions = {
    method,
    headers: { ...headers, ...length, 'accept-encoding': 'identity' },
    agent: false,
    lookup: pinned(addresses),
    maxHeaderSize: MAX_HEADER_BYTES,
    signal,
  };
  return url.protocol === 'https:'
    ? requestSecure(url, { ...options, rejectUnauthorized: true })
    : requestPlain(url, options);
}

/** An error's code or name; its message may hold what was sent. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'error';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
