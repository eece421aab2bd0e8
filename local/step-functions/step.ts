import { type Choice, type Fail, type State, type Task, timestamp, type Wait } from './definition.ts';
import type { Execution, HistoryEvent, Move, Position } from './execution.ts';
import { evaluateAs, evaluateSeconds } from './expression.ts';
import { evaluationFailed, failExecution, leave } from './leave.ts';
import type { Machine } from './machine.ts';
import { attempt, settle } from './task.ts';
import { StateError } from './state-error.ts';
import { bindingsOf, placeOf, type Visit } from './visit.ts';

/** What a step is made from besides the execution itself. */
export type StepOptions = {
  readonly machine: Machine;
  readonly now: number;
  /** The id the next history event will get. */
  readonly nextEventId: number;
  /** A task token nobody can guess. */
  readonly newToken: () => string;
};

/** The next step of an execution, or `undefined` while it waits for a function, an answer or time. */
export async function step(execution: Execution, options: StepOptions): Promise<Move | undefined> {
  const { position } = execution;
  if (!position) return undefined;
  const state = stateOf(options.machine, position.state);
  const visit: Visit = { execution, position, state, events: [], ...options };
  switch (position.phase.kind) {
    case 'entering':
      return enter(entered(visit));
    case 'attempting':
      return attempt(visit as Visit<Task>);
    case 'answered':
      return settle(visit as Visit<Task>, position.phase.outcome);
    case 'leaving':
      return guarded(visit, () => leave(visit, visit.state as Wait, {}));
    case 'invoking':
    case 'waiting':
    case 'sleeping':
      return undefined;
  }
}

function stateOf({ definition, name }: Machine, state: string): State {
  const found = definition.States[state];
  if (found) return found;
  throw new StateError('States.Runtime', `the machine ${name} has no state "${state}" any more`);
}

/** The visit with its StateEntered event; retries start from none. */
function entered(visit: Visit): Visit {
  const { position, state, now, nextEventId } = visit;
  const details = { name: position.state, input: JSON.stringify(position.input) };
  const event: HistoryEvent = {
    type: `${state.Type}StateEntered`,
    details: { stateEnteredEventDetails: details },
  };
  const fresh: Position = { ...position, enteredAt: now, enteredEvent: nextEventId, retries: [] };
  return { ...visit, position: fresh, events: [event] };
}

function enter(visit: Visit): Promise<Move> {
  const { state } = visit;
  switch (state.Type) {
    case 'Task':
      return attempt({ ...visit, state });
    case 'Pass':
      return guarded(visit, () => leave(visit, state, {}));
    case 'Choice':
      return guarded(visit, () => choose({ ...visit, state }));
    case 'Wait':
      return guarded(visit, () => sleep({ ...visit, state }));
    case 'Succeed':
      return guarded(visit, () => leave(visit, { ...state, End: true }, {}));
    case 'Fail':
      return guarded(visit, () => fail({ ...visit, state }));
  }
}

async function fail(visit: Visit<Fail>): Promise<Move> {
  const { Error, Cause } = visit.state;
  const at = { bindings: bindingsOf(visit), place: placeOf(visit) };
  return failExecution(visit.events, {
    error: Error === undefined ? undefined : await evaluateAs('string', Error, 'Error', at),
    cause: Cause === undefined ? undefined : await evaluateAs('string', Cause, 'Cause', at),
  });
}

/** A state that can't catch fails the execution by its error. */
async function guarded(visit: Visit, run: () => Promise<Move>): Promise<Move> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof StateError)) throw error;
    return failExecution([...visit.events, ...evaluationFailed(visit, error)], error.failure);
  }
}

/** The first rule whose condition holds, with its own Assign and Output; the state's own belong to Default. */
async function choose(visit: Visit<Choice>): Promise<Move> {
  const { state } = visit;
  const at = { bindings: bindingsOf(visit), place: placeOf(visit) };
  for (const [n, rule] of state.Choices.entries()) {
    const clause = `Choices[${n}]/`;
    if (await evaluateAs('boolean', rule.Condition, `${clause}Condition`, at)) {
      return leave(visit, { ...rule, at: clause }, {});
    }
  }
  if (state.Default !== undefined) return leave(visit, { ...state, Next: state.Default }, {});
  throw new StateError(
    'States.NoChoiceMatched',
    `No choice rule of the state '${visit.position.state}' matched`,
  );
}

async function sleep(visit: Visit<Wait>): Promise<Move> {
  const { Seconds, Timestamp } = visit.state;
  const at = { bindings: bindingsOf(visit), place: placeOf(visit), least: 0 };
  const seconds = await evaluateSeconds(Seconds, 'Seconds', at);
  const until =
    seconds === undefined
      ? timeOf(await evaluateAs('string', Timestamp, 'Timestamp', at))
      : visit.now + seconds * 1000;
  return {
    events: visit.events,
    position: { ...visit.position, phase: { kind: 'sleeping', until, then: 'leaving' } },
  };
}

/** RFC 3339 with a zone; without one the time would depend on the host's. */
function timeOf(text: string): number {
  if (timestamp.safeParse(text).success) return Date.parse(text);
  throw new StateError('States.Runtime', `the Timestamp of a Wait state is no RFC 3339 time: ${text}`);
}
