import { createHash, randomUUID } from 'node:crypto';

const HASHES: Readonly<Record<string, string>> = {
  MD5: 'md5',
  'SHA-1': 'sha1',
  'SHA-256': 'sha256',
  'SHA-384': 'sha384',
  'SHA-512': 'sha512',
};

/** What Step Functions adds to JSONata; `$eval` it forbids. */
export const awsFunctions: Readonly<Record<string, unknown>> = {
  partition: (array: unknown, size: unknown) => {
    const from: unknown[] = Array.isArray(array) ? array : [array];
    if (typeof size !== 'number' || !(size >= 1)) throw new TypeError('$partition takes a size from 1');
    const step = Math.floor(size);
    return Array.from({ length: Math.ceil(from.length / step) }, (_, n) =>
      from.slice(n * step, (n + 1) * step),
    );
  },
  range: (first: unknown, last: unknown, step: unknown) => {
    if (![first, last, step].every(Number.isFinite) || step === 0)
      throw new TypeError('$range takes numbers');
    const [from, to, by] = [first, last, step].map(Math.trunc as (x: unknown) => number) as [
      number,
      number,
      number,
    ];
    const length = Math.max(0, Math.floor((to - from) / by) + 1);
    if (length > 1000) throw new RangeError('$range gives at most 1000 numbers');
    const numbers = Array.from({ length }, (_, n) => from + n * by);
    return numbers.length > 1 ? numbers : numbers[0];
  },
  hash: (data: unknown, algorithm: unknown) => {
    const name = HASHES[String(algorithm)];
    if (!name) throw new TypeError(`$hash knows no algorithm ${String(algorithm)}`);
    const text = typeof data === 'string' ? data : JSON.stringify(data);
    return createHash(name).update(text).digest('hex');
  },
  random: (seed: unknown) => (seed === undefined ? Math.random() : seeded(Number(seed))),
  uuid: () => randomUUID(),
  parse: (text: unknown) => JSON.parse(String(text)) as unknown,
  eval: () => {
    throw new TypeError('$eval is not supported by Step Functions');
  },
};

/** The same seed gives the same number, from 0 up to 1. */
function seeded(seed: number): number {
  const digest = createHash('sha256').update(String(seed)).digest();
  return digest.readUIntBE(0, 6) / 2 ** 48;
}
