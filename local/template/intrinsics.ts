import { BootError } from '../boot-error.ts';

/** What expressions of one stack refer to. */
export type Scope = {
  /** A parameter, pseudo parameter or resource; `NOTHING` for `AWS::NoValue`. */
  ref(name: string): unknown;
  attribute(logicalId: string, name: string): string;
  imported(exportName: string): unknown;
  condition(name: string): boolean;
};

/** Stands for `AWS::NoValue`: the property or element that holds it is left out. */
export const NOTHING = Symbol('AWS::NoValue');

type Intrinsic = (argument: unknown, scope: Scope, at: string) => unknown;

/** A template value without its intrinsics; an intrinsic that the laptop does not know is refused by name. */
export function resolve(value: unknown, scope: Scope, at: string): unknown {
  if (Array.isArray(value)) {
    return value.map((element) => resolve(element, scope, at)).filter((element) => element !== NOTHING);
  }
  if (!isObject(value)) return value;
  const called = intrinsicOf(value);
  if (called) {
    const intrinsic = INTRINSICS[called.name];
    if (!intrinsic) throw new BootError(`${at}: ${called.name} is not run on the laptop`);
    return intrinsic(called.argument, scope, at);
  }
  const entries = Object.entries(value).map(([key, inner]) => [key, resolve(inner, scope, `${at}.${key}`)]);
  return Object.fromEntries(entries.filter(([, inner]) => inner !== NOTHING));
}

function intrinsicOf(value: Readonly<Record<string, unknown>>) {
  const [name, ...others] = Object.keys(value);
  if (name === undefined || others.length > 0) return undefined;
  return name === 'Ref' || name.startsWith('Fn::') ? { name, argument: value[name] } : undefined;
}

const INTRINSICS: Readonly<Record<string, Intrinsic>> = {
  Ref: (name, scope, at) => scope.ref(text(name, at)),
  'Fn::GetAtt': (argument, scope, at) => {
    const parts = typeof argument === 'string' ? argument.split('.') : list(argument, at);
    return scope.attribute(text(parts[0], at), parts.slice(1).join('.'));
  },
  'Fn::Sub': (argument, scope, at) => substitute(argument, scope, at),
  'Fn::Join': (argument, scope, at) => {
    const [separator, parts] = list(argument, at);
    return list(resolve(parts, scope, at), at)
      .map((part) => text(part, at))
      .join(text(separator, at));
  },
  'Fn::Select': (argument, scope, at) => {
    const [index, from] = list(resolve(argument, scope, at), at);
    const chosen = list(from, at)[Number(index)];
    if (chosen === undefined) throw new BootError(`${at}: Fn::Select finds nothing at ${String(index)}`);
    return chosen;
  },
  'Fn::Split': (argument, scope, at) => {
    const [separator, whole] = list(resolve(argument, scope, at), at);
    return text(whole, at).split(text(separator, at));
  },
  'Fn::ImportValue': (name, scope, at) => scope.imported(text(resolve(name, scope, at), at)),
  'Fn::If': (argument, scope, at) => {
    const [condition, then, otherwise] = list(argument, at);
    return resolve(scope.condition(text(condition, at)) ? then : otherwise, scope, at);
  },
};

function substitute(argument: unknown, scope: Scope, at: string): string {
  const [template, given] = Array.isArray(argument) ? list(argument, at) : [argument, {}];
  const values = resolve(given, scope, at);
  return text(template, at).replaceAll(/\$\{(!?)([^}]*)\}/g, (_, literal: string, name: string) => {
    if (literal) return `\${${name}}`;
    if (isObject(values) && name in values) return text(values[name], at);
    const [logicalId = '', ...attribute] = name.split('.');
    return attribute.length > 0
      ? scope.attribute(logicalId, attribute.join('.'))
      : text(scope.ref(logicalId), at);
  });
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function text(value: unknown, at: string): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new BootError(`${at}: expected text, found ${JSON.stringify(value) ?? String(value)}`);
}

export function list(value: unknown, at: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new BootError(`${at}: expected a list, found ${JSON.stringify(value) ?? String(value)}`);
}
