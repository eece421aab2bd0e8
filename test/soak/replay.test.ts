import { expect, it } from 'vitest';
import { flipCounts, replayHistory } from './replay.ts';

it('a replay flips nothing under the same release, and under another exactly what deciding twice finds', async () => {
  const { outcomes, same, changed, expected } = await replayHistory({
    decisions: 400,
    policies: 100,
    batch: 25,
  });
  expect(Object.keys(outcomes).sort()).toEqual(['allow', 'deny', 'hold']);
  expect(same.report).toEqual({ decided: 400, flips: [], unreadable: [], undecided: 0 });
  expect(Object.keys(expected).length).toBeGreaterThan(3);
  expect(flipCounts(changed.report)).toEqual(expected);
  expect(changed.report).toMatchObject({ decided: 400, unreadable: [], undecided: 0 });
}, 30_000);
