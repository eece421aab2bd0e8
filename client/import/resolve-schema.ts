import { pointedAt } from '../../core/governance/upstream.ts';
import { mergeAll } from './merge-schemas.ts';
import { NoToolError } from './proposal.ts';
import type { Json } from './schema-types.ts';

export type Direction = 'input' | 'output';

/** Where a schema stands in what is converted, and which references led to it. */
export type Place = { readonly at: string; readonly within: readonly string[]; readonly depth: number };

/** A schema without references and `allOf`; `undefined` where an output refers to itself. */
export type Resolve = (schema: unknown, place: Place) => Resolved | undefined;
type Resolved = { readonly schema: Json; readonly within: readonly string[] };

type Context = {
  readonly document: unknown;
  readonly direction: Direction;
  /** Throws when the schema grew beyond what a tool's may be. */
  readonly spend: (place: Place) => void;
};

/** Values a schema may have once everything it refers to stands in it. */
const MOST_VALUES = 5000;
const DEEPEST = 40;

/** Counts the values of one schema as it unfolds. */
export function createSpend(): Context['spend'] {
  let left = MOST_VALUES;
  return (place) => {
    left -= 1;
    if (left < 0 || place.depth > DEEPEST) throw refusal(place, 'is too large to be a tool’s');
  };
}

export function createResolve(context: Context): Resolve {
  const resolve = (schema: unknown, place: Place, merging = false): Resolved | undefined => {
    context.spend(place);
    if (schema === true) return { schema: {}, within: place.within };
    if (!isRecord(schema)) throw refusal(place, 'is no JSON Schema');
    const { $ref, allOf, ...rest } = schema;
    if ($ref !== undefined) {
      if (typeof $ref !== 'string') throw refusal(place, 'refers to something that is no text');
      const found = follow(context, $ref, place, merging);
      const target = found && resolve(found.schema, { ...place, within: found.within }, merging);
      return target && { schema: { ...target.schema, ...rest }, within: target.within };
    }
    if (!Array.isArray(allOf)) return { schema: rest, within: place.within };
    const members = allOf.map((member) => resolve(member, place, true));
    return members.some((member) => member === undefined)
      ? undefined
      : together(rest, members as Resolved[], place);
  };
  return resolve;
}

function together(rest: Json, members: readonly Resolved[], place: Place): Resolved {
  const merged = mergeAll([rest, ...members.map(({ schema }) => schema)]);
  if ('conflict' in merged) throw refusal(place, `allOf says ${merged.conflict} in two ways`);
  const own = members.flatMap(({ within }) => within.slice(place.within.length));
  return { schema: merged.schema, within: [...place.within, ...own] };
}

/** What a part of `allOf` refers to may stand once more further in; what leads back to itself never ends. */
function follow({ document, direction }: Context, pointer: string, place: Place, merging: boolean) {
  if (pointer !== '#' && !pointer.startsWith('#/'))
    throw refusal(place, `refers to another document, ${pointer.slice(0, 100)}`);
  const mark = merging ? `allOf ${pointer}` : pointer;
  const again = place.within.filter((each) => each === `allOf ${pointer}`).length > 1;
  if (again || place.within.includes(pointer)) {
    if (direction === 'output') return undefined;
    throw refusal(place, `refers to itself (${pointer})`);
  }
  const schema = pointer === '#' ? document : pointedAt(document, pointer);
  if (schema === undefined) throw refusal(place, `refers to ${pointer}, which is not there`);
  return { schema, within: [...place.within, mark] };
}

export const isRecord = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const refusal = ({ at }: Pick<Place, 'at'>, reason: string) =>
  new NoToolError(`${at || 'input'}: ${reason}`);
