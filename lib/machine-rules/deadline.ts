import { isWait, type Rule, type State } from './definition.ts';

/** A task without a deadline may last as long as its execution, a wait without a way out of it fails the machine. */
export const deadline: Rule = (state) => {
  if (state.Type !== 'Task') return [];
  const open = state.TimeoutSeconds === undefined ? ['has no TimeoutSeconds: every task has a deadline'] : [];
  if (!isWait(state) || catchesDeadline(state)) return open;
  return [...open, 'waits and nobody catches its deadline: catch States.Timeout or States.ALL'];
};

/** `States.TaskFailed` is no use here: it means every error but the timeout. */
const catchesDeadline = ({ Catch }: State) =>
  Catch.some(
    ({ ErrorEquals }) => ErrorEquals.includes('States.Timeout') || ErrorEquals.includes('States.ALL'),
  );
