import { bounds, formats, words } from '../../core/policy/schema-words.ts';
import type { NoToolError } from './proposal.ts';

export type Json = Readonly<Record<string, unknown>>;

/** The types a schema takes, null aside; where it does not say, what its words tell. */
export function typesOf(schema: Json): { readonly types: readonly string[]; readonly nullable: boolean } {
  const { type, nullable, enum: listed } = schema;
  const said = [type ?? guessed(schema)].flat().filter((each) => typeof each === 'string');
  const types = said.filter((each) => each !== 'null');
  const lists = Array.isArray(listed) && listed.includes(null);
  return { types, nullable: nullable === true || types.length < said.length || lists };
}

function guessed({ properties, items, enum: listed }: Json): string | undefined {
  if (properties !== undefined) return 'object';
  if (items !== undefined) return 'array';
  const texts =
    Array.isArray(listed) && listed.length > 0 && listed.every((each) => typeof each === 'string');
  return texts ? 'string' : undefined;
}

/** These are written elsewhere, or only tell. */
const elsewhere = [
  'type',
  'properties',
  'required',
  'additionalProperties',
  'items',
  'enum',
  'const',
  'format',
];
const remarks = [
  'title',
  'description',
  'default',
  'deprecated',
  'nullable',
  'readOnly',
  'writeOnly',
  'example',
];
const told = [
  'examples',
  'externalDocs',
  'xml',
  'discriminator',
  '$comment',
  '$schema',
  '$id',
  '$defs',
  'definitions',
];
const media = ['contentEncoding', 'contentMediaType', 'unevaluatedProperties', '$anchor'];
const quiet = [...elsewhere, ...remarks, ...told, ...media];

/** Whether a word may change which values are right. */
export const isLimit = (word: string): boolean =>
  word === 'type' ||
  (!remarks.includes(word) && !told.includes(word) && !media.includes(word) && !word.startsWith('x-'));

/**
 * The limits a schema sets. Those that say nothing of its types, or that nobody here knows, stay in an input, to be
 * refused by name; of an output they are left out.
 */
export function limitsFor(schema: Json, types: readonly string[], direction: 'input' | 'output'): Json {
  const counting = types.flatMap((type) => words[type] ?? []);
  const entries = Object.entries(modernBounds(schema)).filter(([word, value]) => {
    if (quiet.includes(word) || word.startsWith('x-')) return false;
    if (bounds.includes(word) && typeof value === 'number' && beyondExact(value)) return false;
    return direction === 'input' || counting.includes(word);
  });
  return Object.fromEntries(entries);
}

/** A bound no exact number reaches bounds nothing. */
const beyondExact = (value: number) => Math.abs(value) > Number.MAX_SAFE_INTEGER;

/** OpenAPI 3.0 says `exclusiveMinimum: true` beside a minimum. */
function modernBounds(schema: Json): Json {
  const modern: Record<string, unknown> = { ...schema };
  for (const [exclusive, bound] of [
    ['exclusiveMinimum', 'minimum'],
    ['exclusiveMaximum', 'maximum'],
  ] as const) {
    if (typeof modern[exclusive] !== 'boolean') continue;
    if (modern[exclusive] && modern[bound] !== undefined) {
      modern[exclusive] = modern[bound];
      delete modern[bound];
    } else delete modern[exclusive];
  }
  return modern;
}

/** Formats are remarks where nobody checks them; bytes can't be sent as JSON. */
export function formatOf(
  { format }: Json,
  types: readonly string[],
  refusal: (reason: string) => NoToolError,
): Json {
  if (types.includes('file') || (format === 'binary' && types.includes('string'))) {
    throw refusal('is a file, and only JSON is sent');
  }
  const kept = typeof format === 'string' && formats.includes(format) && types.includes('string');
  return kept ? { format } : {};
}
