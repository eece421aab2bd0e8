import * as z from 'zod';
import type { System } from '../../../../core/governance/system.ts';
import type { Answered } from '../../egress/read-answer.ts';
import { parseExactJson } from '../../exact-json.ts';
import type { Reach, Reached } from '../../egress/reach.ts';
import { createEventReader } from './event-stream.ts';

/** One JSON-RPC request to an MCP server; `id` absent for a notification. */
export type RpcRequest = {
  readonly system: System;
  readonly url: URL;
  readonly id?: number;
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  readonly again: boolean;
  readonly maxBytes: number;
};

export type RpcAnswer =
  | { readonly kind: 'result'; readonly result: Readonly<Record<string, unknown>>; readonly session?: string }
  | { readonly kind: 'rpc-error'; readonly code: number; readonly message: string }
  | { readonly kind: 'http-error'; readonly status: number; readonly detail: string }
  | { readonly kind: 'unreadable'; readonly detail: string }
  | Exclude<Reached, { kind: 'answered' }>;

const reply = z.union([
  z.looseObject({ id: z.number(), result: z.record(z.string(), z.unknown()) }),
  z.looseObject({
    id: z.number().nullish(),
    error: z.looseObject({ code: z.number(), message: z.string() }),
  }),
]);

/** Posts one message (streamable HTTP) and waits for its answer, as JSON or as an event of a stream. */
export async function postRpc(reach: Reach, request: RpcRequest): Promise<RpcAnswer> {
  const { system, url, id, method, params, signal, again, maxBytes } = request;
  const read = createEventReader();
  const reached = await reach(system, {
    url,
    method: 'POST',
    headers: {
      ...request.headers,
      accept: 'application/json, text/event-stream',
      'content-type': 'application/json',
    },
    body: JSON.stringify({ jsonrpc: '2.0', ...(id !== undefined && { id }), method, params }),
    signal,
    again,
    maxBytes,
    enough: (piece) => read(piece).some((data) => isFor(id, data)),
  });
  return reached.kind === 'answered' ? readReply(reached, id) : reached;
}

const isFor = (id: number | undefined, data: string) => {
  const parsed = reply.safeParse(jsonOf(data));
  return parsed.success && parsed.data.id === id;
};

function readReply(answer: Answered, id: number | undefined): RpcAnswer {
  const { status, text, headers } = answer;
  const ok = status >= 200 && status < 300;
  if (ok && id === undefined) return { kind: 'result', result: {} };
  if (text === undefined) {
    return ok ? unreadable(`it is ${answer.unread}`) : { kind: 'http-error', status, detail: '' };
  }
  const streamed = headers['content-type']?.startsWith('text/event-stream') === true;
  const messages = streamed ? createEventReader()(`${text}\n\n`) : [text];
  for (const message of messages) {
    const parsed = reply.safeParse(jsonOf(message));
    if (!parsed.success) continue;
    if ('error' in parsed.data)
      return errorOf(status, parsed.data.error as { code: number; message: string });
    if (ok && parsed.data.id === id) return resultOf(parsed.data.result, headers);
  }
  return ok ? unreadable('it holds no answer to the request') : { kind: 'http-error', status, detail: '' };
}

function resultOf(result: Record<string, unknown>, headers: Answered['headers']): RpcAnswer {
  const session = headers['mcp-session-id'];
  return { kind: 'result', result, ...(typeof session === 'string' && { session }) };
}

/** A refusal by HTTP counts as such, with the reason the server gives. */
function errorOf(status: number, { code, message }: { code: number; message: string }): RpcAnswer {
  const told = message.slice(0, 300);
  if (status < 300 || status === 400) return { kind: 'rpc-error', code, message: told };
  return { kind: 'http-error', status, detail: `: ${told}` };
}

const unreadable = (why: string): RpcAnswer => ({
  kind: 'unreadable',
  detail: `the answer can't be read: ${why}`,
});

function jsonOf(text: string): unknown {
  try {
    return parseExactJson(text);
  } catch {
    return undefined;
  }
}
