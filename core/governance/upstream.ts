import * as z from 'zod';
import { digest } from '../canonical-json.ts';

/** What an upstream says of one operation, and nothing of the others. */
export type Definition = Readonly<Record<string, unknown>>;

const map = z.record(z.string(), z.unknown());
const described = z.looseObject({ paths: z.record(z.string(), map) });

/** The methods an OpenAPI document describes. */
export const methods = ['get', 'put', 'post', 'delete', 'patch', 'head', 'options', 'trace'] as const;

/** An OpenAPI document as far as it is looked at; `undefined` when it is none. */
export const readDescribed = (document: unknown) => described.safeParse(document).data;

/**
 * One operation of an OpenAPI document, named `METHOD /path`: itself, what its path gives all its operations, and
 * everything in the document that it refers to. `undefined` when there is no such operation any more.
 */
export function openApiDefinition(document: unknown, operation: string): Definition | undefined {
  const [, method = '', path = ''] = /^([A-Z]+) (\/.*)$/s.exec(operation) ?? [];
  const paths = readDescribed(document)?.paths ?? {};
  const item = Object.hasOwn(paths, path) ? paths[path] : undefined;
  const own = item && map.safeParse(item[method.toLowerCase()]).data;
  if (!item || !own) return undefined;
  const shared = Object.fromEntries(
    Object.entries(item).filter(([word]) => !(methods as readonly string[]).includes(word)),
  );
  const refs = new Map<string, unknown>();
  collectRefs(document, { shared, own }, refs);
  return { operation: own, path: shared, refs: Object.fromEntries([...refs].sort()) };
}

const listed = z.looseObject({ name: z.string() });
/** Of a tool's listing these tell how it is drawn or found, not what it does. */
const remarks = ['_meta', 'icons'];

/** One tool of an MCP server's list. `undefined` when it is listed no more. */
export function mcpDefinition(tools: readonly unknown[], name: string): Definition | undefined {
  const found = tools.map((tool) => listed.safeParse(tool).data).find((tool) => tool?.name === name);
  return found && Object.fromEntries(Object.entries(found).filter(([word]) => !remarks.includes(word)));
}

/** Names a definition. Numbers no JSON reader keeps exactly count as what was read of them. */
export const definitionHash = (definition: Definition): string => digest(exact(definition));

function exact(value: unknown): unknown {
  if (typeof value === 'number') {
    const kept = Number.isInteger(value) ? Number.isSafeInteger(value) : Number.isFinite(value);
    return kept ? value : `number ${value}`;
  }
  if (Array.isArray(value)) return value.map(exact);
  if (typeof value !== 'object' || value === null) return value ?? null;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, exact(each)]));
}

function collectRefs(document: unknown, value: unknown, into: Map<string, unknown>): void {
  if (Array.isArray(value)) for (const each of value) collectRefs(document, each, into);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
  for (const [word, each] of Object.entries(value)) {
    if (word !== '$ref' || typeof each !== 'string') collectRefs(document, each, into);
    else if (each.startsWith('#/') && !into.has(each)) {
      const target = pointedAt(document, each);
      into.set(each, target ?? null);
      collectRefs(document, target, into);
    }
  }
}

/** What `#/components/schemas/Order` points at (RFC 6901); `undefined` when nothing stands there. */
export function pointedAt(document: unknown, pointer: string): unknown {
  const steps = pointer.slice(2).split('/');
  return steps.map(unescaped).reduce<unknown>((value, step) => {
    const own = typeof value === 'object' && value !== null && Object.hasOwn(value, step);
    return own ? Reflect.get(value, step) : undefined;
  }, document);
}

function unescaped(step: string): string {
  const plain = step.replaceAll('~1', '/').replaceAll('~0', '~');
  return /%[0-9A-Fa-f]{2}/.test(plain) ? safely(plain) : plain;
}

function safely(step: string): string {
  try {
    return decodeURIComponent(step);
  } catch {
    return step;
  }
}
