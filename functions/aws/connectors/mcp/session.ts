import * as z from 'zod';
import type { System } from '../../../../core/governance/system.ts';
import type { Reach } from '../../egress/reach.ts';
import { headerText } from './param-headers.ts';
import { postRpc, type RpcAnswer } from './rpc.ts';

/** How a server is spoken to: since 2026-07-28 each request stands alone, before a session was opened first. */
export type Session =
  | { readonly era: 'modern'; readonly version: string }
  | { readonly era: 'legacy'; readonly version: string; readonly id?: string };

/** A server, and how long and how much of it may be waited for. */
export type Line = {
  readonly system: System;
  readonly url: URL;
  readonly signal: AbortSignal;
  readonly again: boolean;
  readonly maxBytes: number;
};

type Ask = {
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly meta?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
};

const MODERN = '2026-07-28';
const LEGACY = ['2025-11-25', '2025-06-18', '2025-03-26'];
const client = { name: 'autonomy-os', version: '0.1.0' };
const prefix = 'io.modelcontextprotocol';

const discovered = z.looseObject({ supportedVersions: z.array(z.string()) });
const initialized = z.looseObject({ protocolVersion: z.enum(LEGACY) });

/** Asks a server what it speaks, by requests that have no effect; what is no session says why there is none. */
export async function openSession(
  reach: Reach,
  line: Line,
): Promise<Session | Exclude<RpcAnswer, { kind: 'result' }>> {
  const answer = await ask(
    reach,
    line,
    { era: 'modern', version: MODERN },
    { method: 'server/discover', params: {} },
  );
  if (answer.kind === 'result') {
    const parsed = discovered.safeParse(answer.result);
    if (parsed.success && parsed.data.supportedVersions.includes(MODERN))
      return { era: 'modern', version: MODERN };
  }
  return answer.kind === 'result' || saysNo(answer) ? await initialize(reach, line) : answer;
}

/** A server of the earlier era knows nothing of the question; who can't be reached or lets nobody in says nothing of it. */
function saysNo(answer: RpcAnswer): boolean {
  if (answer.kind === 'http-error') return answer.status < 500 && ![401, 403, 429].includes(answer.status);
  return answer.kind === 'rpc-error';
}

async function initialize(
  reach: Reach,
  line: Line,
): Promise<Session | Exclude<RpcAnswer, { kind: 'result' }>> {
  const params = { protocolVersion: LEGACY[0], capabilities: {}, clientInfo: client };
  const answer = await postRpc(reach, { ...line, id: 1, method: 'initialize', params, headers: {} });
  if (answer.kind !== 'result') return answer;
  const parsed = initialized.safeParse(answer.result);
  if (!parsed.success)
    return { kind: 'unreadable', detail: 'the server speaks no version of MCP known here' };
  const { protocolVersion: version } = parsed.data;
  const session: Session = {
    era: 'legacy',
    version,
    ...(answer.session !== undefined && { id: answer.session }),
  };
  const told = await postRpc(reach, {
    ...line,
    method: 'notifications/initialized',
    params: {},
    headers: headersOf(session),
  });
  return told.kind === 'result' ? session : told;
}

/** One request within a session. */
export function ask(
  reach: Reach,
  line: Line,
  session: Session,
  { method, params, meta, headers }: Ask,
): Promise<RpcAnswer> {
  const modern = session.era === 'modern';
  const _meta = { ...(modern && envelope(session.version)), ...meta };
  return postRpc(reach, {
    ...line,
    id: 2,
    method,
    params: { ...params, ...(Object.keys(_meta).length > 0 && { _meta }) },
    headers: {
      ...(modern && { ...headers, 'mcp-method': method }),
      ...(modern && typeof params['name'] === 'string' && { 'mcp-name': headerText(params['name']) }),
      ...(headers?.['idempotency-key'] !== undefined && { 'idempotency-key': headers['idempotency-key'] }),
      ...headersOf(session),
    },
  });
}

const headersOf = (session: Session): Record<string, string> => ({
  'mcp-protocol-version': session.version,
  ...(session.era === 'legacy' && session.id !== undefined && { 'mcp-session-id': session.id }),
});

const envelope = (version: string) => ({
  [`${prefix}/protocolVersion`]: version,
  [`${prefix}/clientInfo`]: client,
  [`${prefix}/clientCapabilities`]: {},
});
