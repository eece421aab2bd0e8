import type { ActionRow } from '../../core/action/action.ts';

/** The agents that lent, first lender first, down to the one that acts: `agt_first → agt_second → agt_acting`. */
export const handedOn = ({ via = [], agent }: Pick<ActionRow, 'via' | 'agent'>): string =>
  [...via, agent].join(' → ');
