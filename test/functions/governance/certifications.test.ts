import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { agentKey, gateKey } from '../../../core/agent/agent.ts';
import type { Mail } from '../../../functions/aws/mail.ts';
import { remindSponsors } from '../../../functions/governance/remind-sponsors.ts';
import { buyer, second, startWorld, type World } from '../../harness/door.ts';
import { later, NOW } from '../../harness/facts.ts';
import { change, organisation } from '../../harness/organisation.ts';

const DAY = 86_400;
let world: World;
let mails: Mail[];
let broken: string | undefined;
beforeEach(async () => {
  world = await startWorld();
  mails = [];
  broken = undefined;
});
afterEach(() => world.stop());

const certified = (recertifyBy: string, agent: string = buyer) =>
  change(organisation(), `Agent ${agent}`, { recertifyBy });
const look = () =>
  remindSponsors({
    ...world.deps,
    sendMail: async (mail) => {
      if (broken !== undefined && mail.text.includes(broken)) throw new Error('SES took it not');
      mails.push(mail);
    },
  });
const eventsOf = async (type: string) =>
  (await world.database.events()).filter((event) => event.type === type);

describe('looking after certifications', () => {
  it('mails the sponsor 14, 7 and 1 days before the end, once each', async () => {
    await world.apply(certified('2026-12-15'));
    for (let day = 0; day <= 22; day += 1) {
      world.clock.now = later(day * DAY);
      await look();
      await look();
    }
    expect(mails.map(({ to, subject }) => [to, subject])).toEqual([
      ['vera@example.com', 'Please recertify: The agent agt_buyer ends in 14 days'],
      ['vera@example.com', 'Please recertify: The agent agt_buyer ends in 7 days'],
      ['vera@example.com', 'Please recertify: The agent agt_buyer ends tomorrow'],
    ]);
    expect(mails[0]?.text).toContain('on 2026-12-15 (UTC)');
    expect(await eventsOf('agent.reminded')).toHaveLength(3);
  });

  it('suspends an agent whose certification ended, once, and its denials still say why', async () => {
    await world.apply(certified('2026-11-23'));
    world.clock.now = later(DAY);
    await look();
    await look();
    const [agent, gate] = await world.deps.registry.load([agentKey(buyer), gateKey(buyer)]);
    expect([agent?.['stage'], gate?.['stage']]).toEqual(['suspended', 'suspended']);
    expect(await eventsOf('agent.suspended')).toHaveLength(1);
    expect(await world.act({})).toMatchObject({ status: 403, body: { title: 'recertification-missed' } });
    await world.apply(certified('2027-05-01'));
    expect((await world.act({})).status).toBe(200);
  });

  it('does not stop at an agent that can’t be looked after, and tells', async () => {
    await world.apply(change(certified('2026-11-30'), `Agent ${second}`, { recertifyBy: '2026-11-30' }));
    broken = buyer;
    expect(await look()).toMatchObject({ failed: 1 });
    expect(mails.map(({ text }) => text.includes(second))).toEqual([true]);
    broken = undefined;
    await look();
    expect(mails).toHaveLength(2);
  });

  it('mails nobody who left', async () => {
    await world.apply(certified('2026-11-30'));
    await world.apply(change(certified('2026-11-30'), 'Person vera', { status: 'left' }));
    await look();
    expect(mails).toEqual([]);
  });
});

describe('the gate of an agent', () => {
  const admit = (day: string) =>
    world.deps.registry.commit({
      writes: [
        {
          kind: 'admit',
          key: gateKey(buyer),
          day,
          seenDay: '2026-11-23',
          stages: ['pilot', 'production'],
          switches: 0,
          tool: 'erp.create_order',
        },
      ],
      events: [
        {
          v: 1,
          subject: `TEST#${crypto.randomUUID()}`,
          version: 1,
          type: 'action.started',
          at: NOW.toISOString(),
          actor: { kind: 'agent', id: buyer },
          data: {},
        },
      ],
      result: undefined,
    });

  it('takes no action after the last day, though it was decided before', async () => {
    await world.apply(certified('2026-11-23'));
    expect(await admit('2026-11-23')).toBe(true);
    expect(await admit('2026-11-24')).toBe(false);
  });

  it('forgets the end of a certification that has none any more', async () => {
    await world.apply(certified('2026-11-23'));
    await world.apply(organisation());
    expect(await admit('2026-11-24')).toBe(true);
  });
});
