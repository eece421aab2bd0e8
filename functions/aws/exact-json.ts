/** JSON that can't be held, hashed and stored without loss; the message says what of it. */
export class InexactJsonError extends TypeError {
  constructor(reason: string) {
    super(reason);
    this.name = 'InexactJsonError';
  }
}

/** Levels of nesting we keep: DynamoDB takes 32, and rows, events and machines wrap what they carry. */
export const MAX_DEPTH = 24;

/** The smallest magnitude DynamoDB stores besides zero. */
const MIN_MAGNITUDE = 1e-130;

/**
 * JSON.parse that refuses numbers it would round or DynamoDB can't hold, member names that reach prototypes or stand
 * twice in one object, and broken characters. Throws `InexactJsonError`, or a `SyntaxError` (a `RangeError` for absurd nesting) for no JSON.
 */
export function parseExactJson(text: string): unknown {
  const parsed: unknown = JSON.parse(text, (key, value: unknown, context?: { source?: string }) => {
    if (key === '__proto__') throw new InexactJsonError('__proto__ is not allowed as a member');
    if (typeof value === 'number') checkNumber(value, context?.source ?? '');
    const broken = !key.isWellFormed() || (typeof value === 'string' && !value.isWellFormed());
    if (broken) throw new InexactJsonError('a string has a lone surrogate');
    return value;
  });
  if (membersIn(parsed) !== membersWritten(text))
    throw new InexactJsonError('an object has two members of one name');
  return parsed;
}

/** Of JSON that parsed, every colon outside a string belongs to one member. */
const membersWritten = (text: string): number => text.replace(/"(?:[^"\\]|\\.)*"/g, '').split(':').length - 1;

function membersIn(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const own = Array.isArray(value) ? 0 : Object.keys(value).length;
  return Object.values(value).reduce((sum: number, each) => sum + membersIn(each), own);
}

function checkNumber(value: number, source: string): void {
  const shown = source.slice(0, 40);
  if (!Number.isFinite(value)) throw new InexactJsonError(`the number ${shown} is too large`);
  if (value !== 0 && Math.abs(value) < MIN_MAGNITUDE) {
    throw new InexactJsonError(`the number ${shown} is too small: send it as a string`);
  }
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
    throw new InexactJsonError(`the integer ${shown} can't be held exactly: send it as a string`);
  }
}

/** Throws `InexactJsonError` when a value is nested too deeply or holds more than `maxNodes` values. */
export function checkShape(root: unknown, maxNodes = Infinity): void {
  let nodes = 0;
  const walk = (value: unknown, depth: number): void => {
    nodes += 1;
    if (nodes > maxNodes) throw new InexactJsonError(`more than ${maxNodes} values`);
    if (depth > MAX_DEPTH) throw new InexactJsonError(`nested deeper than ${MAX_DEPTH} levels`);
    if (typeof value !== 'object' || value === null) return;
    for (const member of Object.values(value)) walk(member, depth + 1);
  };
  walk(root, 0);
}
