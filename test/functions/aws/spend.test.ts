import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { spentKey } from '../../../core/budget/budget.ts';
import type { Change, Write } from '../../../core/change.ts';
import { startDatabase, type TestDatabase } from '../../harness/dynamodb.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await startDatabase();
});
afterAll(() => database.stop());

let subject = 0;
function spending(scope: string, minor: number, limits: { perDay?: number; perMonth?: number }): Change {
  subject += 1;
  const key = spentKey(scope, '2026-11-27', 'USD');
  const write: Write = { kind: 'spend', key, day: 'd27', minor, ...limits };
  const actor = { kind: 'system', id: 'test' } as const;
  const at = '2026-11-27T10:00:00.000Z';
  const event = { v: 1, subject: `S#${subject}`, version: 1, type: 'action.started', at, actor } as const;
  return { writes: [write], events: [{ ...event, unit: 'operations', data: {} }], result: undefined };
}

describe('what a budget’s row takes', () => {
  it.each([
    ['exactly its day', 100, { perDay: 100 }, true],
    ['a cent more than its day', 101, { perDay: 100 }, false],
    ['a cent more than its month', 101, { perDay: 1000, perMonth: 100 }, false],
    ['anything without a limit', 1_000_000, {}, true],
    ['the first amount, when nothing may be spent', 1, { perDay: 0 }, false],
  ])('as its first: %s', async (scope, minor, limits, taken) => {
    expect(await database.registry.commit(spending(scope, minor, limits))).toBe(taken);
  });

  it('is held to the limit of now by those who come later, and freed by what is given back', async () => {
    expect(await database.registry.commit(spending('later', 60, { perDay: 100 }))).toBe(true);
    expect(await database.registry.commit(spending('later', 60, { perDay: 100 }))).toBe(false);
    expect(await database.registry.commit(spending('later', -60, {}))).toBe(true);
    expect(await database.registry.commit(spending('later', 100, { perDay: 100 }))).toBe(true);
    expect(await database.registry.commit(spending('later', 1, { perMonth: 100 }))).toBe(false);
  });
});
