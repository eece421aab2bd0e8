import type { Conflict } from './find-conflicts.ts';

type Answers = { readonly ifApproved: string; readonly ifDenied: string };

const central: Answers = {
  ifApproved: 'the unit’s rule stands: the centre makes an exception in its own',
  ifDenied: 'the centre’s rule stands: the unit changes its own',
};

/** What the council says of a conflict by its yes and by its no. Neither changes a rule: people do, in the files. */
export const conflictAnswers: Readonly<Record<Conflict['kind'], Answers>> = {
  overruled: central,
  meets: central,
  'units-differ': {
    ifApproved: 'each unit keeps its own rule on what they share',
    ifDenied: 'the units may not differ here: the centre writes one rule for all',
  },
  'same-operation': {
    ifApproved: 'both ways to the operation stand, each under its own rules',
    ifDenied: 'one way is enough: the other tool goes',
  },
};
