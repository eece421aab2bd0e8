import type { Rule, State } from './definition.ts';

const invoke = 'arn:aws:states:::lambda:invoke';
const wait = `${invoke}.waitForTaskToken`;

/** Steps of ours that end when the control plane says so, and only then. */
const waiting = ['assign-task', 'await-action'];

/**
 * What a workflow of another app may do: invoke functions it names by placeholder, and wait for nobody but the
 * control plane. Any other integration would be an effect that no rule was asked about.
 */
export const throughTheDoor: Rule = (state) => {
  if (state.Type !== 'Task') return [];
  const { Resource = '' } = state;
  if (Resource !== invoke && Resource !== wait)
    return [`uses ${Resource}: invoke a function, or have an agent ask the door`];
  const step = stepOf(state);
  if (step === undefined) return ['names no function by placeholder: write "FunctionName": "${name}"'];
  const waits = Resource === wait;
  if (waits === waiting.includes(step)) return [];
  return [
    waits
      ? `gives a task token to ${step}: only ${waiting.join(' and ')} may wait`
      : `does not wait for ${step}: use ${wait}`,
  ];
};

/** The function a task invokes, by its placeholder. */
export function stepOf(state: State): string | undefined {
  const name = argumentOf(state, 'FunctionName');
  return typeof name === 'string' ? /^\$\{([\w-]+)\}$/.exec(name)?.[1] : undefined;
}

/** One of a task's arguments; `undefined` where they are an expression. */
export function argumentOf({ Arguments }: State, field: string): unknown {
  return typeof Arguments === 'object' && Arguments !== null ? Reflect.get(Arguments, field) : undefined;
}
