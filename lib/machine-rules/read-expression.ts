import jsonata from 'jsonata';
import { functionNames } from './function-names.ts';

/** What an expression reads: variables it does not bind itself, and members of `$states` as paths. */
export type Reads = {
  readonly variables: readonly string[];
  readonly states: readonly (readonly string[])[];
};
type Node = Readonly<Record<string, unknown>>;

/** Reads one `{% … %}`; throws what JSONata says when it does not parse. */
export function readExpression(text: string): Reads {
  const nodes = flatten(jsonata(text.slice(2, -2)).ast());
  const bound = new Set(nodes.flatMap(boundBy));
  const named = nodes.flatMap(nameOf).filter((name) => !bound.has(name) && !functionNames.has(name));
  return { variables: [...new Set(named)].filter((name) => name !== 'states'), states: statesReads(nodes) };
}

/** Every node of the tree, whatever the member it hangs on. */
function flatten(value: unknown): readonly Node[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap(flatten);
  return [value as Node, ...Object.values(value).flatMap(flatten)];
}

/** `$` and `$$` are no variables of a machine. */
const nameOf = ({ type, value }: Node) =>
  type === 'variable' && typeof value === 'string' && value !== '' && value !== '$' ? [value] : [];

/** Names an expression binds: `$x := …`, parameters of a function, `@$x` and `#$x`. */
function boundBy({ type, lhs, arguments: parameters, focus, index }: Node): readonly string[] {
  const positional = [focus, index].filter((name) => typeof name === 'string');
  if (type === 'bind') return [...positional, ...flatten(lhs).flatMap(nameOf)];
  if (type === 'lambda') return [...positional, ...flatten(parameters).flatMap(nameOf)];
  return positional;
}

/** `$states.input.a` reads `['input', 'a']`; a `$states` that is handed on as a whole reads `[]`. */
function statesReads(nodes: readonly Node[]): readonly (readonly string[])[] {
  const paths = nodes.flatMap(({ type, steps }) => (type === 'path' ? [flattenSteps(steps)] : []));
  const through = paths.filter(([first]) => first && nameOf(first).includes('states'));
  const whole = nodes.filter((node) => nameOf(node).includes('states')).length - through.length;
  return [
    ...through.map(([, ...steps]) => steps.flatMap(stepName)),
    ...Array.from({ length: whole }, () => []),
  ];
}

const flattenSteps = (steps: unknown): readonly Node[] => (Array.isArray(steps) ? (steps as Node[]) : []);
const stepName = ({ type, value }: Node) => (type === 'name' && typeof value === 'string' ? [value] : []);
