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
  if (Array.isArray(value)) {
    return Promise.all(value.map((member, n) => evaluate(member, `${field}/${n}`, bindings, place)));
  }
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(
    async ([key, member]) => [key, await evaluate(member, `${field}/${key}`, bindings, place)] as const,
  );
  return Object.fromEntries(await Promise.all(members));
}

/** The value of a field that must be of one JSON type. */
export async function evaluateAs<Type extends 'boolean' | 'number' | 'string'>(
  type: Type,
  value: unknown,
  field: string,
  at: { readonly bindings: Bindings; readonly place: Place },
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
    return (await jsonata(expression).evaluate(undefined, bindings)) as unknown;
  } catch {
    throw failed(expression, field, 'threw an error during evaluation.', place);
  }
}

/** JSON alone leaves an expression: no functions, no marks that JSONata keeps on its sequences. */
function plain(result: unknown, refuse: () => StateError): unknown {
  if (typeof result === 'function' || typeof result === 'symbol') throw refuse();
  if (typeof result === 'object' && result !== null && '_jsonata_lambda' in result) throw refuse();
  const text = JSON.stringify(result) as string | undefined;
  if (text === undefined) throw refuse();
  return JSON.parse(text);
}

function failed(expression: string, field: string, what: string, { state, eventId }: Place): StateError {
  const where = `An error occurred while executing the state '${state}' (entered at the event id #${eventId}).`;
  const cause = `${where} The JSONata expression '${expression}' specified for the field '${field}' ${what}`;
  return new StateError('States.QueryEvaluationError', cause, field);
}
