import { BootError } from '../boot-error.ts';
import { matcher } from './pattern.ts';

export type Context = Readonly<Record<string, string | readonly string[]>>;
type Test = (found: string, wanted: readonly string[]) => boolean;

const like: Test = (found, wanted) => wanted.some((pattern) => matcher(pattern)(found));
const equals: Test = (found, wanted) => wanted.includes(found);

const OPERATORS: Readonly<Record<string, { readonly test: Test; readonly negated: boolean }>> = {
  StringEquals: { test: equals, negated: false },
  StringNotEquals: { test: equals, negated: true },
  StringLike: { test: like, negated: false },
  StringNotLike: { test: like, negated: true },
  ArnEquals: { test: like, negated: false },
  ArnLike: { test: like, negated: false },
  ArnNotLike: { test: like, negated: true },
  Bool: {
    test: (found, wanted) => wanted.some((value) => value.toLowerCase() === found.toLowerCase()),
    negated: false,
  },
};

/** Keys that the laptop's services send; a test that passes on any other key's absence would lie. */
const SENT_KEYS: ReadonlySet<string> = new Set([
  'dynamodb:enclosingoperation',
  'dynamodb:leadingkeys',
  'events:detail-type',
  'events:source',
  'kms:viaservice',
  'kms:signingalgorithm',
  's3:prefix',
  'ses:fromaddress',
  'ses:recipients',
]);

/** One line of a statement's Condition block. */
export type ConditionLine = {
  readonly effect: 'Allow' | 'Deny';
  readonly operator: string;
  readonly key: string;
  readonly wanted: readonly string[];
  /** Where in the template it stands. */
  readonly at: string;
};

/**
 * A line of a Condition block as a test of a request's context. Values are alternatives, negated operators hold when
 * the key is absent, `IfExists` passes an absent key. An unknown operator is refused by name, and so is a denial that
 * hangs on a key which the laptop never sends: it would never deny.
 */
export function condition(line: ConditionLine): (context: Context) => boolean {
  const { effect, operator, key, wanted, at } = line;
  for (const value of wanted) refuseVariable(value, at);
  if (effect === 'Deny' || operator === 'Null') refuseUnsent(operator, key, at);
  if (operator === 'Null') {
    return (context) => wanted.includes(String(valuesOf(context, key).length === 0));
  }
  const { quantifier, ifExists, test } = parse(operator, at);
  const whenAbsent =
    ifExists || quantifier === 'ForAllValues' || (test.negated && quantifier !== 'ForAnyValue');
  if (whenAbsent) refuseUnsent(operator, key, at);
  return (context) => {
    const found = valuesOf(context, key);
    if (found.length === 0) return whenAbsent;
    const passes = (value: string): boolean => test.test(value, wanted) !== test.negated;
    if (quantifier === 'ForAnyValue') return found.some(passes);
    return found.every(passes);
  };
}

/** A value that AWS would fill in at each request, e.g. `${aws:username}`. */
export function refuseVariable(value: string, at: string): void {
  if (!value.includes('${')) return;
  throw new BootError(`${at}: the policy variable in "${value}" is not run on the laptop`);
}

function refuseUnsent(operator: string, key: string, at: string): void {
  if (SENT_KEYS.has(key.toLowerCase())) return;
  throw new BootError(
    `${at}: ${operator} on ${key} cannot be evaluated on the laptop, which never sends that key`,
  );
}

function parse(operator: string, at: string) {
  const [, quantifier, name = '', ifExists] =
    /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/.exec(operator) ?? [];
  const test = OPERATORS[name];
  if (!test) throw new BootError(`${at}: the condition operator ${operator} is not run on the laptop`);
  return { quantifier, ifExists: ifExists !== undefined, test };
}

function valuesOf(context: Context, key: string): readonly string[] {
  const name = Object.keys(context).find((candidate) => candidate.toLowerCase() === key.toLowerCase());
  const value = name === undefined ? undefined : context[name];
  if (value === undefined) return [];
  return typeof value === 'string' ? [value] : value;
}
