import type { Conflict } from './find-conflicts.ts';

type Answers = { readonly approved: string; readonly denied: string };

const central: Answers = {
  approved: "the unit's rule stands: the centre makes an exception in its own",
  denied: "the centre's rule stands: the unit changes its own",
};

/** What the council says of a conflict by its yes and by its no. Neither changes a rule: people do, in the files. */
export const conflictAnswers: Readonly<Record<Conflict['kind'], Answers>> = {
  overruled: central,
  meets: central,
  'units-differ': {
    approved: 'each unit keeps its own rule on what they share',
    denied: 'the units may not differ here: the centre writes one rule for all',
  },
  'same-operation': {
    approved: 'both ways to the operation stand, each under its own rules',
    denied: 'one way is enough: the other tool goes',
  },
};
