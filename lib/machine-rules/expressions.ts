import { isWait, type Rule, type State } from './definition.ts';
import { type Field, fieldsOf, type Place } from './fields.ts';
import { isExpression } from './literals.ts';
import { readExpression, type Reads } from './read-expression.ts';

const token = ['context', 'Task', 'Token'];

/** Expressions that parse, and that read of `$states` only what it holds where they stand. */
export const expressions: Rule = (state) => {
  const read = fieldsOf(state)
    .filter(({ text }) => isExpression(text))
    .map((field) => ({ ...field, ...tryRead(field) }));
  return [
    ...read.flatMap(({ field, problem }) =>
      problem === undefined ? [] : [`${field} does not parse: ${problem}`],
    ),
    ...read.flatMap((each) => explainMembers(each, state)),
    ...read.flatMap((each) => explainToken(each, state)),
    ...(isWait(state) && !read.some(sendsToken)
      ? ['waits and gives its task token to nobody: put it into Arguments']
      : []),
  ];
};

type ReadField = Field & Reads & { readonly problem?: string };

function tryRead({ text }: Field): Reads & { readonly problem?: string } {
  try {
    return readExpression(text);
  } catch (error) {
    const problem = error instanceof Object && 'message' in error ? String(error.message) : String(error);
    return { variables: [], states: [], problem };
  }
}

function explainMembers({ field, states, place }: ReadField, { Type }: State): readonly string[] {
  const held = ['input', 'context', ...extraMembers(place, Type)];
  return states
    .flatMap(([member]) => (member === undefined || held.includes(member) ? [] : [member]))
    .map((member) => `${field} reads $states.${member}, which is not there`);
}

/** Only what can have a result has one; a catcher has the error in its place. */
function extraMembers(place: Place, type: State['Type']): readonly string[] {
  if (place === 'caught') return ['errorOutput'];
  return place === 'result' && ['Task', 'Map', 'Parallel'].includes(type) ? ['result'] : [];
}

/** A task token is a credential: it goes to the function that keeps it, and into no state data. */
function explainToken({ field, states, place }: ReadField, state: State): readonly string[] {
  const kept = isWait(state) && place === 'arguments';
  if (kept || !states.some(holdsToken)) return [];
  return [`${field} reads the task token outside the Arguments of a wait`];
}

/** `$states.context` as a whole holds the token as well. */
const holdsToken = (path: readonly string[]) =>
  path.slice(0, token.length).every((name, index) => name === token[index]);

const sendsToken = ({ place, states }: ReadField) =>
  place === 'arguments' && states.some((path) => path.length >= token.length && holdsToken(path));
