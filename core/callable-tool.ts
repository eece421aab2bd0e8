import * as z from 'zod';

/** Where a model may say why. No field of a tool begins with two underscores, so it is nobody's. */
export const PURPOSE = '__purpose';

const purpose = {
  type: 'string',
  maxLength: 1000,
  description: 'Why you do this, in one sentence: whoever is asked to approve it reads this, and it is kept.',
};

const object = z.record(z.string(), z.unknown());

/** A tool's input schema in the form that every client and model reads, and where to say why. */
export function callableInput(
  input: unknown,
): Readonly<Record<string, unknown>> & { readonly type: 'object' } {
  const read = object.parse(legible(input));
  const properties = { ...object.catch({}).parse(read['properties']), [PURPOSE]: purpose };
  return { ...read, type: 'object', properties };
}

/** A schema without our own marks and words that only we know; what a field is called is not a word. */
export function legible(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(legible);
  if (typeof schema !== 'object' || schema === null) return schema;
  const members = Object.entries(schema).flatMap(([word, value]: [string, unknown]) => {
    if (word.startsWith('x-') || (word === 'type' && value === 'any')) return [];
    if (word !== 'properties' || typeof value !== 'object' || value === null) return [[word, legible(value)]];
    return [[word, Object.fromEntries(Object.entries(value).map(([name, each]) => [name, legible(each)]))]];
  });
  return Object.fromEntries(members) as unknown;
}
