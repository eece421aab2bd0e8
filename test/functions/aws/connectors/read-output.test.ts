import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMask } from '../../../../functions/aws/egress/mask-secrets.ts';
import { readOutput } from '../../../../functions/aws/connectors/read-output.ts';

/** Every character of a text as itself, as \uXXXX or with a short escape, by turns. */
const spelled = (text: string, turns: readonly number[]) =>
  Array.from({ length: text.length }, (_, n) => {
    const character = text.charAt(n);
    const hex = `\\u${character.charCodeAt(0).toString(16).padStart(4, '0').toUpperCase()}`;
    const short = character === '/' ? '\\/' : JSON.stringify(character).slice(1, -1);
    return [short, hex][(turns[n] ?? 0) % 2] ?? short;
  }).join('');
const secrets = fc.string({ minLength: 8, maxLength: 40, unit: fc.constantFrom(...'abcXYZ019.-_~+/"\\=') });

const kept = (text: string, secret: string) => readOutput(createMask([secret])(text));

describe('an answer as it is kept', () => {
  it('holds the secret in no spelling JSON has for it', () => {
    fc.assert(
      fc.property(secrets, fc.array(fc.nat(1), { minLength: 40 }), (secret, turns) => {
        const whole = kept(`{"a":["x${spelled(secret, turns)}y"],"big":1}`, secret);
        expect(whole).toEqual({ output: { a: ['x[secret]y'], big: 1 } });
        const inexact = kept(`{"a":"${spelled(secret, turns)}","id":12345678901234567890}`, secret);
        expect(inexact).toEqual({ output: '{"a":"[secret]","id":12345678901234567890}' });
      }),
    );
  });

  it('is what was sent where no secret is in it', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        const text = JSON.stringify(value);
        const output = kept(text, 'a-secret-that-is-nowhere')?.output;
        expect(
          typeof output === 'string' && typeof value !== 'string' ? output : JSON.stringify(output),
        ).toBe(text);
      }),
    );
  });
});
