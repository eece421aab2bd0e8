import type { Rule } from './definition.ts';

/** A Choice that knows no answer fails the execution; its Default is where the safe side is written down. */
export const safeSide: Rule = ({ Type, Default }) =>
  Type === 'Choice' && Default === undefined ? ['has no Default: name the safe side'] : [];
