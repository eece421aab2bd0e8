import type { State } from './definition.ts';
import type { Execution, HistoryEvent, Move, Position } from './execution.ts';
import { type Bindings, evaluate, type Place } from './expression.ts';
import type { Machine } from './machine.ts';
import { type Failure, StateError } from './state-error.ts';

/** A state being visited, with the history events the step has so far. */
export type Visit<S extends State = State> = {
  readonly execution: Execution;
  readonly position: Position;
  readonly state: S;
  readonly machine: Machine;
  readonly now: number;
  readonly nextEventId: number;
  readonly newToken: () => string;
  readonly events: readonly HistoryEvent[];
};

/** Where a state is left to, and what it hands on. */
type Exit = {
  readonly Next?: string | undefined;
  readonly End?: true | undefined;
  readonly Output?: unknown;
  readonly Assign?: Readonly<Record<string, unknown>> | undefined;
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
  const { position, state, events } = visit;
  const bindings = bindingsOf(visit, more);
  const fallback = 'result' in more ? more['result'] : (more['errorOutput'] ?? position.input);
  const output =
    exit.Output === undefined ? fallback : await evaluate(exit.Output, 'Output', bindings, placeOf(visit));
  const assigned = (await evaluate(exit.Assign ?? {}, 'Assign', bindings, placeOf(visit))) as object;
  checkSize(output, position.state);
  const text = JSON.stringify(output);
  const exited: HistoryEvent = {
    type: `${state.Type}StateExited`,
    details: { stateExitedEventDetails: { name: position.state, output: text } },
  };
  if (exit.Next === undefined) {
    const succeeded = {
      type: 'ExecutionSucceeded',
      details: details('executionSucceeded', { output: text }),
    };
    return { events: [...events, exited, succeeded], end: { status: 'SUCCEEDED', output } };
  }
  const variables = { ...position.variables, ...assigned };
  const next = {
    ...position,
    state: exit.Next,
    input: output,
    variables,
    phase: { kind: 'entering' },
  } as const;
  return { events: [...events, exited], position: next };
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

export const placeOf = ({ position }: Visit): Place => ({
  state: position.state,
  eventId: position.enteredEvent,
});

/** What the expressions of this state see: `$states` with AWS's context object, and the variables. */
export function bindingsOf(
  { execution, position, machine }: Visit,
  more: Readonly<Record<string, unknown>> = {},
  token?: string,
): Bindings {
  const context = {
    Execution: {
      Id: execution.arn,
      Input: execution.input,
      Name: execution.name,
      RoleArn: machine.roleArn,
      StartTime: new Date(execution.startedAt).toISOString(),
      RedriveCount: 0,
    },
    State: {
      Name: position.state,
      EnteredTime: new Date(position.enteredAt).toISOString(),
      RetryCount: position.retries.reduce((sum, count) => sum + count, 0),
    },
    StateMachine: { Id: machine.arn, Name: machine.name },
    ...(token !== undefined && { Task: { Token: token } }),
  };
  return { states: { input: position.input, context, ...more }, variables: position.variables };
}
