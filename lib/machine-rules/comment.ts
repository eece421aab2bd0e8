import type { Rule } from './definition.ts';

/** A state's Comment is its promise: reviewers and the console's graph show it. */
export const comment: Rule = ({ Comment }) =>
  Comment?.trim() ? [] : ['has no Comment: say what it promises'];
