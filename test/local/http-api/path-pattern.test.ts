import { describe, expect, it } from 'vitest';
import { pathPattern } from '../../../local/http-api/path-pattern.ts';

describe('a route’s path', () => {
  it.each<[string, string, Record<string, string> | undefined]>([
    ['/', '/', {}],
    ['/a', '/a', {}],
    ['/a', '/a/', undefined],
    ['/a', '/b', undefined],
    ['/a/{id}', '/a/7', { id: '7' }],
    ['/a/{id}', '/a/', undefined],
    ['/a/{id}', '/a/7/b', undefined],
    ['/a/{id}/b', '/a/7/b', { id: '7' }],
    ['/{x}/{y}', '/1/2', { x: '1', y: '2' }],
    ['/a/{rest+}', '/a/b/c', { rest: 'b/c' }],
    ['/a/{rest+}', '/a', undefined],
    ['/a/{rest+}', '/a/', undefined],
  ])('%s meets %s', (pattern, path, parameters) => {
    expect(pathPattern(pattern).match(path)).toEqual(parameters);
  });

  it.each([
    ['/a/b', '/a/{id}'],
    ['/a/{id}', '/a/{rest+}'],
    ['/{x}/b', '/a/{rest+}'],
    ['/a/{x}/{rest+}', '/a/{rest+}'],
    ['/a/{rest+}', '/{rest+}'],
  ])('%s goes before %s', (first, second) => {
    expect(pathPattern(first).rank > pathPattern(second).rank).toBe(true);
  });
});
