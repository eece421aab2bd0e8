import * as z from 'zod';
import { InputError } from './shape-value.ts';
import { UnmappableError } from './unmappable.ts';

/** Throws `InputError` naming the field when an input breaks its tool's schema. */
export type InputCheck = (input: unknown) => void;

/**
 * Makes the check of every limit a tool's JSON Schema sets: lengths, patterns, bounds, also where policy does not
 * look. Throws `UnmappableError` for a schema that can't be checked.
 */
export function createInputCheck(schema: unknown): InputCheck {
  const compiled = compile(schema);
  return (input) => {
    const { error } = compiled.safeParse(input);
    const [issue] = error?.issues ?? [];
    if (issue) throw new InputError(issue.path.map(String).join('.'), issue.message);
  };
}

function compile(schema: unknown): z.ZodType {
  try {
    return z.fromJSONSchema(z.record(z.string(), z.json()).parse(plain(schema)), { registry: z.registry() });
  } catch (error) {
    throw new UnmappableError('', error instanceof Error ? error.message : 'can not be checked');
  }
}

/** These say nothing about which inputs are right, though the reader would fill in a default. */
const remarks = ['default', 'examples'];

/**
 * The schema in the words its reader knows: `type: any` is how some tools leave the type out, and an array's bounds
 * count only beside `items`.
 */
function plain(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(plain);
  if (typeof schema !== 'object' || schema === null) return schema;
  const members = Object.entries(schema).flatMap(([word, value]: [string, unknown]) => {
    if (remarks.includes(word) || (word === 'type' && value === 'any')) return [];
    return [[word, word === 'properties' ? plainEach(value) : plain(value)] as const];
  });
  const read = Object.fromEntries<unknown>(members);
  return [read['type']].flat().includes('array') ? { items: {}, ...read } : read;
}

/** A property may be called like a word of JSON Schema. */
function plainEach(properties: unknown): unknown {
  if (typeof properties !== 'object' || properties === null) return properties;
  return Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, plain(schema)]));
}
