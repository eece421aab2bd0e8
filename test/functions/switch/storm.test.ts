import { expect, it } from 'vitest';
import { stormSwitches } from '../../soak/switches.ts';

it('lets nothing start once contained, and nothing decided on facts read after it was engaged', async () => {
  const storm = await stormSwitches(12);
  expect(storm).toMatchObject({ rounds: 12, afterContained: 0, onFreshFacts: 0 });
  expect(storm.started).toBeGreaterThan(0);
  expect(storm.blocked).toBeGreaterThan(0);
}, 30_000);
