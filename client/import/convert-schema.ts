import { choiceOf, type Choice } from './convert-choice.ts';
import {
  createResolve,
  createSpend,
  type Direction,
  isRecord,
  type Place,
  refusal,
  type Resolve,
} from './resolve-schema.ts';
import { formatOf, isLimit, type Json, limitsFor, typesOf } from './schema-types.ts';

type Context = { readonly direction: Direction; readonly resolve: Resolve };

/**
 * Makes JSON Schemas of a foreign document's: references in place, `nullable` and 3.0's bounds in today's words, only
 * what counts. An input is never wider than described; an output is never narrower. Throws `NoToolError`.
 */
export function createConverter(document: unknown, direction: Direction) {
  const resolve = createResolve({ document, direction, spend: createSpend() });
  return (schema: unknown, at = ''): Json =>
    convert({ direction, resolve }, schema, { at, within: [], depth: 0 });
}

function convert(context: Context, schema: unknown, place: Place): Json {
  const known = context.resolve(schema, { ...place, depth: place.depth + 1 });
  if (known === undefined) return {};
  const inner = { ...place, within: known.within, depth: place.depth + 1 };
  const choice = choiceOf(known.schema);
  return choice ? convertChoice(context, choice, inner) : convertTyped(context, known.schema, inner);
}

/** Policy sees no choices. What all alternatives have is part of each, so that nothing is lost. */
function convertChoice(context: Context, { word, members, nullable, rest }: Choice, place: Place): Json {
  const { direction } = context;
  const [only, ...others] = members;
  if (others.length === 0 && only !== undefined) {
    const { description, ...common } = rest;
    const one = { allOf: [{ ...common, ...(nullable && { nullable }) }, only] };
    return convert(context, typeof description === 'string' ? { ...one, description } : one, place);
  }
  const common = Object.fromEntries(Object.entries(rest).filter(([each]) => isLimit(each)));
  const converted = members.map((member) => convert(context, { allOf: [common, member] }, place));
  if (direction === 'input')
    return { ...annotationsOf(rest), [word]: converted, 'x-autonomy-policy': 'opaque' };
  return { ...annotationsOf(rest), [word]: nullable ? [...converted, { type: 'null' }] : converted };
}

function convertTyped(context: Context, schema: Json, place: Place): Json {
  const { types, nullable } = typesOf(schema);
  const nulls = nullable && context.direction === 'output';
  const all = nulls && types.length > 0 ? [...types, 'null'] : types;
  return {
    ...(all.length > 0 && { type: all.length === 1 ? all[0] : all }),
    ...annotationsOf(schema),
    ...limitsFor(schema, types, context.direction),
    ...valuesOf(schema, nulls),
    ...formatOf(schema, types, (reason) => refusal(place, reason)),
    ...(types.includes('array') && itemsOf(context, schema, place)),
    ...(types.includes('object') && membersOf(context, schema, place)),
    ...(types.length > 1 && context.direction === 'input' && { 'x-autonomy-policy': 'opaque' }),
  };
}

/** What may be sent is never null: it is left out instead. */
function valuesOf({ enum: listed, ...schema }: Json, nulls: boolean): Json {
  const constant = 'const' in schema ? { const: schema['const'] } : {};
  if (!Array.isArray(listed)) return constant;
  const others = listed.filter((value: unknown) => value !== null);
  return { ...constant, enum: nulls ? [...others, null] : others };
}

function itemsOf(context: Context, { items }: Json, place: Place): Json {
  return items === undefined ? {} : { items: convert(context, items, { ...place, at: `${place.at}[]` }) };
}

function membersOf(context: Context, schema: Json, place: Place): Json {
  const { properties, required, additionalProperties: open } = schema;
  const under = (name: string) => ({ ...place, at: place.at ? `${place.at}.${name}` : name });
  const all = Object.entries(isRecord(properties) ? properties : {});
  const hidden = context.direction === 'input' ? 'readOnly' : 'writeOnly';
  const gone = all.filter(([, field]) => isRecord(field) && field[hidden] === true).map(([name]) => name);
  const described = all
    .filter(([name]) => !gone.includes(name))
    .map(([name, field]) => [name, convert(context, field, under(name))] as const);
  const needed = (Array.isArray(required) ? required : []).filter((name) => !gone.includes(String(name)));
  return {
    ...(isRecord(properties) && { properties: Object.fromEntries(described) }),
    ...(needed.length > 0 && { required: needed }),
    ...(open !== undefined && {
      additionalProperties: isRecord(open) ? convert(context, open, under('*')) : open,
    }),
  };
}

const annotationsOf = ({ description, default: fallback, deprecated }: Json): Json => ({
  ...(typeof description === 'string' && { description }),
  ...(fallback !== undefined && fallback !== null && { default: fallback }),
  ...(deprecated === true && { deprecated }),
});
