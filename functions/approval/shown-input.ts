import { cut, type Fact, inputFacts } from './describe-request.ts';

/** What a short view shows of one value, and of all of them. */
const CHARACTERS = 400;
const LINES = 12;
const FIELDS = 30;

export type ShownInput = {
  readonly facts: readonly Fact[];
  /** Whether nothing was left out: only then may anyone decide on it. */
  readonly whole: boolean;
  readonly fieldsLeftOut: number;
};

/** The input as a view shows it: `full` leaves nothing out, `short` cuts what is long and says so. */
export function shownInput(input: Readonly<Record<string, unknown>>, view: 'short' | 'full'): ShownInput {
  const all = inputFacts(input);
  if (view === 'full') return { facts: all, whole: true, fieldsLeftOut: 0 };
  const facts = all.slice(0, FIELDS).map(shorten);
  const fieldsLeftOut = all.length - facts.length;
  const whole = fieldsLeftOut === 0 && facts.every((fact, n) => fact === all[n]);
  return { facts, whole, fieldsLeftOut };
}

function shorten(fact: Fact): Fact {
  const { field, value } = fact;
  const lines = value.split('\n');
  if (value.length <= CHARACTERS && field.length <= CHARACTERS && lines.length <= LINES) return fact;
  const seen = cut(lines.slice(0, LINES).join('\n'), CHARACTERS);
  return { field: cut(field, CHARACTERS), value: `${seen} … (cut: ${value.length} characters in all)` };
}
