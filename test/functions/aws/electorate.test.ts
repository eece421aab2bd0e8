import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { approvalId } from '../../../core/id.ts';
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

describe('who proposed rules to the council', () => {
  it('does not agree to them, while others do', async () => {
    const company = withAuthor('ada');
    const at = (document: object) => ({ file: 'coe.yaml', line: 9, layer: 'coe', document });
    const seats = { kind: 'Group', id: 'council', title: 'Council', members: ['ada', 'ben'] };
    const council = { kind: 'Council', id: 'council', group: 'council', approvals: 1 };
    const founded = { ...company, manifests: [...company.manifests, at(seats), at(council)] };
    await world.apply(founded);
    world.clock.now = new Date(world.clock.now.getTime() + 2 * DAY);
    const { proposal } = await world.apply({ ...founded, policies: [...founded.policies, permit('stamps')] });
    const asked = { approval: approvalId.parse(proposal?.approval) };
    await expect(vote(world, asked, 'ada')).rejects.toThrow('not (or no longer) among those who may decide');
    await vote(world, asked, 'ben');
  });
});
