import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { callableName, nameCalled } from '../../core/callable-name.ts';
import { toolName } from '../../core/id.ts';

const taken = ['get_action'];
/** Names made of what could be confused: dots, dashes, runs of underscores. */
const names = fc
  .stringMatching(/^[ab][ab_-]{0,3}(\.[ab_-]{1,3}){0,3}$/)
  .filter((name) => toolName.safeParse(name).success);
const long = fc
  .tuple(names, fc.integer({ min: 1, max: 40 }))
  .map(([name, times]) => Array.from({ length: times }, () => name).join('.'))
  .filter((name) => toolName.safeParse(name).success);

describe('a tool’s name where dots are not allowed', () => {
  it.each([
    ['erp.get_quotes', 'erp__get_quotes'],
    ['search', 'search'],
    ['crm.contact.update-all', 'crm__contact__update-all'],
  ])('of %s is %s', (name, callable) => {
    expect(callableName(name, taken)).toBe(callable);
    expect(nameCalled(callable, [], taken)).toBe(name);
  });

  it.each(['a__b', 'a_.b', 'a._b', 'get_action', 'x'.repeat(65)])('of %s ends in a hash of it', (name) => {
    expect(callableName(name, taken)).toMatch(/^[\w-]{1,45}___[0-9a-f]{16}$/);
    expect(nameCalled(callableName(name, taken), ['other', name], taken)).toBe(name);
  });

  it('is what every model API takes, and no other’s', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.oneof(names, long), { minLength: 2, maxLength: 20 }), (all) => {
        const callables = all.map((name) => callableName(name, taken));
        for (const callable of callables) expect(callable).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
        expect(new Set(callables).size).toBe(all.length);
        expect(callables.map((callable) => nameCalled(callable, all, taken))).toEqual(all);
      }),
    );
  });

  it('may be said with its dots, and stays what it is when it stands for nothing', () => {
    expect(nameCalled('erp.a__b', [], taken)).toBe('erp.a__b');
    expect(nameCalled('no___such', ['erp.get_quotes'], taken)).toBe('no___such');
  });
});
