import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { approvalKey } from '../../../core/approval/approval.ts';
import { waiterKey } from '../../../core/waiter.ts';
import { askApprovers } from '../../../functions/approval/ask-approvers.ts';
import { browse, openDesk } from '../../harness/approvers.ts';
import { buyer, order, startWorld, type World } from '../../harness/door.ts';
import { NOW } from '../../harness/facts.ts';
import { change, organisation } from '../../harness/organisation.ts';
import { holdOrder, vote } from '../../harness/votes.ts';
import { openWork, taskDesk } from '../../harness/work.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());
beforeEach(() => {
  world.clock.now = NOW;
});

const held = async (input: object = {}) => {
  const { body } = await world.act({ input: { ...order, total: '2000.00', ...input } });
  return { approval: String(body['id']).replace('act_', 'apr_') as never };
};

describe('asking the approvers', () => {
  it('gives each eligible person one link of their own, and the sponsor none', async () => {
    const desk = openDesk(world);
    const links = await desk.ask(await held());
    expect([...links.keys()].sort()).toEqual(['ada@example.com', 'ben@example.com', 'rita@example.com']);
    expect(new Set(links.values()).size).toBe(3);
    for (const link of links.values())
      expect(link).toMatch(/^https:\/\/api\.example\.com\/approvals\/[\w-]{43}$/);
  });

  it('gives no link to the person it is done for', async () => {
    const desk = openDesk(world);
    const { task } = await openWork(world, 'for-rita-1');
    await taskDesk(world).post('claim', buyer);
    const { body } = await world.act({ task, input: { ...order, total: '2000.00' } });
    const links = await desk.ask({ approval: String(body['id']).replace('act_', 'apr_') as never });
    expect([...links.keys()].sort()).toEqual(['ada@example.com', 'ben@example.com']);
  });

  it('remembers the token in a row of its own and keeps every secret as a hash alone', async () => {
    const desk = openDesk(world);
    const { approval } = await held();
    await desk.ask({ approval }, 'the-token-of-the-machine');
    const [waiter] = await world.deps.registry.load([waiterKey(approvalKey(approval))]);
    expect(waiter).toMatchObject({ token: 'the-token-of-the-machine' });
    const scan = async (TableName: string) =>
      JSON.stringify((await world.database.client.send(new ScanCommand({ TableName }))).Items);
    const [registry, audit] = [await scan('registry'), await scan('audit')];
    for (const secret of desk.secrets) {
      expect(registry).not.toContain(secret);
      expect(audit).not.toContain(secret);
    }
    expect(audit).not.toContain('the-token-of-the-machine');
    expect(audit).not.toMatch(/approvals\/|LINK#/);
    const lines = JSON.stringify(world.lines);
    for (const secret of [...desk.secrets, 'the-token-of-the-machine']) expect(lines).not.toContain(secret);
  });

  it('asks again in a new round, whose links replace the old ones', async () => {
    const desk = openDesk(world);
    const asked = await held();
    const [first, again] = [await desk.ask(asked, 'token-1'), await desk.ask(asked, 'token-2')];
    const open = async (links: Map<string, string>) =>
      (await browse(world).open(links.get('ada@example.com') ?? '')).status;
    expect([await open(first), await open(again)]).toEqual([404, 200]);
    const [waiter] = await world.deps.registry.load([waiterKey(approvalKey(asked.approval))]);
    expect(waiter).toMatchObject({ token: 'token-2' });
  });

  it('throws when no mail could be sent, so that the machine closes the approval', async () => {
    const desk = openDesk(world);
    const refuse = async () => {
      throw new Error('mailbox unavailable');
    };
    const asked = askApprovers(
      { ...desk.deps, sendMail: refuse },
      { token: 't', deadline: 0, ...(await held()) },
    );
    await expect(asked).rejects.toMatchObject({ name: 'ApproversUnreachable' });
  });

  it('is content when one of them can be reached', async () => {
    const desk = openDesk(world);
    const { approval } = await held();
    const sendMail = async (mail: { to: string }) => {
      if (mail.to !== 'ben@example.com') throw new Error('mailbox unavailable');
    };
    await expect(
      askApprovers({ ...desk.deps, sendMail }, { token: 't', deadline: 0, approval }),
    ).resolves.toBeUndefined();
    expect(world.lines).toContainEqual([
      'error',
      'APPROVAL_MAIL_FAILED',
      { approval, person: 'ada', error: 'Error', reason: 'mailbox unavailable' },
    ]);
  });

  it('throws when nobody may decide any more', async () => {
    const desk = openDesk(world);
    const asked = await held();
    await world.apply(change(organisation(), 'Person ada', { status: 'left' }));
    await world.apply(change(organisation(), 'Group budget-owners', { members: ['vera'] }));
    await expect(desk.ask(asked)).rejects.toMatchObject({ name: 'ApproversUnreachable' });
    await world.apply(organisation());
  });

  it('answers the machine at once when it was decided meanwhile, and asks nobody', async () => {
    const desk = openDesk(world);
    const { approval } = await holdOrder(world);
    await vote(world, { approval }, 'ada');
    await desk.ask({ approval }, 'late-token');
    expect(desk.mails).toHaveLength(0);
    expect(desk.answers).toEqual([['late-token', { output: { outcome: 'approved' } }]]);
  });
});

describe('the mail', () => {
  it('says who, what, why, which rule and until when, in text and in HTML', async () => {
    const desk = openDesk(world);
    await desk.ask(await held({ vendor: 'Northwind & Sons' }));
    const [mail] = desk.mails;
    expect(mail?.subject).toBe('Please decide: erp.create_order: Northwind & Sons, 2000.00, USD');
    for (const part of [mail?.text ?? '', mail?.html ?? '']) {
      for (const told of [
        'agt_buyer',
        'vera',
        'Asked for by a colleague',
        '2000.00',
        '1 of budget-owners',
        '11:00 UTC',
      ]) {
        expect(part).toContain(told);
      }
    }
    expect(mail?.html).toContain('Northwind &amp; Sons');
  });

  it('escapes hostile text, shows what is invisible, and loads nothing', async () => {
    const desk = openDesk(world);
    await desk.ask(
      await held({ vendor: '<img src=//evil.example.com/x>\u202E\r\nBcc: everyone@example.com' }),
    );
    const [mail] = desk.mails;
    expect(mail?.html).not.toMatch(/<img|<script|src=["']?http/i);
    expect(mail?.html).toContain('&lt;img');
    expect(mail?.html).toContain('⟨U+202E⟩');
    expect(mail?.text).toContain('⟨U+202E⟩');
    expect(mail?.subject).not.toMatch(/[\r\n\u202E]/);
  });

  it('cuts no character of its subject in half', async () => {
    const desk = openDesk(world);
    await desk.ask(await held({ vendor: `${'a'.repeat(59)}😀😀` }));
    expect(desk.mails[0]?.subject.isWellFormed()).toBe(true);
    expect(desk.mails[0]?.subject).toContain('a😀, 2000.00');
  });

  it('names no other approver’s link', async () => {
    const desk = openDesk(world);
    const links = await desk.ask(await held());
    for (const mail of desk.mails) {
      const others = [...links].filter(([to]) => to !== mail.to).map(([, link]) => link);
      for (const link of others) expect(mail.text + mail.html).not.toContain(link);
    }
  });
});
