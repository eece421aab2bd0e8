import { digest } from './canonical-json.ts';

/** What every model API takes for a function's name; MCP itself would allow dots and twice the length. */
const LENGTH = 64;
const DIGITS = 16;

/**
 * A tool's name where dots are not allowed: `erp.get_quotes` is `erp__get_quotes`. A name that could be misread, is
 * too long, or is `taken` ends in three underscores and a hash of it, so no two names ever look the same.
 */
export function callableName(name: string, taken: readonly string[] = []): string {
  const flat = name.replaceAll('.', '__');
  const plain = !/__|_\.|\._/.test(name) && flat.length <= LENGTH && !taken.includes(flat);
  if (plain) return flat;
  return `${flat.slice(0, LENGTH - DIGITS - 3)}___${digest(name).slice(0, DIGITS)}`;
}

/** The name that is meant; what stands for none of `names` is read as it is written. */
export function nameCalled(
  callable: string,
  names: readonly string[],
  taken: readonly string[] = [],
): string {
  if (callable.includes('.')) return callable;
  if (!callable.includes('___')) return callable.replaceAll('__', '.');
  return names.find((name) => callableName(name, taken) === callable) ?? callable;
}
