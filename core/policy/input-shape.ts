import * as z from 'zod';
import { refuseUnread } from './schema-words.ts';
import { UnmappableError } from './unmappable.ts';

/** How a JSON Schema looks to policy. `opaque` values go to the tool and never to policy. */
export type Shape =
  | { readonly kind: 'string'; readonly allowed?: readonly string[] }
  | { readonly kind: 'long' | 'decimal' | 'decimal-string' | 'boolean' | 'opaque' }
  | { readonly kind: 'set'; readonly element: Shape }
  | RecordShape;

export type RecordShape = {
  readonly kind: 'record';
  readonly fields: Readonly<Record<string, { readonly shape: Shape; readonly required: boolean }>>;
};

const node = z.looseObject({
  type: z.union([z.string(), z.array(z.string())]).optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  required: z.array(z.string()).optional(),
  items: z.unknown().optional(),
  enum: z.array(z.unknown()).optional(),
  format: z.string().optional(),
  additionalProperties: z.unknown().optional(),
  'x-autonomy-policy': z.literal('opaque').optional(),
  'x-autonomy-sensitive': z.boolean().optional(),
});
type Node = z.infer<typeof node>;

/** Maps a tool's input schema. Throws `UnmappableError` naming the field; nothing is rounded or guessed. */
export function inputShape(schema: unknown): RecordShape {
  refuseUnread(schema);
  const shape = shapeOf(schema, '');
  if (shape.kind === 'record') return shape;
  throw new UnmappableError('', 'the input must be an object with named properties');
}

function shapeOf(schema: unknown, path: string): Shape {
  const parsed = node.safeParse(schema);
  if (!parsed.success) throw new UnmappableError(path, 'is no JSON Schema object');
  const read = parsed.data;
  if (read['x-autonomy-policy'] === 'opaque' || read['x-autonomy-sensitive']) return { kind: 'opaque' };
  switch (read.type) {
    case 'string':
      return stringShape(read);
    case 'integer':
      return { kind: 'long' };
    case 'number':
      return { kind: 'decimal' };
    case 'boolean':
      return { kind: 'boolean' };
    case 'array':
      return read.items === undefined ? { kind: 'opaque' } : setShape(read.items, path);
    case 'object':
      return objectShape(read, path);
    case 'any':
    case undefined:
      return { kind: 'opaque' };
    default:
      throw new UnmappableError(
        path,
        `has type ${JSON.stringify(read.type)}, which policy can't see exactly: give it one type or mark it x-autonomy-policy: opaque`,
      );
  }
}

/** That an enum of text holds text alone was seen before. */
function stringShape(read: Node): Shape {
  if (read.format === 'decimal') return { kind: 'decimal-string' };
  return read.enum ? { kind: 'string', allowed: z.array(z.string()).parse(read.enum) } : { kind: 'string' };
}

function setShape(items: unknown, path: string): Shape {
  const element = shapeOf(items, `${path}[]`);
  return element.kind === 'opaque' ? element : { kind: 'set', element };
}

function objectShape(read: Node, path: string): Shape {
  const open = read.additionalProperties !== undefined && read.additionalProperties !== false;
  if (path !== '' && (open || !read.properties)) return { kind: 'opaque' };
  if (open) throw new UnmappableError(path, 'is an open object: name its properties');
  const fields = Object.entries(read.properties ?? {}).map(([name, schema]) => {
    const shape = shapeOf(schema, path ? `${path}.${name}` : name);
    return [name, { shape, required: (read.required ?? []).includes(name) }] as const;
  });
  return { kind: 'record', fields: Object.fromEntries(fields) };
}
