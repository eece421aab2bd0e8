import type { State } from './definition.ts';

/** Where a text of a state stands, which decides whether it may be an expression and what `$states` holds there. */
export type Place = 'arguments' | 'result' | 'caught' | 'computed' | 'fixed';

/** One text of a state, `field` with slashes as AWS writes it in its causes. */
export type Field = { readonly field: string; readonly text: string; readonly place: Place };

const computed = [
  'Items',
  'ItemSelector',
  'ItemBatcher',
  'ResultWriter',
  'MaxConcurrency',
  'ToleratedFailureCount',
  'ToleratedFailurePercentage',
  'TimeoutSeconds',
  'HeartbeatSeconds',
  'Seconds',
  'Timestamp',
  'Error',
  'Cause',
  'Credentials',
];
const inner = ['ItemProcessor', 'Branches'];

/** Every text of a state but its comments and the states inside it. */
export function fieldsOf(state: State): readonly Field[] {
  return walk(state, []).flatMap(({ path, value }) =>
    typeof value === 'string' && path.at(-1) !== 'Comment'
      ? [{ field: path.join('/'), text: value, place: placeOf(path) }]
      : [],
  );
}

/** Every key of a state, at any depth, with its path. */
export function keysOf(state: State): readonly string[] {
  return walk(state, []).flatMap(({ path }) => (path.length > 0 ? [path.join('/')] : []));
}

type Found = { readonly path: readonly string[]; readonly value: unknown };

function walk(value: unknown, path: readonly string[]): readonly Found[] {
  if (typeof value !== 'object' || value === null) return [{ path, value }];
  const members = Object.entries(value).filter(([key]) => path.length > 0 || !inner.includes(key));
  return [{ path, value }, ...members.flatMap(([key, member]) => walk(member, [...path, key]))];
}

function placeOf([head = '', second = '', third = '']: readonly string[]): Place {
  if (head === 'Catch') return ['Assign', 'Output'].includes(third) ? 'caught' : 'fixed';
  if (head === 'Choices') return ['Condition', 'Assign', 'Output'].includes(third) ? 'computed' : 'fixed';
  if (head === 'ItemReader') return ['Arguments', 'ReaderConfig'].includes(second) ? 'computed' : 'fixed';
  if (head === 'Arguments') return 'arguments';
  if (head === 'Assign' || head === 'Output') return 'result';
  return computed.includes(head) ? 'computed' : 'fixed';
}
