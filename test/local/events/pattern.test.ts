import { describe, expect, it } from 'vitest';
import { eventPattern } from '../../../local/events/pattern.ts';

const on = (test: unknown) => ({ detail: { field: [test] } });
const of = (field: unknown) => ({ source: 'ours', detail: { field } });

describe('an event pattern', () => {
  it.each<[string, unknown, unknown, boolean]>([
    ['an exact value', on('a'), of('a'), true],
    ['another value', on('a'), of('b'), false],
    ['a value of another type', on('1'), of(1), false],
    ['a number', on(1), of(1), true],
    ['true', on(true), of(true), true],
    ['null', on(null), of(null), true],
    ['null for an absent field', on(null), { detail: {} }, false],
    ['one of several', { detail: { field: ['a', 'b'] } }, of('b'), true],
    ['any element of a list', on('b'), of(['a', 'b']), true],
    ['no element of a list', on('c'), of(['a', 'b']), false],
    ['an absent object', on('a'), { source: 'ours' }, false],
    ['an object where a value is wanted', on('a'), of({ a: 1 }), false],
    ['every field', { source: ['ours'], ...on('a') }, of('a'), true],
    ['all fields but one', { source: ['theirs'], ...on('a') }, of('a'), false],
    ['any object in a list', { detail: { field: { x: ['a'] } } }, of([{ x: 'b' }, { x: 'a' }]), true],
    ['prefix', on({ prefix: 'ab' }), of('abc'), true],
    ['prefix of another', on({ prefix: 'b' }), of('abc'), false],
    ['suffix', on({ suffix: 'bc' }), of('abc'), true],
    ['suffix of another', on({ suffix: 'b' }), of('abc'), false],
    ['equals-ignore-case', on({ 'equals-ignore-case': 'ABC' }), of('aBc'), true],
    ['wildcard', on({ wildcard: 'a*c' }), of('abbc'), true],
    ['wildcard with a dot', on({ wildcard: 'a.c' }), of('abc'), false],
    ['exists', on({ exists: true }), of(0), true],
    ['exists on an absent field', on({ exists: true }), { detail: {} }, false],
    ['absence', on({ exists: false }), { detail: {} }, true],
    ['absence of a present field', on({ exists: false }), of(null), false],
    ['anything-but', on({ 'anything-but': 'a' }), of('b'), true],
    ['anything-but the value itself', on({ 'anything-but': 'a' }), of('a'), false],
    ['anything-but a list', on({ 'anything-but': ['a', 'b'] }), of('b'), false],
    ['anything-but a prefix', on({ 'anything-but': { prefix: 'a' } }), of('abc'), false],
    ['anything-but on an absent field', on({ 'anything-but': 'a' }), { detail: {} }, false],
    ['numeric =', on({ numeric: ['=', 3] }), of(3), true],
    ['numeric <', on({ numeric: ['<', 3] }), of(3), false],
    ['numeric <=', on({ numeric: ['<=', 3] }), of(3), true],
    ['numeric range', on({ numeric: ['>', 0, '<=', 5] }), of(5), true],
    ['numeric out of range', on({ numeric: ['>=', 0, '<', 5] }), of(5), false],
    ['numeric on text', on({ numeric: ['=', 3] }), of('3'), false],
  ])('tells %s', (_, pattern, event, expected) => {
    expect(eventPattern(pattern, 'Test/Rule')(event)).toBe(expected);
  });

  it.each<[string, unknown, string]>([
    ['cidr', on({ cidr: '10.0.0.0/8' }), 'cidr'],
    ['an unknown operator', on({ nearly: 'a' }), 'nearly'],
    ['$or', { $or: [{ source: ['a'] }] }, '$or'],
    ['two operators in one', on({ prefix: 'a', suffix: 'b' }), 'prefix,suffix'],
    ['a prefix that is no text', on({ prefix: { 'equals-ignore-case': 'a' } }), 'this form'],
    ['exists that is neither', on({ exists: 'yes' }), 'exists is true or false'],
    ['half a comparison', on({ numeric: ['>', 1, '<'] }), 'numeric comparison'],
    ['no comparison', on({ numeric: [] }), 'numeric comparison'],
    ['a comparison with text', on({ numeric: ['>', '1'] }), 'numeric comparison'],
    ['a pattern that is no object', 'a', 'an event pattern is an object'],
  ])('is refused by name: %s', (_, pattern, named) => {
    const read = () => eventPattern(pattern, 'Test/Rule');
    expect(read).toThrow(expect.objectContaining({ name: 'BootError' }) as Error);
    expect(read).toThrow(/^Test\/Rule/);
    expect(read).toThrow(named);
  });
});
