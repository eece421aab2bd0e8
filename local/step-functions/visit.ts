import type { State } from './definition.ts';
import type { Execution, HistoryEvent, Position } from './execution.ts';
import type { Bindings, Place } from './expression.ts';
import type { Machine } from './machine.ts';

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

export const placeOf = ({ position }: Visit): Place => ({
  state: position.state,
  eventId: position.enteredEvent,
});

/** What the expressions of this state see: `$states` with AWS's context object, and the variables. */
export function bindingsOf(
  visit: Visit,
  more: Readonly<Record<string, unknown>> = {},
  token?: string,
): Bindings {
  const { input, variables } = visit.position;
  return { states: { input, context: contextOf(visit, token), ...more }, variables };
}

function contextOf({ execution, position, machine }: Visit, token: string | undefined) {
  return {
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
}
