import type { CedarValueJson, Type } from '@cedar-policy/cedar-wasm/nodejs';
import { decimalString } from '../money.ts';
import type { RecordShape, Shape } from './input-shape.ts';

/** An input that does not fit its tool's schema; the message names the field. */
export class InputError extends Error {
  constructor(path: string, reason: string) {
    super(`${path || '(input)'}: ${reason}`);
    this.name = 'InputError';
  }
}

/** The Cedar type of a shape; `undefined` for what policy does not see. */
export function cedarType(shape: Shape): Type<string> | undefined {
  switch (shape.kind) {
    case 'opaque':
      return undefined;
    case 'string':
      return { type: 'String' };
    case 'long':
      return { type: 'Long' };
    case 'boolean':
      return { type: 'Boolean' };
    case 'decimal':
    case 'decimal-string':
      return { type: 'Extension', name: 'decimal' };
    case 'set': {
      const element = cedarType(shape.element);
      return element && { type: 'Set', element };
    }
    case 'record':
      return recordType(shape);
  }
}

export function recordType(shape: RecordShape): Type<string> {
  const attributes = Object.entries(shape.fields).flatMap(([name, { shape: field, required }]) => {
    const type = cedarType(field);
    return type ? [[name, { ...type, required }] as const] : [];
  });
  return { type: 'Record', attributes: Object.fromEntries(attributes) };
}

/** An input as Cedar's context sees it, checked strictly on the way. Throws `InputError`; nothing is rounded. */
export function cedarRecord(shape: RecordShape, value: unknown, path = ''): Record<string, CedarValueJson> {
  if (!isObject(value)) throw new InputError(path, 'must be an object');
  const at = (name: string) => (path ? `${path}.${name}` : name);
  const stranger = Object.keys(value).find((name) => !Object.hasOwn(shape.fields, name));
  if (stranger !== undefined) throw new InputError(at(stranger), 'is not a field of this tool');
  const entries = Object.entries(shape.fields).flatMap(([name, { shape: field, required }]) => {
    if (!Object.hasOwn(value, name) || value[name] === undefined) {
      if (required) throw new InputError(at(name), 'is required');
      return [];
    }
    const seen = cedarValue(field, value[name], at(name));
    return seen === undefined ? [] : [[name, seen] as const];
  });
  return Object.fromEntries(entries);
}

function cedarValue(shape: Shape, value: unknown, path: string): CedarValueJson | undefined {
  switch (shape.kind) {
    case 'opaque':
      return undefined;
    case 'string':
      return textValue(shape.allowed, value, path);
    case 'long':
      if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
      throw new InputError(path, 'must be an integer that can be held exactly');
    case 'boolean':
      if (typeof value === 'boolean') return value;
      throw new InputError(path, 'must be true or false');
    case 'decimal':
      if (typeof value === 'number') return decimalValue(plainDecimal(value, path), path);
      throw new InputError(path, 'must be a number');
    case 'decimal-string':
      if (typeof value === 'string') return decimalValue(value, path);
      throw new InputError(path, 'must be a decimal as a string, like "1200.50"');
    case 'set':
      if (!Array.isArray(value)) throw new InputError(path, 'must be an array');
      return value.flatMap((element, n) => cedarValue(shape.element, element, `${path}[${n}]`) ?? []);
    case 'record':
      return cedarRecord(shape, value, path);
  }
}

function textValue(allowed: readonly string[] | undefined, value: unknown, path: string): string {
  if (typeof value !== 'string') throw new InputError(path, 'must be a string');
  if (!value.isWellFormed()) throw new InputError(path, 'holds half a character: send whole Unicode');
  if (allowed && !allowed.includes(value))
    throw new InputError(path, `must be one of: ${allowed.join(', ')}`);
  return value;
}

/** A number's shortest decimal form; exponents and more than four places are refused rather than rounded. */
function plainDecimal(value: number, path: string): string {
  const text = String(value);
  if (/^-?\d+(\.\d+)?$/.test(text)) return text;
  throw new InputError(path, `${text} has no exact decimal form`);
}

/** Cedar wants a fraction always: `500` becomes `500.0`. */
export function decimalValue(text: string, path: string): CedarValueJson {
  if (!decimalString.safeParse(text).success) {
    throw new InputError(path, 'must be a decimal with at most four places, like "1200.50"');
  }
  return { __extn: { fn: 'decimal', arg: text.includes('.') ? text : `${text}.0` } };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
