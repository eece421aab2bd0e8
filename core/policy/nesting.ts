/** Brackets and `if`s within each other; the engine's stack ends at about a hundred. */
const DEEPEST = 32;
/** Operators in one policy, each of which may be a level of the engine's tree. */
const MOST = 500;

const token = /"(?:\\[\s\S]|[^"\\])*"|\/\/[^\n\r]*|[A-Za-z_]\w*|&&|\|\||[-+*.()[\]{}]/g;
const operators = ['&&', '||', '+', '-', '*', '.'];

/**
 * Why a policy's text may not be given to the engine: one that overruns the engine's stack breaks it for everybody
 * who decides by it afterwards. `undefined` when it may.
 */
export function nestingProblem(text: string): string | undefined {
  const tokens = text.match(token) ?? [];
  if (tokens.filter((each) => operators.includes(each)).length > MOST) {
    return `has more than ${MOST} operators: make several policies of it, or a list`;
  }
  let [depth, deepest] = [tokens.filter((each) => each === 'if').length, 0];
  for (const each of tokens) {
    if ('([{'.includes(each)) depth += 1;
    if (')]}'.includes(each)) depth -= 1;
    deepest = Math.max(deepest, depth);
  }
  return deepest > DEEPEST ? `nests deeper than ${DEEPEST} levels: make several policies of it` : undefined;
}
