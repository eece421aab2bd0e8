import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { approvalKey, approvalRow } from '../../../core/approval/approval.ts';
import { parseRow } from '../../../core/row.ts';
import { askApprovers } from '../../../functions/approval/ask-approvers.ts';
import { noteReturned } from '../../../functions/approval/note-returned.ts';
import { readReturned } from '../../../functions/approval/returned-mail.ts';
import { type Desk, openDesk } from '../../harness/approvers.ts';
import { startWorld, type World } from '../../harness/door.ts';
import { NOW } from '../../harness/facts.ts';
import { organisation } from '../../harness/organisation.ts';
import { type Held, holdOrder, vote } from '../../harness/votes.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
  const company = organisation();
  const laddered = ({ text, ...policy }: (typeof company.policies)[number]) => ({
    ...policy,
    text: text.replace('"finance:2")', '"finance:2") @escalate("budget-owners:1@PT10M")'),
  });
  await world.apply({ ...company, policies: company.policies.map(laddered) });
});
afterAll(() => world.stop());
beforeEach(() => {
  world.clock.now = NOW;
});

/** SES's event about the newest mail to a person. */
function eventOf(desk: Desk, person: string, type = 'Email Bounced') {
  const mail = desk.mails.findLast(({ to }) => to === `${person}@example.com`);
  const tags = Object.entries(mail?.tags ?? {}).map(([name, value]) => [name, [value]]);
  return {
    source: 'aws.ses',
    'detail-type': type,
    detail: {
      eventType: 'Bounce',
      mail: { destination: [mail?.to], tags: Object.fromEntries(tags) as object },
    },
  };
}

async function back(desk: Desk, event: unknown): Promise<void> {
  const mail = readReturned(event);
  if (!mail) throw new Error('it is not read');
  await noteReturned(desk.deps, mail);
}

const approvalOf = async ({ approval }: Pick<Held, 'approval'>) =>
  parseRow(approvalRow, (await world.deps.registry.load([approvalKey(approval)]))[0]);
const bouncesOf = async ({ approval }: Held) =>
  (await world.database.events()).filter(
    (event) => event.approval === approval && event.type === 'approval.bounced',
  );

async function asked(total = '2000.00') {
  const desk = openDesk(world);
  const held = await holdOrder(world, total);
  await desk.ask(held, 'first-token');
  return { desk, held };
}

describe('a mail that came back', () => {
  it.each([
    ['Email Bounced', 'bounce'],
    ['Email Complaint Received', 'complaint'],
    ['Email Rejected', 'reject'],
    ['Email Rendering Failed', 'rendering-failure'],
  ])('as %s is noted once, however often it is told, and others are waited for', async (type, why) => {
    const { desk, held } = await asked();
    for (let times = 0; times < 2; times += 1) await back(desk, eventOf(desk, 'ada', type));
    expect(await bouncesOf(held)).toMatchObject([{ data: { people: ['ada'], why } }]);
    expect((await approvalOf(held)).asked).toMatchObject({ ada: { unreached: true } });
    expect(desk.answers).toEqual([]);
  });

  it('lets the machine go on at once when it was the last', async () => {
    const { desk, held } = await asked();
    for (const person of ['ada', 'ben', 'rita']) await back(desk, eventOf(desk, person));
    const cause = `too few of those who may decide about ${held.approval} can be reached`;
    expect(desk.answers).toEqual([['first-token', { error: 'ApproversUnreachable', cause }]]);
  });

  it('lets it go on when the quorum is gone though one is reached, to the next rung before its time', async () => {
    const { desk, held } = await asked('20000.00');
    await back(desk, eventOf(desk, 'cleo'));
    expect(desk.answers).toHaveLength(1);
    await askApprovers(desk.deps, { token: 'second-token', approval: held.approval, deadline: 1 });
    expect(desk.mails.map(({ to }) => to)).toContain('ada@example.com');
    await back(desk, eventOf(desk, 'cleo'));
    expect(desk.answers).toHaveLength(1);
    await vote(world, held, 'ada');
    expect((await approvalOf(held)).status).toBe('approved');
  });

  it('heals a run that noted it and ended before the machine was told', async () => {
    const { desk } = await asked();
    const mute = {
      ...desk,
      deps: { ...desk.deps, machines: { answer: () => Promise.reject(new Error('cut off')) } },
    };
    for (const person of ['ada', 'ben']) await back(desk, eventOf(desk, person));
    await expect(back(mute, eventOf(desk, 'rita'))).rejects.toThrow('cut off');
    await back(desk, eventOf(desk, 'rita'));
    expect(desk.answers).toHaveLength(1);
  });

  it('of an earlier round says nothing of the newest', async () => {
    const { desk, held } = await asked();
    const late = eventOf(desk, 'ada');
    await desk.ask(held, 'second-token');
    await back(desk, late);
    expect((await approvalOf(held)).asked?.['ada']).not.toHaveProperty('unreached');
  });

  it('changes nothing of what is decided, nor of what is not of this stage', async () => {
    const { desk, held } = await asked();
    await vote(world, held, 'ada');
    const before = await approvalOf(held);
    for (const person of ['ada', 'ben', 'rita']) await back(desk, eventOf(desk, person));
    expect(await approvalOf(held)).toEqual(before);
    const other = eventOf(desk, 'ada');
    const tags = { ...other.detail.mail.tags, approval: ['apr_00000000'] };
    await back(desk, { ...other, detail: { mail: { tags } } });
    expect(desk.answers).toEqual([]);
  });

  it.each([
    ['nothing of ours', {}],
    ['a mail without tags', { 'detail-type': 'Email Bounced', detail: { mail: { tags: {} } } }],
    [
      'a mail that arrived',
      { 'detail-type': 'Email Delivered', detail: { mail: { tags: { person: ['ada'] } } } },
    ],
    [
      'an id that is none',
      {
        'detail-type': 'Email Bounced',
        detail: { mail: { tags: { person: ['ada'], approval: ['apr_1#x'] } } },
      },
    ],
  ])('that is %s is left', (_, event) => {
    expect(readReturned(event)).toBeUndefined();
  });

  it('is known by tags that SES takes as they are', async () => {
    const { desk } = await asked();
    for (const { tags = {} } of desk.mails) {
      expect(Object.keys(tags).sort()).toEqual(['approval', 'person', 'round']);
      for (const value of Object.values(tags)) expect(value).toMatch(/^[\w.@-]{1,256}$/);
    }
  });
});
