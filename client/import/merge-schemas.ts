import { canonicalJson } from '../../core/canonical-json.ts';
import type { Json } from './schema-types.ts';

/** These only tell; the first to say them counts. */
const remarks = [
  'title',
  'description',
  'example',
  'examples',
  'externalDocs',
  'xml',
  'discriminator',
  '$comment',
];

type Merged = { readonly schema: Json } | { readonly conflict: string };

/** One schema that says what all of these say: fields and requirements together. A word said in two ways is a conflict. */
export function mergeAll(schemas: readonly Json[]): Merged {
  let merged: Json = {};
  for (const schema of schemas) {
    for (const [word, value] of Object.entries(schema)) {
      const before = merged[word];
      if (before === undefined) merged = { ...merged, [word]: value };
      else if (word === 'required') merged = { ...merged, required: union(before, value) };
      else if (word === 'properties') {
        const fields = mergeFields(before as Json, value as Json);
        if ('conflict' in fields) return fields;
        merged = { ...merged, properties: fields.schema };
      } else if (!remarks.includes(word) && !same(before, value)) return { conflict: word };
    }
  }
  return { schema: merged };
}

function mergeFields(before: Json, after: Json): Merged {
  const clash = Object.keys(after).find(
    (name) => Object.hasOwn(before, name) && !same(before[name], after[name]),
  );
  return clash === undefined ? { schema: { ...before, ...after } } : { conflict: clash };
}

const union = (a: unknown, b: unknown) => [...new Set([a, b].flat())];

function same(a: unknown, b: unknown): boolean {
  try {
    return canonicalJson(a) === canonicalJson(b);
  } catch {
    return false;
  }
}
