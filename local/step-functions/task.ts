import type { Catcher, Retrier, Task } from './definition.ts';
import type { HistoryEvent, Limits, Move, Outcome } from './execution.ts';
import { evaluate, evaluateAs } from './expression.ts';
import {
  bindingsOf,
  checkSize,
  details,
  evaluationFailed,
  failExecution,
  leave,
  placeOf,
  type Visit,
} from './leave.ts';
import { type Failure, means, StateError } from './state-error.ts';
import { REGION } from '../service.ts';

const resourceOf = ({ Resource }: Task) => ({
  resourceType: 'lambda',
  resource: Resource.slice('arn:aws:states:::lambda:'.length),
});

/** Begins an attempt of a task: arguments and limits are evaluated; the runner invokes once it is saved. */
export async function attempt(visit: Visit<Task>): Promise<Move> {
  const { state, position, events, newToken } = visit;
  const token = state.Resource.endsWith('.waitForTaskToken') ? newToken() : undefined;
  const bindings = bindingsOf(visit, {}, token);
  try {
    const given = await evaluate(state.Arguments, 'Arguments', bindings, placeOf(visit));
    checkSize(given, position.state);
    const { FunctionName, Payload = {} } = given as { FunctionName: string; Payload?: unknown };
    const { limits, seconds } = await limitsOf(visit, token);
    const scheduled = { ...resourceOf(state), region: REGION, parameters: JSON.stringify(given), ...seconds };
    const phase = { kind: 'invoking', functionName: FunctionName, payload: Payload, token, limits } as const;
    return {
      events: [
        ...events,
        { type: 'TaskScheduled', details: details('taskScheduled', scheduled) },
        { type: 'TaskStarted', details: details('taskStarted', resourceOf(state)) },
      ],
      position: { ...position, attempt: position.attempt + 1, phase },
    };
  } catch (error) {
    return recoverFrom(visit, error);
  }
}

async function limitsOf(
  visit: Visit<Task>,
  token: string | undefined,
): Promise<{ readonly limits: Limits; readonly seconds: Readonly<Record<string, number>> }> {
  const { TimeoutSeconds, HeartbeatSeconds } = visit.state;
  const at = { bindings: bindingsOf(visit, {}, token), place: placeOf(visit) };
  const secondsOf = async (field: string, value: unknown) => {
    if (value === undefined) return undefined;
    const found = await evaluateAs('number', value, field, at);
    if (Number.isInteger(found) && found >= 1) return found;
    throw new StateError('States.Runtime', `${field} must be a whole number from 1, but was ${found}`);
  };
  const timeout = await secondsOf('TimeoutSeconds', TimeoutSeconds);
  const heartbeat = await secondsOf('HeartbeatSeconds', HeartbeatSeconds);
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
  if (!outcome.ok) return recover(withEvent(visit, failedEvent(visit.state, outcome)), outcome);
  const succeeded = { ...resourceOf(visit.state), output: JSON.stringify(outcome.value) };
  const answered = withEvent(visit, { type: 'TaskSucceeded', details: details('taskSucceeded', succeeded) });
  try {
    checkSize(outcome.value, visit.position.state);
    return await leave(answered, visit.state, { result: outcome.value });
  } catch (error) {
    return recoverFrom(answered, error);
  }
}

const withEvent = (visit: Visit<Task>, event: HistoryEvent): Visit<Task> => ({
  ...visit,
  events: [...visit.events, event],
});

function failedEvent(state: Task, { error, cause }: Failure): HistoryEvent {
  const kind = error === 'States.Timeout' ? 'TimedOut' : 'Failed';
  const content = {
    ...resourceOf(state),
    ...(error !== undefined && { error }),
    ...(cause !== undefined && { cause }),
  };
  return { type: `Task${kind}`, details: details(`task${kind}`, content) };
}

function recoverFrom(visit: Visit<Task>, error: unknown): Promise<Move> {
  if (!(error instanceof StateError)) throw error;
  return recover({ ...visit, events: [...visit.events, ...evaluationFailed(visit, error)] }, error.failure);
}

/** Retries as the first retrier for this error allows, else leaves by the first catcher for it, else fails. */
async function recover(visit: Visit<Task>, { error, cause }: Failure): Promise<Move> {
  const { state, position, events } = visit;
  const matches = ({ ErrorEquals }: Retrier | Catcher) => ErrorEquals.some((name) => means(name, error));
  const n = state.Retry.findIndex(matches);
  const retrier = state.Retry[n];
  const taken = position.retries[n] ?? 0;
  if (retrier && taken < retrier.MaxAttempts) {
    const retries = state.Retry.map((_, each) => (position.retries[each] ?? 0) + (each === n ? 1 : 0));
    const phase = {
      kind: 'sleeping',
      until: visit.now + pauseMs(retrier, taken),
      then: 'attempting',
    } as const;
    return { events, position: { ...position, retries, phase } };
  }
  const catcher = state.Catch.find(matches);
  if (!catcher) return failExecution(events, { error, cause });
  try {
    return await leave(visit, catcher, { errorOutput: { Error: error ?? null, Cause: cause ?? null } });
  } catch (failure) {
    if (!(failure instanceof StateError)) throw failure;
    return failExecution([...events, ...evaluationFailed(visit, failure)], failure.failure);
  }
}

/** Interval × rate to the power of retries taken, capped; FULL jitter takes any part of it. */
export function pauseMs(
  { IntervalSeconds, BackoffRate, MaxDelaySeconds = Infinity, JitterStrategy }: Retrier,
  taken: number,
  random: () => number = Math.random,
): number {
  const seconds = Math.min(MaxDelaySeconds, IntervalSeconds * BackoffRate ** taken);
  return Math.round(seconds * 1000 * (JitterStrategy === 'FULL' ? random() : 1));
}
