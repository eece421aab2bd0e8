import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readSwitches, switchesKey } from '../../../core/switch/switch.ts';
import { nonceOf } from '../../../functions/approval/page-nonce.ts';
import { loadApproval } from '../../../functions/aws/load-approval.ts';
import { containAll } from '../../../functions/switch/contain-all.ts';
import { browse, type Desk, openDesk } from '../../harness/approvers.ts';
import { buyer, startWorld, type World } from '../../harness/door.ts';
import { NOW } from '../../harness/facts.ts';
import { change, organisation } from '../../harness/organisation.ts';
import { type Held, holdOrder } from '../../harness/votes.ts';

let world: World;
let desk: Desk;
let ada: string;
let ben: string;
let held: Held;
beforeAll(async () => {
  world = await startWorld();
  desk = openDesk(world);
  const document = { kind: 'Group', id: 'council', title: 'Council', members: ['ada'] };
  const body = organisation();
  await world.apply({
    ...body,
    manifests: [...body.manifests, { file: 'coe.yaml', line: 1, layer: 'coe', document }],
  });
  held = await holdOrder(world);
  const links = await desk.ask(held);
  ada = links.get('ada@example.com') ?? '';
  ben = links.get('ben@example.com') ?? '';
});
afterAll(() => world.stop());

const page = () => browse(world);
const stopped = async () => {
  const [row] = await world.deps.registry.load([switchesKey]);
  return readSwitches(row).engaged.map(({ scope, engagedBy }) => [scope, engagedBy.id]);
};
const stop = async (link: string, fields: object = {}) =>
  page().send(link, {
    decision: 'stop',
    reason: 'it orders rubbish',
    nonce: await page().nonce(link, 'stop'),
    ...fields,
  });

describe('the approval page', () => {
  it('offers the kill switch to members of the council alone', async () => {
    expect((await page().open(ada)).text).toContain('Stop this agent');
    expect((await page().open(ben)).text).not.toContain('Stop this agent');
  });

  it('stops nothing for anyone else, without a reason, or without the nonce', async () => {
    expect(await stop(ben)).toMatchObject({ status: 403 });
    expect(await stop(ada, { reason: ' ' })).toMatchObject({ status: 400 });
    expect(await stop(ada, { nonce: 'forged' })).toMatchObject({ status: 403 });
    const headers = { origin: 'https://elsewhere.example.com' };
    expect(await page().send(ada, { decision: 'stop', reason: 'x', nonce: 'y' }, headers)).toMatchObject({
      status: 403,
    });
    expect(await stopped()).toEqual([]);
  });

  it('takes no word of who is not on the council, though they know how the nonce is made', async () => {
    const { approval } = await loadApproval(world.deps.registry, held.approval, NOW);
    const secret = ben.split('/').at(-1) ?? '';
    const nonce = nonceOf({ secret, purpose: 'stop', approval }, NOW);
    expect(await stop(ben, { nonce })).toMatchObject({
      status: 403,
      text: expect.stringContaining('only members of the council') as string,
    });
    expect(await stopped()).toEqual([]);
  });

  it('does not offer it to a member who left', async () => {
    await world.apply(change(organisation(), 'Person ada', { status: 'left' }));
    expect(await stop(ada)).toMatchObject({ status: 403 });
    await world.apply(organisation());
    expect(await stopped()).toEqual([]);
  });

  it('stops the agent that asks by one member’s word, and it is contained by the switch’s own event', async () => {
    expect(await stop(ada)).toMatchObject({
      status: 200,
      text: expect.stringContaining('is stopped') as string,
    });
    expect(await stopped()).toEqual([[`agent:${buyer}`, 'ada']]);
    expect(await world.act({})).toMatchObject({ status: 403, body: { title: 'blocked' } });
    await containAll({ registry: world.deps.registry, now: world.deps.now });
    const events = (await world.database.events()).filter(({ type }) => type.startsWith('switch.'));
    expect(events.map(({ type, actor }) => [type, actor.id])).toEqual([
      ['switch.engaged', 'ada'],
      ['switch.contained', 'contain-switches'],
    ]);
  });
});
