import * as z from 'zod';
import { UnmappableError } from './unmappable.ts';

const node = z.looseObject({
  type: z.union([z.string(), z.array(z.string())]).optional(),
  format: z.string().optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  required: z.array(z.string()).optional(),
  enum: z.array(z.unknown()).optional(),
  'x-autonomy-policy': z.literal('opaque').optional(),
  'x-autonomy-sensitive': z.boolean().optional(),
});
type Node = z.infer<typeof node>;

/** Remarks, and marks that other parts read: `x-autonomy-sensitive` hides a value, `x-mcp-header` repeats it. */
const marks = ['x-autonomy-policy', 'x-autonomy-sensitive', 'x-mcp-header'];
const annotations = ['type', 'title', 'description', 'default', 'examples', '$comment', ...marks];
const everywhere = [...annotations, 'enum', 'const', 'deprecated'];
/** Limits of numbers. */
export const bounds = ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'];
/** The words that count, by the type they say something of. */
export const words: Readonly<Record<string, readonly string[]>> = {
  string: ['minLength', 'maxLength', 'pattern', 'format'],
  integer: bounds,
  number: bounds,
  boolean: [],
  null: [],
  array: ['items', 'minItems', 'maxItems', 'uniqueItems'],
  object: ['properties', 'required', 'additionalProperties', 'minProperties', 'maxProperties'],
};
/** Values that can be compared, by the type they belong to. */
const belongs: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: (value) => typeof value === 'string',
  integer: Number.isInteger,
  number: (value) => typeof value === 'number',
  boolean: (value) => typeof value === 'boolean',
  null: (value) => value === null,
};
const limits = Object.values(words)
  .flat()
  .filter((word) => word !== 'format');
/** Understood where policy does not look. */
const choices = ['anyOf', 'oneOf', 'allOf'];
/** Formats that are checked. */
export const formats = [
  'decimal',
  'email',
  'uri',
  'uuid',
  'date-time',
  'date',
  'time',
  'duration',
  'hostname',
  'ipv4',
  'ipv6',
];

/**
 * Refuses every JSON Schema keyword whose meaning would be lost, by field and name: a limit that nobody enforces is
 * worse than none. Throws `UnmappableError`.
 */
export function refuseUnread(schema: unknown, path = '', opaque = false): void {
  const parsed = node.safeParse(schema);
  if (!parsed.success) throw new UnmappableError(path, 'is no JSON Schema object');
  const read = parsed.data;
  const hidden = opaque || read['x-autonomy-policy'] === 'opaque';
  refuseWords(read, path, hidden);
  for (const [at, child] of childrenOf(read, path)) refuseUnread(child, at, hidden);
}

function refuseWords(read: Node, path: string, hidden: boolean): void {
  const types = [read.type ?? []].flat().filter((type) => type !== 'any');
  const stranger = types.find((type) => !Object.hasOwn(words, type));
  if (stranger !== undefined) throw new UnmappableError(path, `${stranger} is no JSON Schema type`);
  const own = types.flatMap((type) => words[type] ?? []);
  const known = [...everywhere, ...own, ...(hidden ? choices : []), ...(path === '' ? ['$schema'] : [])];
  const unread = Object.keys(read).find((word) => !known.includes(word));
  if (unread !== undefined) throw new UnmappableError(path, hintFor(unread, hidden));
  if (read.format !== undefined && !formats.includes(read.format)) {
    throw new UnmappableError(path, `has the format ${read.format}: use one of ${formats.join(', ')}`);
  }
  refuseIdle(read, path);
  refuseMembers(read, path);
  refuseNames(read, (name) => (path ? `${path}.${name}` : name));
}

/** Nobody looks at limits where an enum or a const names the values, nor at a second list of choices. */
function refuseIdle(read: Node, path: string): void {
  const counts = ['const', 'enum', ...choices].find((word) => word in read);
  if (counts === undefined) return;
  const rivals = choices.includes(counts) ? choices : ['enum', ...limits, ...choices];
  const idle = rivals.find((word) => word !== counts && word in read);
  if (idle === undefined) return;
  throw new UnmappableError(path, `uses ${idle} beside ${counts}, which alone counts: leave it out`);
}

/** A listed value of another type fits no input; lists and objects are not compared. */
function refuseMembers(read: Node, path: string): void {
  const declared = [read.type ?? 'any'].flat();
  const types = declared.includes('any') ? Object.keys(belongs) : declared;
  for (const word of ['enum', 'const'].filter((each) => each in read)) {
    const members = word === 'enum' ? (read.enum ?? []) : [read['const']];
    const stray = members.find((member) => !types.some((type) => belongs[type]?.(member)));
    if (stray === undefined) continue;
    const what = `has type ${declared.join(', ')} and its ${word} holds something else: ${JSON.stringify(stray)}`;
    throw new UnmappableError(path, what);
  }
}

function refuseNames({ properties = {}, required = [] }: Node, at: (name: string) => string): void {
  const missing = required.find((name) => !Object.hasOwn(properties, name));
  if (missing !== undefined) throw new UnmappableError(at(missing), 'is required but not described');
  const odd = Object.keys(properties).find((name) => name.startsWith('__'));
  if (odd !== undefined) throw new UnmappableError(at(odd), 'may not begin with __');
}

function hintFor(word: string, hidden: boolean): string {
  if (choices.includes(word) && !hidden)
    return `uses ${word}: give it one type or mark it x-autonomy-policy: opaque`;
  return `uses ${word}, which nothing here enforces: leave it out`;
}

function childrenOf(read: Node, path: string): (readonly [string, unknown])[] {
  const at = (name: string) => (path ? `${path}.${name}` : name);
  const open = read['additionalProperties'];
  const alternatives = choices.flatMap((word) => z.array(z.unknown()).catch([]).parse(read[word]));
  return [
    ...Object.entries(read.properties ?? {}).map(([name, child]) => [at(name), child] as const),
    ...(read['items'] === undefined ? [] : [[`${path}[]`, read['items']] as const]),
    ...(typeof open === 'object' ? [[at('*'), open] as const] : []),
    ...alternatives.map((child) => [path, child] as const),
  ];
}
