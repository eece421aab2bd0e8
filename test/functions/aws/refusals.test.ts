import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRefusalCounter } from '../../../functions/aws/refusals.ts';
import { startDatabase, type TestDatabase } from '../../harness/dynamodb.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await startDatabase();
});
afterAll(() => database.stop());

describe('refused callers', () => {
  it('are all counted, and fill the log with one event a minute, whatever their number', async () => {
    let now = new Date('2026-11-23T10:00:00Z');
    let figures = 0;
    const counter = () =>
      createRefusalCounter({
        registry: database.registry,
        figures: (some) => void (figures += some.length),
        functionName: 'actions',
        now: () => now,
      });
    const [one, other] = [counter(), counter()];
    await Promise.all(Array.from({ length: 20 }, (_, n) => (n % 2 ? one() : other())));
    now = new Date('2026-11-23T10:01:00Z');
    await one();
    expect(figures).toBe(21);
    expect((await database.events()).map(({ subject, version }) => [subject, version])).toEqual([
      ['REFUSALS#actions#2026-11-23T10:00', 1],
      ['REFUSALS#actions#2026-11-23T10:01', 1],
    ]);
  });
});
