import { readFile } from 'node:fs/promises';
import { listMcpTools } from './list-mcp-tools.ts';
import { readDocument } from '../../core/governance/read-document.ts';

/** Bytes of a description or a list that are read. */
const MOST_BYTES = 20 * 1024 * 1024;
const PATIENCE_MS = 20_000;
const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'];

/** A source that can't be read: the message names it and says why. */
export class SourceError extends Error {
  constructor(source: string, reason: string) {
    super(`${source}: ${reason}`);
    this.name = 'SourceError';
  }
}

/** Reads a document in JSON or YAML from a file or, beginning with http, an address. */
export async function readSource(source: string, bearer?: string): Promise<unknown> {
  const text = /^https?:/i.test(source) ? await fetched(source, bearer) : await fromFile(source);
  return parsed(source, text);
}

/** What an MCP server lists. */
export async function readMcpTools(address: string, bearer?: string): Promise<readonly unknown[]> {
  const url = addressOf(address);
  return listMcpTools(async (message, headers) => {
    const response = await send(url, {
      method: 'POST',
      body: JSON.stringify(message),
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        ...headers,
        ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }),
      },
    });
    return {
      status: response.status,
      contentType: response.headers.get('content-type') ?? '',
      session: response.headers.get('mcp-session-id') ?? undefined,
      text: await capped(url.href, response),
    };
  }).catch((error: unknown) => {
    throw error instanceof SourceError ? error : new SourceError(address, reasonOf(error));
  });
}

/** An address to read from: https, or http on this machine alone, without credentials in it. */
export function addressOf(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url) throw new SourceError(text, 'is no address');
  if (url.username !== '' || url.password !== '')
    throw new SourceError(url.host, 'has credentials in its address: pass --token-env');
  const key = [...url.searchParams.keys()].find((name) => /key|token|secret|sig|auth|pass/i.test(name));
  if (key !== undefined)
    throw new SourceError(url.host, `has a credential in its address (${key}): pass --token-env`);
  if (url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.includes(url.hostname))) return url;
  throw new SourceError(text, 'must be https (http on this machine alone)');
}

function parsed(source: string, text: string): unknown {
  try {
    return readDocument(text);
  } catch (error) {
    throw new SourceError(source, reasonOf(error));
  }
}

async function fromFile(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    throw new SourceError(file, code === 'ENOENT' ? 'there is no such file' : reasonOf(error));
  });
  if (text.length > MOST_BYTES) throw new SourceError(file, 'is larger than 20 MB');
  return text;
}

async function fetched(address: string, bearer: string | undefined): Promise<string> {
  const url = addressOf(address);
  const headers = {
    accept: 'application/json, application/yaml, text/yaml',
    ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }),
  };
  const response = await send(url, { headers });
  if (!response.ok) throw new SourceError(url.href, `answered ${response.status}`);
  return capped(url.href, response);
}

async function send(url: URL, init: RequestInit): Promise<Response> {
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const response = await fetch(url, { ...init, redirect: 'manual', signal }).catch((error: unknown) => {
    throw new SourceError(url.href, `gives no answer (${reasonOf(error)})`);
  });
  if (response.status < 300 || response.status >= 400) return response;
  const to = response.headers.get('location') ?? 'elsewhere';
  throw new SourceError(url.href, `points to ${to.slice(0, 200)}: if that is right, import from there`);
}

async function capped(source: string, response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const body: AsyncIterable<Uint8Array> = response.body ?? ReadableStream.from<Uint8Array>([]);
  for await (const chunk of body) {
    size += chunk.length;
    if (size > MOST_BYTES) throw new SourceError(source, 'is larger than 20 MB');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'can not be read';
  const cause = error.cause instanceof Error ? `, ${error.cause.message}` : '';
  return `${error.message}${cause}`;
}
