import jsonata from 'jsonata';
import { awsFunctions } from './functions.ts';
import { StateError } from './state-error.ts';

/** What expressions of a state see: `$states` and the machine's variables. */
export type Bindings = {
  readonly states: Readonly<Record<string, unknown>>;
  readonly variables: Readonly<Record<string, unknown>>;
};

/** Where an expression stands, for AWS's wording of its failure. */
export type Place = { readonly state: string; readonly eventId: number };

/** An expression that runs longer fails, so that an endless one cannot stop the whole cloud. */
const LONGEST_MS = 2000;

/** The JSONata within `{% %}`, trimmed; `undefined` for a literal, spaces outside included. */
export function expressionOf(text: string): string | undefined {
  return /^\{%([\s\S]*)%\}$/.exec(text)?.[1]?.trim();
}

/** Puts the value of each expression in a field, however deep; everything else is literal. */
export async function evaluate(
  value: unknown,
  field: string,
  bindings: Bindings,
  place: Place,
): Promise<unknown> {
  if (typeof value === 'string') {
    const expression = expressionOf(value);
    return expression === undefined ? value : evaluateOne(expression, field, bindings, place);
  }
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const members: unknown[] = [];
    for (const [n, member] of value.entries()) {
      members.push(await evaluate(member, `${field}[${n}]`, bindings, place));
    }
    return members;
  }
  const members: [string, unknown][] = [];
  for (const [key, member] of Object.entries(value)) {
    members.push([key, await evaluate(member, `${field}/${key}`, bindings, place)]);
  }
  return Object.fromEntries(members);
}

type At = { readonly bindings: Bindings; readonly place: Place };

/** Whole seconds from `least`; `undefined` where the field is not given. */
export async function evaluateSeconds(
  value: unknown,
  field: string,
  at: At & { readonly least: number },
): Promise<number | undefined> {
  if (value === undefined) return undefined;
  const found = await evaluateAs('number', value, field, at);
  if (Number.isInteger(found) && found >= at.least && found <= 99_999_999) return found;
  throw new StateError(
    'States.Runtime',
    `${field} must be a whole number from ${at.least} to 99999999, but was ${found}`,
  );
}

/** The value of a field that must be of one JSON type. */
export async function evaluateAs<Type extends 'boolean' | 'number' | 'string'>(
  type: Type,
  value: unknown,
  field: string,
  at: At,
): Promise<{ boolean: boolean; number: number; string: string }[Type]> {
  const found = await evaluate(value, field, at.bindings, at.place);
  if (typeof found === type) return found as never;
  const was = found === null ? 'null' : Array.isArray(found) ? 'array' : typeof found;
  const what = `returned an unexpected result type. Expected '${type}', but was '${was}' for value: ${JSON.stringify(found)}`;
  const expression = typeof value === 'string' ? (expressionOf(value) ?? value) : JSON.stringify(value);
  throw failed(expression, field, what, at.place);
}

async function evaluateOne(
  expression: string,
  field: string,
  { states, variables }: Bindings,
  place: Place,
): Promise<unknown> {
  const result = await run(expression, field, { ...awsFunctions, ...variables, states }, place);
  if (result === undefined) throw failed(expression, field, 'returned nothing (undefined).', place);
  return plain(result, () => failed(expression, field, 'returned an unsupported result type.', place));
}

async function run(
  expression: string,
  field: string,
  bindings: Record<string, unknown>,
  place: Place,
): Promise<unknown> {
  try {
    return (await jsonata(expression, { timeout: LONGEST_MS }).evaluate(undefined, bindings)) as unknown;
  } catch {
    throw failed(expression, field, 'threw an error during evaluation.', place);
  }
}

/** JSON alone leaves an expression: no functions, which JSONata may keep within objects, and no marks of sequences. */
function plain(result: unknown, refuse: () => StateError): unknown {
  const text = JSON.stringify(result, (_key, member: unknown) => {
    if (typeof member === 'function') throw refuse();
    if (typeof member === 'number' && !Number.isFinite(member)) throw refuse();
    return member;
  }) as string | undefined;
  if (text === undefined) throw refuse();
  return JSON.parse(text);
}

function failed(expression: string, field: string, what: string, { state, eventId }: Place): StateError {
  const where = `An error occurred while executing the state '${state}' (entered at the event id #${eventId}).`;
  const cause = `${where} The JSONata expression '${expression}' specified for the field '${field}' ${what}`;
  return new StateError('States.QueryEvaluationError', cause, field);
}
