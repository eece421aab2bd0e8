import { comment } from './machine-rules/comment.ts';
import { deadline } from './machine-rules/deadline.ts';
import { type Block, blocksIn, definition, type Rule } from './machine-rules/definition.ts';
import { errorNames } from './machine-rules/error-names.ts';
import { expressions } from './machine-rules/expressions.ts';
import { literals } from './machine-rules/literals.ts';
import { safeSide } from './machine-rules/safe-side.ts';
import { unassigned } from './machine-rules/assigned.ts';

/** What a state machine does not keep; `where` is a state's name or a path in the definition. */
export type Finding = { readonly where: string; readonly reason: string };

/**
 * Checks a parsed definition (JSONata) for what AWS accepts and validators miss: waits without a way out, choices
 * without a safe side, error names nobody gives, text that is not computed, tokens and variables out of place.
 * `ownErrors` are the error names our own functions answer with. Syntax is left to asl-validator and to AWS.
 */
export function lintMachine(parsed: unknown, ownErrors: readonly string[] = []): readonly Finding[] {
  const read = definition.safeParse(parsed);
  if (!read.success) {
    return read.error.issues.map(({ path, message }) => ({
      where: path.join('/') || 'machine',
      reason: message,
    }));
  }
  const rules = [comment, deadline, safeSide, errorNames(ownErrors), literals, expressions];
  const variables = unassigned(read.data).map(({ state, reason }) => ({ where: state, reason }));
  return [...lintStates(read.data, rules), ...variables];
}

function lintStates({ States }: Block, rules: readonly Rule[]): readonly Finding[] {
  return Object.entries(States).flatMap(([where, state]) => [
    ...rules.flatMap((rule) => rule(state)).map((reason) => ({ where, reason })),
    ...blocksIn(state).flatMap((inner) => lintStates(inner, rules)),
  ]);
}
