import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { approvalKey, approvalRow } from '../../../core/approval/approval.ts';
import { mailboxKey, mailboxRow } from '../../../core/approval/mailbox.ts';
import { parseRow } from '../../../core/row.ts';
import { askApprovers } from '../../../functions/approval/ask-approvers.ts';
import { noteReturned } from '../../../functions/approval/note-returned.ts';
import { readReturned } from '../../../functions/approval/returned-mail.ts';
import { sendDigests } from '../../../functions/approval/send-digests.ts';
import { createMailboxes } from '../../../functions/aws/mailboxes.ts';
import { browse, type Desk, openDesk } from '../../harness/approvers.ts';
import { startWorld, type World } from '../../harness/door.ts';
import { later } from '../../harness/facts.ts';
import { organisation } from '../../harness/organisation.ts';
import { type Held, holdOrder } from '../../harness/votes.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
  const company = organisation();
  const edited = company.policies.map(({ text, ...policy }) => ({
    ...policy,
    text: text.replace('"finance:2")', '"finance:2") @severity("critical")').replace('PT1H', 'PT8H'),
  }));
  await world.apply({ ...company, policies: edited });
});
afterAll(() => world.stop());
/** Each test begins in an hour of its own, a day after the one before. */
let day = 0;
beforeEach(() => {
  day += 1;
  world.clock.now = later(day * 86_400);
});

const mailboxes = () => createMailboxes(world.database.client, 'registry');
const at = (seconds: number) => {
  world.clock.now = later(day * 86_400 + seconds);
};

function deskWith(perHour: number): Desk {
  const desk = openDesk(world);
  return { ...desk, deps: { ...desk.deps, mailRate: { mailboxes: mailboxes(), perHour } } };
}

async function hold(desk: Desk, total = '2000.00', deadline = 0): Promise<Held> {
  const held = await holdOrder(world, total);
  await askApprovers(desk.deps, { token: 'token', approval: held.approval, deadline });
  return held;
}

const digest = (desk: Desk, fields: object = {}) =>
  sendDigests({ ...desk.deps, mailboxes: mailboxes(), ...fields });
const to = (desk: Desk, person: string) => desk.mails.filter((mail) => mail.to === `${person}@example.com`);
const approvalOf = async ({ approval }: Held) =>
  parseRow(approvalRow, (await world.deps.registry.load([approvalKey(approval)]))[0]);
const mailboxOf = async (person: string) =>
  parseRow(mailboxRow, (await world.deps.registry.load([mailboxKey(person)]))[0]);

describe('more requests than a person is mailed in an hour', () => {
  it('are asked without a mail, and told together by one digest with the way to the inbox', async () => {
    const desk = deskWith(2);
    const held = [];
    for (let n = 0; n < 4; n += 1) held.push(await hold(desk));
    expect(to(desk, 'ada')).toHaveLength(2);
    const last = held.at(-1);
    expect(last && (await approvalOf(last)).asked).toMatchObject({ ada: { digest: true, deadline: 0 } });
    const events = (await world.database.events()).filter(({ approval }) => approval === last?.approval);
    const { data } = events.find(({ type }) => type === 'approval.requested') ?? {};
    expect(data?.['asked']).toEqual(data?.['digested']);
    expect(await digest(desk)).toEqual({ sent: 3 });
    const [mail, ...more] = to(desk, 'ada').slice(2);
    expect(more).toEqual([]);
    expect(mail?.subject).toMatch(/^\d+ requests wait for you$/);
    for (const part of [mail?.text ?? '', mail?.html ?? '']) {
      expect(part).toContain('https://api.example.com/inbox');
      expect(part).not.toContain('/approvals/');
      expect(part).toContain('erp.create_order: Northwind, 2000.00, USD');
      expect(part.match(/until /g)?.length).toBeLessThanOrEqual(10);
    }
    expect(await digest(desk)).toEqual({ sent: 0 });
  });

  it('are told again fifteen minutes later at the soonest', async () => {
    const desk = deskWith(1);
    await hold(desk);
    await hold(desk);
    await digest(desk);
    await hold(desk);
    const before = desk.mails.length;
    at(14 * 60);
    await digest(desk);
    expect(desk.mails).toHaveLength(before);
    at(15 * 60);
    await digest(desk);
    expect(desk.mails).toHaveLength(before + 3);
  });

  it('are mailed one by one when critical, or when the next deadline is near', async () => {
    const desk = deskWith(1);
    for (let n = 0; n < 3; n += 1) await hold(desk, '20000.00');
    expect(to(desk, 'cleo')).toHaveLength(3);
    const held = await hold(desk);
    await hold(desk);
    const { length } = to(desk, 'ada');
    at(7 * 3600 + 45 * 60);
    await mailboxes().admit('ada', 1, world.clock.now);
    await askApprovers(desk.deps, { token: 'again', approval: held.approval, deadline: 1 });
    expect(to(desk, 'ada')).toHaveLength(length + 1);
  });

  it('leave the link of an earlier mail good', async () => {
    const desk = deskWith(1);
    const held = await hold(desk);
    const link = /https:\S+/.exec(to(desk, 'ada')[0]?.text ?? '')?.[0] ?? '';
    await askApprovers(desk.deps, { token: 'again', approval: held.approval, deadline: 0 });
    expect((await approvalOf(held)).asked).toMatchObject({ ada: { digest: true } });
    expect((await browse(world).open(link)).status).toBe(200);
  });

  it('are counted exactly when many ask at once', async () => {
    const at = later(day * 86_400);
    const asked = Array.from({ length: 30 }, () => mailboxes().admit('dora', 12, at));
    expect((await Promise.all(asked)).filter(Boolean)).toHaveLength(12);
    expect(await mailboxes().admit('dora', 12, new Date(at.getTime() + 3_600_000))).toBe(true);
    expect(await mailboxes().admit('dora', 12, at)).toBe(false);
  });

  it('are mailed one by one when they can’t be counted', async () => {
    const broken = { admit: () => Promise.reject(new Error('throttled')), owe: () => Promise.resolve() };
    const desk = openDesk(world);
    await hold({ ...desk, deps: { ...desk.deps, mailRate: { mailboxes: broken, perHour: 1 } } });
    expect(to(desk, 'ada')).toHaveLength(1);
    expect(world.lines).toContainEqual([
      'error',
      'APPROVAL_MAIL_UNCOUNTED',
      { person: 'ada', error: 'Error', reason: 'throttled' },
    ]);
  });
});

describe('a digest', () => {
  it('that SES does not take is tried again', async () => {
    const desk = deskWith(1);
    for (let n = 0; n < 2; n += 1) await hold(desk);
    const refuse = () => Promise.reject(new Error('throttled'));
    expect(await digest(desk, { sendMail: refuse })).toEqual({ sent: 0 });
    expect(await mailboxOf('ada')).toMatchObject({ openKind: 'DIGEST' });
    at(15 * 60);
    expect(await digest(desk)).toEqual({ sent: 3 });
    expect(await mailboxOf('ada')).not.toHaveProperty('openKind');
  });

  it('stays owed for what came to be owed while it was sent', async () => {
    const desk = deskWith(1);
    for (let n = 0; n < 2; n += 1) await hold(desk);
    at(1);
    const sendMail: Desk['deps']['sendMail'] = async (mail) => {
      if (mail.to === 'ada@example.com') await mailboxes().owe('ada', world.clock.now);
    };
    await digest(desk, { sendMail });
    expect(await mailboxOf('ada')).toMatchObject({ openKind: 'DIGEST' });
  });

  it('is sent once by two runs at once, and to nobody for whom nothing waits any more', async () => {
    const desk = deskWith(1);
    for (let n = 0; n < 2; n += 1) await hold(desk);
    const before = desk.mails.length;
    await Promise.all([digest(desk), digest(desk)]);
    expect(desk.mails).toHaveLength(before + 3);
    await hold(desk);
    at(9 * 3600);
    expect(await digest(desk)).toEqual({ sent: 0 });
    expect(await mailboxOf('ada')).not.toHaveProperty('openKind');
  });

  it('that comes back leaves whoever it told unreached, for what it told alone', async () => {
    const desk = deskWith(1);
    const [mailed, digested] = [await hold(desk), await hold(desk)];
    await digest(desk);
    for (const { tags } of desk.mails.slice(-3)) {
      expect(Object.keys(tags ?? {})).toEqual(['person']);
      const mail = readReturned({
        'detail-type': 'Email Bounced',
        detail: { mail: { tags: { person: [tags?.['person']] } } },
      });
      if (mail) await noteReturned(desk.deps, mail);
    }
    expect((await approvalOf(digested)).asked).toMatchObject({ ada: { unreached: true } });
    expect((await approvalOf(mailed)).asked?.['ada']).not.toHaveProperty('unreached');
    expect(desk.answers).toMatchObject([['token', { error: 'ApproversUnreachable' }]]);
  });
});
