import * as z from 'zod';
import type { Answer, ApiPart, Operation } from '../../core/operation.ts';
import { openapi, parts } from '../docs/openapi.ts';

/** Watches what an API answers to this process, until `stop` gives what its description does not say. */
export function watchAnswers(endpoint: string): { stop(): Promise<readonly string[]> } {
  const inner = globalThis.fetch;
  const looking: Promise<string | undefined>[] = [];
  globalThis.fetch = async (input, init) => {
    const response = await inner(input, init);
    const url = new URL(input instanceof Request ? input.url : input);
    const method = init?.method ?? (input instanceof Request ? input.method : 'GET');
    if (url.origin === endpoint) looking.push(deviationOf(method, url.pathname, response.clone()));
    return response;
  };
  return {
    stop: async () => {
      globalThis.fetch = inner;
      const found = await Promise.all(looking);
      return [...new Set(found.filter((each) => each !== undefined))];
    },
  };
}

const described = parts.flatMap((part) => part.operations.map((operation) => ({ part, operation })));

/** How an answer differs from its description; `undefined` when it does not, or is no answer of a described path. */
export async function deviationOf(
  method: string,
  path: string,
  response: Response,
): Promise<string | undefined> {
  const found = described.find(
    ({ operation }) => operation.method === method && pattern(operation).test(path),
  );
  if (!found) return undefined;
  const { operation, part } = found;
  const name = `${method} ${operation.path} ${response.status}`;
  const answer = operation.answers[response.status];
  if (!answer) return isRefusal(operation, response.status) ? undefined : `${name}: is not described`;
  const missing = (answer.headers ?? []).find((header) => !response.headers.has(header));
  if (missing) return `${name}: has no ${missing}`;
  const misfit = await misfitOf(answer, part, response);
  return misfit && `${name}: ${misfit}`;
}

async function misfitOf(
  { body, mediaType = 'application/json', also }: Answer,
  part: ApiPart,
  response: Response,
) {
  const text = await response.text();
  if (body === undefined) return text === '' ? undefined : 'has a body';
  const type = response.headers.get('content-type') ?? '';
  if (also && type.startsWith(also)) return undefined;
  if (!type.startsWith(mediaType)) return `is not ${mediaType}`;
  const schema = part.schemas[body];
  const read = schema && closed(schema).safeParse(JSON.parse(text));
  return read?.error && z.prettifyError(read.error).slice(0, 300);
}

const schemas = new Map<z.ZodType, z.ZodType>();

/** The schema with no room for fields nobody described. */
function closed(schema: z.ZodType): z.ZodType {
  const known = schemas.get(schema) ?? z.fromJSONSchema(z.toJSONSchema(schema, { io: 'output' }));
  schemas.set(schema, known);
  return known;
}

const pattern = ({ path }: Operation) =>
  new RegExp(`^${path.replace(/[.*+?^$()|[\]\\]/g, String.raw`\$&`).replaceAll(/\{\w+\}/g, '[^/]+')}$`);

/** Whether the description knows this refusal. */
function isRefusal({ path, method }: Operation, status: number): boolean {
  const paths = openapi['paths'] as Record<string, Record<string, { readonly responses: object }>>;
  return Object.hasOwn(paths[path]?.[method.toLowerCase()]?.responses ?? {}, status);
}
