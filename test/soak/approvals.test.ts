import { afterAll, beforeAll, expect, it } from 'vitest';
import type { World } from '../harness/door.ts';
import { swapArguments } from './swap.ts';
import { stormDeadline, stormVotes } from './votes.ts';
import { startVoting } from './voting-company.ts';

const size = { circle: 10, board: 8 };
let world: World;
beforeAll(async () => {
  world = await startVoting(size);
});
afterAll(() => world.stop());

it('whatever comes at once, an approval ends once, is told of whole, and is carried out at most once', async () => {
  const { ends, ballots, faults } = await stormVotes(world, 7, { size });
  expect(faults).toEqual([]);
  expect(Object.values(ends).reduce((sum, count) => sum + count)).toBe(7);
  expect(ballots['counted']).toBeGreaterThan(0);
}, 60_000);

it('a vote a millisecond around the deadline counts or is too late, never both', async () => {
  const { ends, faults } = await stormDeadline(world, 12);
  expect(faults).toEqual([]);
  expect(Object.keys(ends).filter((end) => !['approved', 'expired'].includes(end))).toEqual([]);
}, 60_000);

it('nothing is carried out when its row was changed behind our back, and the rest as the rules of now say', async () => {
  const { ends, executed, controls, faults } = await swapArguments(world, 200, { batch: 100 });
  expect(faults).toEqual([]);
  expect(executed).toBe(0);
  expect(ends['not-what-was-approved']).toBeGreaterThan(150);
  expect(controls.allowed + controls.refused).toBe(4);
}, 60_000);
