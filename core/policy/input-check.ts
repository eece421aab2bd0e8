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

/** `type: any` is how some tools say what JSON Schema says by leaving the type out. */
function plain(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(plain);
  if (typeof schema !== 'object' || schema === null) return schema;
  const members = Object.entries(schema).filter(([word, value]) => !(word === 'type' && value === 'any'));
  return Object.fromEntries(members.map(([word, value]) => [word, plain(value)]));
}
