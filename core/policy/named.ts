import type { Context, EntityJson, PolicyJson } from '@cedar-policy/cedar-wasm/nodejs';

/**
 * What some policies name. A policy has to name whatever it tells apart, so a field, a list or a parent whose name
 * stands in none of them changes no answer of theirs, and the engine need not be given it.
 */
export type Named = {
  readonly words: ReadonlySet<string>;
  /** Whether one takes the context, the input or a unit's lists as one value, `context.input == {…}`: then all counts. */
  readonly whole: boolean;
};

/** What a policy names in scope and conditions; its annotations are for people. */
export function namedIn({ principal, action, resource, conditions }: PolicyJson): Named {
  const tree = [principal, action, resource, conditions];
  return { words: new Set(wordsIn(tree)), whole: takesWhole(tree) };
}

export const namedByAny = (all: readonly Named[]): Named => ({
  words: new Set(all.flatMap(({ words }) => [...words])),
  whole: all.some(({ whole }) => whole),
});

/** An entity less what is not named; none when nothing is left, since the engine takes it as bare then. */
export function namedEntity(named: Named, { uid, attrs, parents }: EntityJson): readonly EntityJson[] {
  const kept = within(named, 'lists', pick(named, attrs));
  const above = parents.filter((parent) => named.words.has('id' in parent ? parent.id : parent.__entity.id));
  if (Object.keys(kept).length + above.length === 0) return [];
  return [{ uid, attrs: kept, parents: above }];
}

/** A context, and the input in it, less the fields that are not named. */
export const namedContext = (named: Named, context: Context): Context =>
  named.whole ? context : within(named, 'input', pick(named, context));

/** With the record that this field holds, if any, cut to what is named in turn. */
function within(named: Named, field: string, fields: Context): Context {
  const inner = fields[field];
  if (named.whole || !isTree(inner) || Array.isArray(inner)) return fields;
  return { ...fields, [field]: pick(named, inner as Context) };
}

const pick = ({ words }: Named, record: Context): Context =>
  Object.fromEntries(Object.entries(record).filter(([name]) => words.has(name)));

/** Every name and text in a syntax tree: keys too, so that no place where a name may stand is forgotten. */
function wordsIn(tree: unknown): readonly string[] {
  if (typeof tree === 'string') return [tree];
  if (typeof tree !== 'object' || tree === null) return [];
  return Object.entries(tree).flatMap(([key, value]) => [key, ...wordsIn(value)]);
}

type Tree = Readonly<Record<string, unknown>>;
const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null;

/** Whether this is `context`, `context.input` or the lists of a unit: records whose fields count each for itself. */
function isRecord(tree: Tree): boolean {
  const dot = tree['.'];
  return tree['Var'] === 'context' || (isTree(dot) && (dot['attr'] === 'input' || dot['attr'] === 'lists'));
}

/** Whether such a record stands anywhere but before a dot or `has`, that is, unless it is looked into. */
function takesWhole(tree: unknown, lookedInto = false): boolean {
  if (!isTree(tree)) return false;
  if (!lookedInto && isRecord(tree)) return true;
  return Object.entries(tree).some(([operator, operand]) =>
    ['.', 'has'].includes(operator) && isTree(operand) && 'attr' in operand
      ? takesWhole(operand['left'], true)
      : takesWhole(operand),
  );
}
