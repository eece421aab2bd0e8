import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWorld, type World } from '../../harness/door.ts';
import { organisation } from '../../harness/organisation.ts';
import { holdOrder, vote } from '../../harness/votes.ts';

let world: World;
const began = new Date('2026-11-23T10:00:00.000Z');
const DAY = 86_400_000;
const administrator = (person?: string) => ({
  kind: 'Administrator',
  id: 'ops',
  principal: 'arn:aws:iam::111122223333:user/ops',
  scope: 'coe',
  ...(person !== undefined && { person }),
});
const withAuthor = (person: string) => {
  const company = organisation();
  const entry = { file: 'coe.yaml', line: 1, layer: 'coe', document: administrator(person) };
  return { ...company, manifests: [...company.manifests, entry] };
};
const permit = (id: string) => ({
  file: 'operations.cedar',
  line: 1,
  layer: 'operations',
  text: `@id("operations-${id}") permit (principal == AutonomyOS::Agent::"agt_clerk", action, resource);`,
});

beforeAll(async () => {
  world = await startWorld();
  const company = withAuthor('ada');
  await world.apply(company);
  await world.apply({ ...company, policies: [...company.policies, permit('letters')] });
});
afterAll(() => world.stop());

describe('who put the rules in force', () => {
  it('may not approve what they allow within a day, while others may', async () => {
    const held = await holdOrder(world);
    await expect(vote(world, held, 'ada')).rejects.toThrow('not (or no longer) among those who may decide');
    await vote(world, held, 'ben');
  });

  it('may approve again a day later', async () => {
    const held = await holdOrder(world);
    world.clock.now = new Date(began.getTime() + DAY - 1000);
    const late = await holdOrder(world);
    await expect(vote(world, late, 'ada')).rejects.toThrow('not (or no longer) among those who may decide');
    world.clock.now = new Date(began.getTime() + DAY);
    await vote(world, late, 'ada');
    expect(held.approval).not.toBe(late.approval);
  });
});
