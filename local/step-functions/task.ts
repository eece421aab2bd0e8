import type { Task } from './definition.ts';
import type { Limits, Move, Outcome } from './execution.ts';
import { evaluate, evaluateSeconds } from './expression.ts';
import { checkSize, leave } from './leave.ts';
import { recover, recoverFrom } from './recover.ts';
import { StateError } from './state-error.ts';
import { failedEvent, startedEvents, succeededEvent, waitsForToken } from './task-events.ts';
import { bindingsOf, placeOf, type Visit } from './visit.ts';

/** Begins an attempt of a task: arguments and limits are evaluated; the runner invokes once it is saved. */
export async function attempt(visit: Visit<Task>): Promise<Move> {
  const { state, position, events, newToken } = visit;
  const token = waitsForToken(state) ? newToken() : undefined;
  try {
    const given = await evaluate(state.Arguments, 'Arguments', bindingsOf(visit, {}, token), placeOf(visit));
    checkSize(given, position.state);
    const { limits, seconds } = await limitsOf(visit, token);
    return {
      events: [...events, ...startedEvents(state, given, seconds)],
      position: {
        ...position,
        attempt: position.attempt + 1,
        phase: { kind: 'invoking', ...callOf(given), token, limits },
      },
    };
  } catch (error) {
    return recoverFrom(visit, error);
  }
}

function callOf(given: unknown): { readonly functionName: string; readonly payload: unknown } {
  const { FunctionName, Payload = {} } = given as { FunctionName?: unknown; Payload?: unknown };
  if (typeof FunctionName === 'string') return { functionName: FunctionName, payload: Payload };
  throw new StateError(
    'States.Runtime',
    `FunctionName must be a text, but was ${JSON.stringify(FunctionName)}`,
  );
}

async function limitsOf(
  visit: Visit<Task>,
  token: string | undefined,
): Promise<{ readonly limits: Limits; readonly seconds: Readonly<Record<string, number>> }> {
  const { TimeoutSeconds, HeartbeatSeconds } = visit.state;
  const at = { bindings: bindingsOf(visit, {}, token), place: placeOf(visit), least: 1 };
  const timeout = await evaluateSeconds(TimeoutSeconds, 'TimeoutSeconds', at);
  const heartbeat = await evaluateSeconds(HeartbeatSeconds, 'HeartbeatSeconds', at);
  const heartbeatMs = heartbeat === undefined ? undefined : heartbeat * 1000;
  return {
    limits: {
      deadline: timeout === undefined ? undefined : visit.now + timeout * 1000,
      heartbeatMs,
      beatBy: heartbeatMs === undefined ? undefined : visit.now + heartbeatMs,
    },
    seconds: {
      ...(timeout !== undefined && { timeoutInSeconds: timeout }),
      ...(heartbeat !== undefined && { heartbeatInSeconds: heartbeat }),
    },
  };
}

/** Goes on from how an attempt ended. */
export async function settle(visit: Visit<Task>, outcome: Outcome): Promise<Move> {
  const { state, position, events } = visit;
  if (!outcome.ok) return recover({ ...visit, events: [...events, failedEvent(state, outcome)] }, outcome);
  const answered = { ...visit, events: [...events, succeededEvent(state, outcome.value)] };
  try {
    checkSize(outcome.value, position.state);
    return await leave(answered, state, { result: outcome.value });
  } catch (error) {
    return recoverFrom(answered, error);
  }
}
