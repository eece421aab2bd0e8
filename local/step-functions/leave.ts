import type { HistoryEvent, Move } from './execution.ts';
import { evaluate } from './expression.ts';
import { type Failure, StateError } from './state-error.ts';
import { bindingsOf, placeOf, type Visit } from './visit.ts';

/** Where a state is left to, and what it hands on. */
type Exit = {
  readonly Next?: string | undefined;
  readonly End?: true | undefined;
  readonly Output?: unknown;
  readonly Assign?: Readonly<Record<string, unknown>> | undefined;
  /** The clause of the state that leads out, for the path of a field: `Catch[0]/`. */
  readonly at?: string;
};

/** Bytes of JSON a state may hand on or take. */
const DATA_LIMIT_BYTES = 262_144;

/**
 * Leaves a state: Output and Assign are evaluated on the variables as they were, then the next state is entered or the
 * execution succeeds. `more` is what `$states` holds besides input and context. Throws `StateError`.
 */
export async function leave(
  visit: Visit,
  exit: Exit,
  more: Readonly<Record<string, unknown>>,
): Promise<Move> {
  const { position, state } = visit;
  const { output, assigned } = await handedOn(visit, exit, more);
  const text = JSON.stringify(output);
  const exited = { name: position.state, output: text };
  const events = [
    ...visit.events,
    { type: `${state.Type}StateExited`, details: details('stateExited', exited) },
  ];
  if (exit.Next === undefined) {
    const succeeded = details('executionSucceeded', { output: text });
    return {
      events: [...events, { type: 'ExecutionSucceeded', details: succeeded }],
      end: { status: 'SUCCEEDED', output },
    };
  }
  const variables = { ...position.variables, ...assigned };
  return {
    events,
    position: { ...position, state: exit.Next, input: output, variables, phase: { kind: 'entering' } },
  };
}

async function handedOn(
  visit: Visit,
  { Output, Assign = {}, at = '' }: Exit,
  more: Readonly<Record<string, unknown>>,
): Promise<{ readonly output: unknown; readonly assigned: object }> {
  const { input, state } = visit.position;
  const bindings = bindingsOf(visit, more);
  const fallback = 'result' in more ? more['result'] : (more['errorOutput'] ?? input);
  const output =
    Output === undefined ? fallback : await evaluate(Output, `${at}Output`, bindings, placeOf(visit));
  const assigned = (await evaluate(Assign, `${at}Assign`, bindings, placeOf(visit))) as object;
  checkSize(output, state);
  checkSize(assigned, state);
  return { output, assigned };
}

/** Ends the execution as failed; whichever of error and cause there is stands in history and description. */
export function failExecution(events: readonly HistoryEvent[], failure: Failure): Move {
  const given = Object.fromEntries(Object.entries(failure).filter(([, value]) => value !== undefined));
  const failed = { type: 'ExecutionFailed', details: details('executionFailed', given) };
  return { events: [...events, failed], end: { status: 'FAILED', ...failure } };
}

export function checkSize(value: unknown, state: string): void {
  if (Buffer.byteLength(JSON.stringify(value) ?? '') <= DATA_LIMIT_BYTES) return;
  const cause = `The state/task '${state}' returned a result with a size exceeding the maximum number of bytes service limit.`;
  throw new StateError('States.DataLimitExceeded', cause);
}

/** AWS keeps an event's details under a key made of its kind. */
export const details = (kind: string, content: Readonly<Record<string, unknown>>) => ({
  [`${kind}EventDetails`]: content,
});

/** The history event that precedes the failure of an expression. */
export function evaluationFailed({ position }: Visit, error: StateError): HistoryEvent[] {
  if (error.location === undefined) return [];
  const content = { state: position.state, location: error.location, ...error.failure };
  return [{ type: 'EvaluationFailed', details: details('evaluationFailed', content) }];
}
