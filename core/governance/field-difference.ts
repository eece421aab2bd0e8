import * as z from 'zod';
import { canonicalJson, digest } from '../canonical-json.ts';

/** One field as it is and as it would be, in a few words; absent where there is nothing. Nested fields by path. */
export type FieldDifference = { readonly field: string; readonly before?: string; readonly after?: string };

type Fields = Readonly<Record<string, unknown>>;

/** What differs between two contents, leaf by leaf; long values are cut to where they part. */
export function fieldDifferences(
  before: Fields,
  after: Fields,
  own: readonly string[] = [],
): FieldDifference[] {
  const names = new Set([...Object.keys(after), ...Object.keys(before)]);
  return [...names]
    .filter((name) => !own.includes(name))
    .flatMap((name) => leaves(name, before[name], after[name]));
}

function leaves(field: string, before: unknown, after: unknown): FieldDifference[] {
  if (same(before, after)) return [];
  if (isRecord(before) && isRecord(after)) {
    return fieldDifferences(before, after).map((inner) => ({ ...inner, field: `${field}.${inner.field}` }));
  }
  const [was, is] = shown(before, after);
  return [{ field, ...(was !== undefined && { before: was }), ...(is !== undefined && { after: is }) }];
}

const same = (a: unknown, b: unknown): boolean => canonicalJson(a ?? null) === canonicalJson(b ?? null);
const isRecord = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function shown(before: unknown, after: unknown): readonly [string | undefined, string | undefined] {
  const was = textOf(before);
  const is = textOf(after);
  const long = (was?.length ?? 0) > LONG || (is?.length ?? 0) > LONG;
  if (!long) return [was, is];
  if (isList(before) && isList(after)) return [lost(before, after, 'gone'), lost(after, before, 'new')];
  return cut(was, is);
}

const LONG = 72;
const LEAD = 16;
const isList = (value: unknown): value is readonly (string | number)[] =>
  Array.isArray(value) && value.every((each) => typeof each !== 'object');

const publicKeys = z.array(z.looseObject({ kty: z.string(), kid: z.string() })).min(1);

/** A key is shown by its kid and the beginning of its digest: enough to see that it is another. */
function textOf(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value;
  const keys = publicKeys.safeParse(value);
  if (keys.success) return keys.data.map((key) => `${key.kid} (${digest(key).slice(0, 8)})`).join(', ');
  return isList(value) ? `[${value.join(', ')}]` : canonicalJson(value);
}

function lost(list: readonly unknown[], other: readonly unknown[], word: string): string {
  const missing = list.filter((each) => !other.includes(each));
  const named = missing.slice(0, 5).map(String).join(', ');
  const more = missing.length > 5 ? ` and ${missing.length - 5} more` : '';
  return missing.length === 0 ? `${list.length} values` : `${list.length} values, ${word}: ${named}${more}`;
}

/** Both values from shortly before they part, so that the difference is in sight. */
function cut(before = '', after = ''): readonly [string | undefined, string | undefined] {
  let common = 0;
  while (common < before.length && before[common] === after[common]) common += 1;
  const from = Math.max(0, common - LEAD);
  const piece = (text: string) =>
    text === ''
      ? undefined
      : `${from > 0 ? '…' : ''}${text.slice(from, from + LONG)}${text.length > from + LONG ? '…' : ''}`;
  return [piece(before), piece(after)];
}
