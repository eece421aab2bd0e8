import * as z from 'zod';
import { methods, pointedAt, readDescribed } from '../../core/governance/upstream.ts';
import { isRecord } from './resolve-schema.ts';
import type { Json } from './schema-types.ts';

/** One operation with what its path gives all its operations. */
export type Operation = {
  /** `METHOD /path`. */
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly own: Json;
  readonly shared: Json;
};

export type Described = {
  readonly document: Json;
  readonly title: string;
  /** Where it says that it is; absent when it does not say, or only relative to itself. */
  readonly server: string | undefined;
  readonly operations: readonly Operation[];
};

const head = z.looseObject({
  openapi: z.string().optional(),
  swagger: z.string().optional(),
  info: z.looseObject({ title: z.string().optional() }).optional(),
  servers: z.array(z.looseObject({ url: z.string() })).optional(),
});

/** Reads an OpenAPI document of 3.0 or 3.1; anything else is an error that says what to do. */
export function readOpenApi(document: unknown): Described {
  const parsed = head.safeParse(document).data;
  if (parsed?.swagger) {
    throw new Error(
      `is Swagger ${parsed.swagger}: convert it to OpenAPI 3 first (its API's owner may publish both)`,
    );
  }
  if (!parsed?.openapi) throw new Error('is no OpenAPI document: it does not begin with openapi: 3.…');
  if (!/^3\.[01]\./.test(parsed.openapi))
    throw new Error(`is OpenAPI ${parsed.openapi}: 3.0 and 3.1 are read`);
  const described = readDescribed(document);
  if (!described) throw new Error('describes no paths');
  const [server] = parsed.servers ?? [];
  return {
    document: described,
    title: parsed.info?.title ?? 'An API',
    server: server && URL.canParse(server.url) ? server.url : undefined,
    operations: Object.entries(described.paths).flatMap(([path, item]) => operationsOf(document, path, item)),
  };
}

function operationsOf(document: unknown, path: string, item: Json): Operation[] {
  const { $ref } = item;
  const target = typeof $ref === 'string' && $ref.startsWith('#/') ? pointedAt(document, $ref) : item;
  const shared = isRecord(target) ? target : {};
  return methods.flatMap((method) => {
    const own = shared[method];
    const name = `${method.toUpperCase()} ${path}`;
    return isRecord(own) ? [{ name, method: method.toUpperCase(), path, own, shared }] : [];
  });
}
