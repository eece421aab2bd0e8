import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startBudgetedWorld } from '../../harness/budgeted-world.ts';
import type { World } from '../../harness/door.ts';
import { endInSpite, type Way } from '../../harness/dying-door.ts';
import { NOW } from '../../harness/facts.ts';

let world: World;
beforeAll(async () => {
  world = await startBudgetedWorld('9000000.00');
});
afterAll(() => world.stop());
beforeEach(() => {
  world.clock.now = NOW;
});

describe.each<Way>(['keyed', 'at-most-once', 'held'])('an action that is %s', (way) => {
  it('is neither lost nor doubled, wherever its process dies', async () => {
    const { points } = await endInSpite(world, way, `${way}-whole`, []);
    expect(points).toBeGreaterThan(5);
    const found: string[] = [];
    for (let point = 1; point <= points; point += 1) {
      world.clock.now = NOW;
      const { wrong } = await endInSpite(world, way, `${way}-at-${point}`, [point]);
      found.push(...wrong.map((fault) => `killed at ${point}: ${fault}`));
    }
    expect(found).toEqual([]);
  });

  it('nor when it dies twice', async () => {
    const found: string[] = [];
    for (let n = 0; n < 5; n += 1) {
      const first = 1 + ((n * 7) % 14);
      const planned = [first, first + 1 + ((n * 5) % 12)];
      world.clock.now = NOW;
      const { wrong } = await endInSpite(world, way, `${way}-twice-${n}`, planned);
      found.push(...wrong.map((fault) => `killed at ${planned.join(' and ')}: ${fault}`));
    }
    expect(found).toEqual([]);
  });
});
