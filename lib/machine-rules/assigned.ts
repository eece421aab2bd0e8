import { type Block, blocksIn, type State } from './definition.ts';
import { fieldsOf } from './fields.ts';
import { isExpression } from './literals.ts';
import { readExpression } from './read-expression.ts';

export type Unassigned = { readonly state: string; readonly reason: string };
type Names = ReadonlySet<string>;

/**
 * Variables that some path reaches a state without: reading one fails the execution, and only on that path. Inside a
 * Map or Parallel state the outer variables are there, inside a distributed Map they are not.
 */
export function unassigned(machine: Block, outer: Names = new Set()): readonly Unassigned[] {
  const before = assignedBefore(machine, outer);
  return [...before].flatMap(([name, known]) => {
    const state = machine.States[name];
    if (!state) return [];
    const own = missingIn(state, known).map((reason) => ({ state: name, reason }));
    const nested = blocksIn(state).flatMap((block) =>
      unassigned(block, block.ProcessorConfig?.Mode === 'DISTRIBUTED' ? new Set() : known),
    );
    return [...own, ...nested];
  });
}

function missingIn(state: State, known: Names): readonly string[] {
  return fieldsOf(state)
    .filter(({ text, place }) => place !== 'fixed' && isExpression(text))
    .flatMap(({ field, text }) => {
      const missing = variablesOf(text).filter((name) => !known.has(name));
      return missing.map((name) => `${field} reads $${name}, which not every path here assigns`);
    });
}

/** What does not parse is another rule's finding. */
function variablesOf(text: string): readonly string[] {
  try {
    return readExpression(text).variables;
  } catch {
    return [];
  }
}

/** State → what every path to it has assigned; states that no path reaches are left out. */
function assignedBefore({ StartAt, States }: Block, outer: Names): ReadonlyMap<string, Names> {
  const before = new Map([[StartAt, outer]]);
  const open = [StartAt];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const state = States[name];
    if (!state) continue;
    for (const { to, assigns } of waysOut(state)) {
      const after = new Set([...(before.get(name) ?? []), ...assigns]);
      const seen = before.get(to);
      const common = seen ? seen.intersection(after) : after;
      if (seen && common.size === seen.size) continue;
      before.set(to, common);
      open.push(to);
    }
  }
  return before;
}

type WayOut = { readonly to: string; readonly assigns: readonly string[] };

/** A state's own Assign counts on Next and Default alone; a rule's and a catcher's where they lead. */
function waysOut({ Next, Default, Assign, Choices, Catch }: State): readonly WayOut[] {
  const plain = [Next, Default].flatMap((to) => (to === undefined ? [] : [{ to, Assign }]));
  const branches = [...Choices, ...Catch].map((each) => ({ to: each.Next, Assign: each.Assign }));
  return [...plain, ...branches].map(({ to, Assign: given }) => ({ to, assigns: Object.keys(given ?? {}) }));
}
