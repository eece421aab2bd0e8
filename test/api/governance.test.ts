import { describe, expect, it } from 'vitest';
import { measureGovernance } from '../soak/governance.ts';

describe('governance of many agents, tools and rules', () => {
  it('is applied over HTTP in time and plans empty afterwards', async () => {
    const measured = await measureGovernance({ agents: 60, policies: 60, tools: 14 });
    expect(measured).toMatchObject({ left: 0 });
    expect(measured.applySeconds).toBeLessThan(30);
    expect(measured.planSeconds).toBeLessThan(15);
  }, 120_000);
});
