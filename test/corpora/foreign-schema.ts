type Json = Readonly<Record<string, unknown>>;

/** Types as the languages of the corpus say them, in JSON Schema. */
const types: Readonly<Record<string, string>> = {
  dict: 'object',
  HashMap: 'object',
  float: 'number',
  tuple: 'array',
  ArrayList: 'array',
  Array: 'array',
  long: 'integer',
  String: 'string',
  Boolean: 'boolean',
};

/** Their words for types in those of JSON Schema; `optional` is how they say what `required` says. */
export function inJsonSchema(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(inJsonSchema);
  if (typeof schema !== 'object' || schema === null) return schema;
  const members = Object.entries(schema).filter(
    ([word, value]) => word !== 'optional' || typeof value === 'object',
  );
  return Object.fromEntries(
    members.map(([word, value]: [string, unknown]) =>
      word === 'type' && typeof value === 'string'
        ? [word, types[value] ?? value]
        : [word, inJsonSchema(value)],
    ),
  );
}

/** Names that a release takes: none begins with an underscore, and the second of a name is called so. */
export function registeredNames(names: readonly string[]): readonly string[] {
  const seen = new Map<string, number>();
  return names.map((name) => {
    const proper = name.replace(/^_+/, '');
    const times = (seen.get(proper) ?? 0) + 1;
    seen.set(proper, times);
    return times === 1 ? proper : `${proper}.nr-${times}`;
  });
}

const words = ['string', 'date', 'integer', 'number', 'boolean'] as const;
const samples: Readonly<Record<(typeof words)[number], unknown>> = {
  string: 'some text',
  date: '2026-12-01',
  integer: 3,
  number: 2.5,
  boolean: true,
};

/** A value that fits a schema, with every field it names. */
export function sampleOf(schema: Json): unknown {
  const { type, properties, items, enum: listed, format } = schema;
  if (type === 'array') return items === undefined ? [] : [sampleOf(items as Json)];
  if (type === 'object') {
    const fields = Object.entries((properties ?? {}) as Readonly<Record<string, Json>>);
    return Object.fromEntries(fields.map(([name, field]) => [name, sampleOf(field)]));
  }
  if (Array.isArray(listed)) return listed[0];
  const word = words.find((each) => each === (format ?? type));
  return word === undefined ? { anything: [null] } : samples[word];
}

/**
 * A Cedar condition that holds for this input alone, as far as policy can see it: it asks of every typed field what
 * was sent. Written from the schema's words, apart from the mapping under test.
 */
export function conditionOn(schema: Json, value: unknown, at = 'context.input'): readonly string[] {
  const fields = Object.entries((schema['properties'] ?? {}) as Readonly<Record<string, Json>>);
  return fields.flatMap(([name, field]) => {
    const here = `${at}[${JSON.stringify(name)}]`;
    const sent = (value as Json)[name];
    if (field['type'] === 'object' && !field['properties']) return [];
    const has = `${at} has ${JSON.stringify(name)}`;
    if (field['type'] === 'object') return [has, ...conditionOn(field, sent, here)];
    const literal = literalOf(field, sent);
    return literal === undefined ? [] : [has, `${here} == ${literal}`];
  });
}

/** A value as Cedar writes it; `undefined` for what policy does not see. */
function literalOf({ type, items }: Json, value: unknown): string | undefined {
  if (type === 'number') return `decimal("${String(value)}${Number.isInteger(value) ? '.0' : ''}")`;
  if (type === 'array') {
    const of = (items ?? {}) as Json;
    const inner = (value as unknown[]).map((each) => literalOf(of, each));
    return inner.every((each) => each !== undefined) && inner.length > 0
      ? `[${inner.join(', ')}]`
      : undefined;
  }
  if (type === 'object' || type === 'any' || type === undefined) return undefined;
  return JSON.stringify(value);
}
