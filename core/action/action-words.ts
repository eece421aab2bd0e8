import type { ActionView } from './action-view.ts';

/** Seconds a model is told to leave between two looks at an action that waits. */
export const LOOK_SECONDS = 5;

/**
 * What a model is told of an action it asked for: whether it was done, and if not, why and what now. A model that
 * takes held for done would tell its user so.
 */
export function wordsOf(view: ActionView): string {
  const { id, status, output, problem, policies } = view;
  const why = problem ? ` (${problem.code}): ${problem.detail}` : '';
  switch (status) {
    case 'succeeded':
      return output === undefined ? 'Done.' : JSON.stringify(output);
    case 'held':
      return heldWords(view);
    case 'started':
      return `It is being carried out. Ask get_action with action "${id}" what became of it.`;
    case 'failed':
      return `It failed${why}`;
    case 'unknown':
      return `Nobody knows whether it took effect${why}. Do not ask for it again: a person looks into it.`;
    default: {
      const rules = policies.length > 0 ? ` Rules: ${policies.join(', ')}.` : '';
      return `Nothing was done: ${status}${why}${rules}`;
    }
  }
}

function heldWords({ id, approval, questions = [] }: ActionView): string {
  const seats = approval?.requires.map(({ group, count }) => `${count} of ${group}`).join(' and ');
  const open = questions.filter(({ answer }) => answer === undefined);
  return [
    `Held: nothing was done yet. It waits until ${seats || 'people'} agree, until ${approval?.expiresAt ?? 'it expires'}.`,
    `Ask get_action with action "${id}" what became of it, every ${LOOK_SECONDS} seconds at most.`,
    'Do not call for the same again: that would ask people twice.',
    ...open.map(({ number, text }) => `Question ${number}, for answer_question: ${text}`),
  ].join(' ');
}
