import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { allMutants } from '../mutants/all-mutants.ts';

const root = resolve(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');

it('every mutant still has one place to change, and tests to turn red', () => {
  const stale = allMutants.filter(
    ({ file, find, tests }) =>
      read(file).split(find).length !== 2 || !tests.every((test) => existsSync(join(root, test))),
  );
  expect(stale.map(({ name }) => name)).toEqual([]);
});

it('no two mutants go by one name', () => {
  const names = allMutants.map(({ name }) => name);
  expect(names.filter((name, n) => names.indexOf(name) !== n)).toEqual([]);
});
