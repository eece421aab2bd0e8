import { BootError } from '../boot-error.ts';
import { isObject } from '../template/intrinsics.ts';

/** Whether an event matches; made once from a pattern. */
export type EventTest = (event: unknown) => boolean;

type ValueTest = (value: unknown) => boolean;

/**
 * An EventBridge event pattern as a test: every field must match one of its alternatives, arrays match by any of their
 * elements, and a pattern for an object by any object in a list. Runs exact values, prefix, suffix, equals-ignore-case, wildcard, anything-but, exists and numeric; any
 * other operator is refused by name.
 */
export function eventPattern(pattern: unknown, at: string): EventTest {
  if (!isObject(pattern)) throw new BootError(`${at}: an event pattern is an object`);
  const fields = Object.entries(pattern).map(([name, inner]) => {
    if (name === '$or') throw new BootError(`${at}: the event pattern operator $or is not run on the laptop`);
    return { name, test: fieldTest(inner, `${at}.${name}`) };
  });
  const matches: EventTest = (event) =>
    fields.every(({ name, test }) => test(isObject(event) ? event[name] : undefined));
  return (event) => (Array.isArray(event) && event.length > 0 ? event.some(matches) : matches(event));
}

function fieldTest(inner: unknown, at: string): ValueTest {
  if (!Array.isArray(inner)) return eventPattern(inner, at);
  const alternatives = inner.map((alternative: unknown) => alternativeTest(alternative, at));
  return (value) => {
    const candidates: readonly unknown[] = Array.isArray(value) && value.length > 0 ? value : [value];
    return candidates.some((candidate) => alternatives.some((test) => test(candidate)));
  };
}

function alternativeTest(alternative: unknown, at: string): ValueTest {
  if (!isObject(alternative)) return (value) => value === alternative && value !== undefined;
  const [operator = '', ...others] = Object.keys(alternative);
  const make = OPERATORS[operator];
  if (make && others.length === 0) return make(alternative[operator], at);
  throw new BootError(
    `${at}: the event pattern operator ${[operator, ...others].join()} is not run on the laptop`,
  );
}

const onText =
  (test: (text: string) => boolean): ValueTest =>
  (value) =>
    typeof value === 'string' && test(value);

function text(value: unknown, at: string): string {
  if (typeof value === 'string') return value;
  throw new BootError(`${at}: this form of the event pattern operator is not run on the laptop`);
}

const OPERATORS: Readonly<Record<string, (argument: unknown, at: string) => ValueTest>> = {
  prefix: (start, at) => {
    const wanted = text(start, at);
    return onText((value) => value.startsWith(wanted));
  },
  suffix: (end, at) => {
    const wanted = text(end, at);
    return onText((value) => value.endsWith(wanted));
  },
  'equals-ignore-case': (other, at) => {
    const wanted = text(other, at).toLowerCase();
    return onText((value) => value.toLowerCase() === wanted);
  },
  wildcard: (wildcard, at) => onText(wildcardTest(text(wildcard, at))),
  exists: (wanted, at) => {
    if (typeof wanted !== 'boolean') throw new BootError(`${at}: exists is true or false`);
    return (value) => (value !== undefined) === wanted;
  },
  'anything-but': (argument, at) => {
    const refused: readonly unknown[] = Array.isArray(argument) ? argument : [argument];
    const tests = refused.map((each) => alternativeTest(each, at));
    return (value) => value !== undefined && !tests.some((test) => test(value));
  },
  numeric: numericTest,
};

const COMPARE: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  '=': (value, bound) => value === bound,
  '<': (value, bound) => value < bound,
  '<=': (value, bound) => value <= bound,
  '>': (value, bound) => value > bound,
  '>=': (value, bound) => value >= bound,
};

function numericTest(argument: unknown, at: string): ValueTest {
  const parts: readonly unknown[] = Array.isArray(argument) ? argument : [];
  if (parts.length % 2 === 1) throw new BootError(`${at}: not a numeric comparison`);
  const tests = Array.from({ length: parts.length / 2 }, (_, index) => {
    const compare = COMPARE[String(parts[2 * index])];
    const bound = parts[2 * index + 1];
    if (!compare || typeof bound !== 'number') throw new BootError(`${at}: not a numeric comparison`);
    return (value: number) => compare(value, bound);
  });
  if (tests.length === 0) throw new BootError(`${at}: not a numeric comparison`);
  return (value) => typeof value === 'number' && tests.every((test) => test(value));
}

/** Only `*` is special in an event pattern. */
function wildcardTest(wildcard: string): (value: string) => boolean {
  const parts = wildcard.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'));
  const expression = new RegExp(`^${parts.join('.*')}$`, 's');
  return (value) => expression.test(value);
}
