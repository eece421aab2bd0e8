import { readDocument } from '../../core/governance/read-document.ts';
import type { System } from '../../core/governance/system.ts';
import type { ToolManifest } from '../../core/governance/tool.ts';
import { listUpstreamTools } from './connectors/connect-mcp.ts';
import { type Reach, withoutAnswer } from './egress/reach.ts';

type Upstream = NonNullable<ToolManifest['upstream']>;

/** What is found at an upstream address now, or why it can't be read. */
export type ReadUpstream = (
  upstream: Pick<Upstream, 'kind' | 'url'>,
  system: System,
) => Promise<UpstreamFound | { readonly problem: string }>;

export type UpstreamFound =
  | { readonly kind: 'openapi'; readonly document: unknown }
  | { readonly kind: 'mcp'; readonly tools: readonly unknown[] };

const MOST_BYTES = 20 * 1024 * 1024;

/**
 * Reads OpenAPI documents and lists of MCP servers by the one way out. A system's sign-in goes to its own host alone;
 * a description elsewhere is read as anybody may.
 */
export function createReadUpstream(reach: Reach, patienceMs = 15_000): ReadUpstream {
  return async ({ kind, url: address }, { auth, bearerSecret, privateNetworks, ...system }) => {
    const url = new URL(address);
    const own = system.baseUrl !== undefined && new URL(system.baseUrl).origin === url.origin;
    const place: System = {
      ...system,
      baseUrl: url.origin,
      ...(own && { auth, bearerSecret, privateNetworks }),
    };
    const signal = AbortSignal.timeout(patienceMs);
    if (kind === 'openapi') return readOpenApi(reach, place, { url, signal });
    const listed = await listUpstreamTools(reach, place, { path: url.pathname }, signal);
    return 'tools' in listed ? { kind, tools: listed.tools } : listed;
  };
}

async function readOpenApi(
  reach: Reach,
  system: System,
  { url, signal }: { readonly url: URL; readonly signal: AbortSignal },
): Promise<UpstreamFound | { readonly problem: string }> {
  const headers = { accept: 'application/json, application/yaml, text/yaml' };
  const request = { url, method: 'GET', headers, signal, again: true, maxBytes: MOST_BYTES };
  const answer = await reach(system, request);
  if (answer.kind !== 'answered') return { problem: withoutAnswer(answer, system).detail };
  if (answer.status !== 200) return { problem: `it answered ${answer.status}` };
  if (answer.text === undefined) return { problem: `its answer is ${answer.unread ?? 'empty'}` };
  try {
    return { kind: 'openapi', document: readDocument(answer.text) };
  } catch (error) {
    return { problem: error instanceof Error ? error.message.slice(0, 200) : 'can not be read' };
  }
}
