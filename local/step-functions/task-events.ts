import { REGION } from '../service.ts';
import type { Task } from './definition.ts';
import type { HistoryEvent } from './execution.ts';
import { details } from './leave.ts';
import type { Failure } from './state-error.ts';

const TOKEN_SUFFIX = '.waitForTaskToken';

export const waitsForToken = ({ Resource }: Task): boolean => Resource.endsWith(TOKEN_SUFFIX);

const resourceOf = ({ Resource }: Task) => ({
  resourceType: 'lambda',
  resource: Resource.slice('arn:aws:states:::lambda:'.length),
});

/** The events with which an attempt begins. */
export function startedEvents(
  state: Task,
  parameters: unknown,
  seconds: Readonly<Record<string, number>>,
): readonly HistoryEvent[] {
  const content = {
    ...resourceOf(state),
    region: REGION,
    parameters: JSON.stringify(parameters),
    ...seconds,
  };
  return [
    { type: 'TaskScheduled', details: details('taskScheduled', content) },
    { type: 'TaskStarted', details: details('taskStarted', resourceOf(state)) },
  ];
}

/** The function has returned and the answer is to come by the token. */
export function submittedEvent(result: unknown): HistoryEvent {
  const resource = { resourceType: 'lambda', resource: `invoke${TOKEN_SUFFIX}` };
  const content = { ...resource, output: JSON.stringify(result) };
  return { type: 'TaskSubmitted', details: details('taskSubmitted', content) };
}

export function succeededEvent(state: Task, value: unknown): HistoryEvent {
  const content = { ...resourceOf(state), output: JSON.stringify(value) };
  return { type: 'TaskSucceeded', details: details('taskSucceeded', content) };
}

export function failedEvent(state: Task, { error, cause }: Failure): HistoryEvent {
  const kind = error === 'States.Timeout' ? 'TimedOut' : 'Failed';
  const content = {
    ...resourceOf(state),
    ...(error !== undefined && { error }),
    ...(cause !== undefined && { cause }),
  };
  return { type: `Task${kind}`, details: details(`task${kind}`, content) };
}
