import * as z from 'zod';
import type { System } from '../../../core/governance/system.ts';
import { type Connector, MAX_OUTPUT_BYTES } from './connector.ts';
import { failureOf, notOpened, outcomeOf } from './mcp/outcome.ts';
import { paramHeaders } from './mcp/param-headers.ts';
import { ask, type Line, openSession, type Session } from './mcp/session.ts';
import type { Reach } from '../egress/reach.ts';

/** A tool's definition as its MCP server gives it. */
const upstreamTool = z.looseObject({
  name: z.string().min(1).max(128),
  title: z.string().optional(),
  description: z.string().optional(),
  inputSchema: z.record(z.string(), z.unknown()),
  outputSchema: z.record(z.string(), z.unknown()).optional(),
});
export type UpstreamTool = z.infer<typeof upstreamTool>;

/** The action id in `_meta`, for servers that make a repeated call harmless by it. */
const KEY = 'autonomy-os/idempotency-key';

/**
 * Calls a tool of an MCP server over streamable HTTP. A session is kept for the next call; one that the server forgot
 * is opened anew, for what was asked in it was not done.
 */
export function connectMcp(reach: Reach): Connector {
  const sessions = new Map<string, Session>();
  return async ({ tool, system, input, idempotencyKey, timeoutMs }) => {
    const { connector } = tool;
    if (connector.type !== 'mcp' || !system.baseUrl) {
      const detail = `system ${system.id} has no baseUrl for this MCP tool`;
      return { status: 'failed', code: 'misconfigured', detail, sent: false };
    }
    const again = tool.effect !== 'at-most-once';
    const line = lineTo(system, connector.path, AbortSignal.timeout(timeoutMs), again);
    const place = `${system.id} ${line.url.href}`;
    const call = {
      method: 'tools/call',
      params: { name: connector.tool, arguments: input },
      meta: { [KEY]: idempotencyKey },
      headers: { ...paramHeaders(tool.input, input), 'idempotency-key': idempotencyKey },
    };
    const known = sessions.get(place);
    sessions.delete(place);
    let session = known ?? (await openSession(reach, line));
    if ('kind' in session) return notOpened(session, system);
    let answer = await ask(reach, line, session, call);
    if (known && session.era === 'legacy' && answer.kind === 'http-error' && answer.status === 404) {
      session = await openSession(reach, line);
      if ('kind' in session) return notOpened(session, system);
      answer = await ask(reach, line, session, call);
    }
    if (answer.kind === 'result') sessions.set(place, session);
    return outcomeOf(answer, system);
  };
}

const MAX_LIST_BYTES = 2 * 1024 * 1024;
const MAX_PAGES = 50;
const toolPage = z.looseObject({ tools: z.array(upstreamTool), nextCursor: z.string().optional() });

/** All tools an MCP server offers now, in its own order, or why they are not known. */
export async function listUpstreamTools(
  reach: Reach,
  system: System,
  { path }: { readonly path: string },
  signal: AbortSignal,
): Promise<{ readonly tools: readonly UpstreamTool[] } | { readonly problem: string }> {
  if (!system.baseUrl) return { problem: `system ${system.id} has no baseUrl` };
  const line = { ...lineTo(system, path, signal, true), maxBytes: MAX_LIST_BYTES };
  const session = await openSession(reach, line);
  if ('kind' in session) return { problem: failureOf(session, system).detail };
  const tools: UpstreamTool[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const params = cursor === undefined ? {} : { cursor };
    const answer = await ask(reach, line, session, { method: 'tools/list', params });
    if (answer.kind !== 'result') return { problem: failureOf(answer, system).detail };
    const parsed = toolPage.safeParse(answer.result);
    if (!parsed.success) return { problem: `${system.id} lists its tools in no way known here` };
    tools.push(...parsed.data.tools);
    cursor = parsed.data.nextCursor;
    if (cursor === undefined) return { tools };
  }
  return { problem: `${system.id} lists its tools on more than ${MAX_PAGES} pages` };
}

const lineTo = (system: System, path: string, signal: AbortSignal, again: boolean): Line => ({
  system,
  url: new URL((system.baseUrl ?? '').replace(/\/$/, '') + path),
  signal,
  again,
  maxBytes: 2 * MAX_OUTPUT_BYTES,
});
