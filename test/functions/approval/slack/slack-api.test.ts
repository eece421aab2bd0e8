import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { approvalKey, approvalRow } from '../../../../core/approval/approval.ts';
import { chatKey } from '../../../../core/approval/chat.ts';
import { parseRow } from '../../../../core/row.ts';
import { askApprovers } from '../../../../functions/approval/ask-approvers.ts';
import { noteReturned } from '../../../../functions/approval/note-returned.ts';
import { createSlackApi } from '../../../../functions/approval/slack/slack-api.ts';
import { openDesk } from '../../../harness/approvers.ts';
import { startWorld, type World } from '../../../harness/door.ts';
import { later, NOW } from '../../../harness/facts.ts';
import { change, guard, withPolicy } from '../../../harness/organisation.ts';
import { inSlack, openSlack, TEAM, userOf } from '../../../harness/slack.ts';
import { type SlackServer, startSlack } from '../../../harness/slack-server.ts';
import { type Held, holdOrder, vote } from '../../../harness/votes.ts';

const stricter = (amount: string, terms: string) =>
  guard(`operations-orders-over-${amount}`, 'budget-owners:1', `${amount}.00`).replace(
    '@expires("PT1H")',
    `@expires("PT1H") ${terms}`,
  );
const rules = withPolicy(
  withPolicy(inSlack('ada', 'ben', 'cleo', 'vera'), stricter('5000', '@assurance("signed-in")')),
  stricter('3000', '@severity("high")').replace(
    'decimal("3000.00"))',
    'decimal("3000.00")) && context.amount.lessThan(decimal("5000.00"))',
  ),
);

let world: World;
let server: SlackServer;
let slack: ReturnType<typeof openSlack>;
beforeAll(async () => {
  [world, server] = await Promise.all([startWorld(), startSlack()]);
  await world.apply(rules);
  slack = openSlack(world, server);
});
afterAll(() => Promise.all([world.stop(), server.stop()]));
beforeEach(() => {
  world.clock.now = NOW;
  slack.forget();
});

/** A held order whose approvers were asked by mail and in Slack. */
async function ask(total = '2000.00'): Promise<Held> {
  const held = await holdOrder(world, total);
  await openDesk(world).ask(held);
  await slack.tell(held);
  return held;
}
const rowOf = async ({ approval }: Held) =>
  parseRow(approvalRow, (await world.deps.registry.load([approvalKey(approval)]))[0]);
const votesOf = async (held: Held) => (await rowOf(held)).votes;

describe('an approval in Slack', () => {
  it('is there for those who are asked and have an account, and for nobody else', async () => {
    const held = await ask();
    expect([...server.messages.keys()].toSorted()).toEqual([userOf('ada'), userOf('ben')]);
    const events = (await world.database.events()).filter(
      ({ subject }) => subject === `CHAT#${held.approval}`,
    );
    expect(events.map(({ version, type }) => [version, type])).toEqual([
      [1, 'chat.asked'],
      [2, 'chat.posted'],
      [3, 'chat.asked'],
      [4, 'chat.posted'],
    ]);
    await Promise.all([slack.tell(held), slack.tell(held)]);
    expect(server.calls.filter((method) => method === 'chat.postMessage')).toHaveLength(2);
  });

  it('is posted once to each even when it is told twice at the same time', async () => {
    const held = await holdOrder(world, '2000.00');
    await openDesk(world).ask(held);
    await Promise.all([slack.tell(held), slack.tell(held), slack.tell(held)]);
    expect(server.calls.filter((method) => method === 'chat.postMessage')).toHaveLength(2);
  });

  it('is decided by a button, and every message then shows the outcome and no button', async () => {
    const held = await ask();
    world.clock.now = later(3);
    expect(await slack.click('ada')).toMatchObject({ status: 200, text: '' });
    const vote = { person: 'ada', decision: 'approve', channel: 'slack', assurance: 'link' };
    expect(await rowOf(held)).toMatchObject({
      status: 'approved',
      votes: [{ ...vote, seenAt: NOW.toISOString(), at: later(3).toISOString() }],
    });
    await slack.tell(held);
    for (const person of ['ada', 'ben']) {
      expect(slack.textOf(person)).toContain('Approved');
      expect(slack.textOf(person)).toContain('ada approved');
      expect(slack.buttonOf(person, 'approve')).toBeUndefined();
    }
  });

  it('is denied with a reason, which a form asks for', async () => {
    const held = await ask();
    await slack.click('ada', { action: 'deny' });
    expect(server.views).toHaveLength(1);
    expect(await votesOf(held)).toEqual([]);
    const empty = await slack.deliver(slack.submissionOf('ada', '  '));
    expect(empty.body).toMatchObject({ response_action: 'errors', errors: { reason: /^Say why/ } });
    expect(await slack.deliver(slack.submissionOf('ada', 'too <dear>'))).toMatchObject({
      status: 200,
      text: '',
    });
    expect(await rowOf(held)).toMatchObject({ status: 'denied', votes: [{ reason: 'too <dear>' }] });
    await slack.tell(held);
    expect(slack.textOf('ben')).toContain('ada denied: too <dear>');
  });

  it('counts one delivery once, however often Slack repeats it', async () => {
    const held = await ask();
    const body = slack.clickOf('ada');
    for (const retry of ['0', '1', '2'])
      expect(await slack.deliver(body, { headers: { 'x-slack-retry-num': retry } })).toMatchObject({
        status: 200,
      });
    expect(await votesOf(held)).toHaveLength(1);
    expect(server.whispers).toEqual([]);
  });

  it('counts it once even when the same deliveries race', async () => {
    const held = await ask();
    const body = slack.clickOf('ben');
    await Promise.all([slack.deliver(body), slack.deliver(body), slack.deliver(body)]);
    expect(await votesOf(held)).toHaveLength(1);
    expect(server.whispers).toEqual([]);
  });

  it.each([
    ['the team of strangers', () => slack.click('ada', { team: 'T0STRANGE' }), /not known/],
    ['an account nobody has', () => slack.click('mallory', { value: valueOf('ada') }), /not known/],
    ['who may not decide it', () => slack.click('vera', { value: valueOf('ada') }), /not known|out of date/],
    [
      'a digest of something else',
      () => slack.click('ada', { value: changed({ digest: 'x' }) }),
      /out of date/,
    ],
    ['another round', () => slack.click('ada', { value: changed({ round: 2 }) }), /out of date/],
    [
      'a request nobody made',
      () => slack.click('ada', { value: changed({ approval: 'apr_00000000' }) }),
      /no such request/,
    ],
  ])('takes no word from %s', async (_, click, said) => {
    const held = await ask();
    expect(await click()).toMatchObject({ status: 200 });
    expect(await votesOf(held)).toEqual([]);
    expect(server.whispers).toEqual([expect.stringMatching(said)]);
  });

  it('gives a new round new buttons, and those of the round before are worth nothing', async () => {
    const held = await ask();
    const stale = valueOf('ada');
    await openDesk(world).ask(held, 'another-token');
    await slack.click('ada', { value: stale });
    expect(await votesOf(held)).toEqual([]);
    await slack.tell(held);
    await slack.click('ada');
    expect(await votesOf(held)).toHaveLength(1);
  });

  it.each([
    ['is graver than the ceiling', '4000.00'],
    ['asks for people who signed in', '6000.00'],
  ])('has no buttons where it %s, and takes no word all the same', async (_, total) => {
    const held = await ask(total);
    expect(slack.buttonOf('ada', 'approve')).toBeUndefined();
    expect(slack.buttonOf('ada', 'deny')).toBeUndefined();
    expect(slack.buttonOf('ada', 'open')?.url).toContain(`/inbox/approvals/${held.approval}`);
    const { id: approval, digest, asked } = await rowOf(held);
    const value = JSON.stringify({ approval, digest, round: asked?.['ada']?.round });
    await slack.click('ada', { value });
    await slack.click('ada', { value, action: 'deny' });
    const form = await slack.deliver(slack.submissionOf('ada', 'no', value));
    expect(form.body).toMatchObject({ errors: { reason: /too grave/ } });
    expect(server.whispers).toHaveLength(2);
    expect(server.views).toEqual([]);
    expect(await votesOf(held)).toEqual([]);
  });

  it('takes no word once it is decided elsewhere, nor after its time', async () => {
    const decided = await ask();
    await vote(world, decided, 'ben');
    await slack.click('ada');
    expect(server.whispers).toEqual([expect.stringContaining('already approved')]);
    slack.forget();
    const late = await ask();
    world.clock.now = later(3601);
    await slack.click('ada');
    expect(await votesOf(late)).toEqual([]);
  });

  it('whispers to Slack alone, whatever address a delivery names', async () => {
    const held = await ask();
    const elsewhere = server.url.replace('127.0.0.1', 'localhost');
    await slack.click('ada', { value: changed({ round: 9 }), responseUrl: `${elsewhere}/response` });
    await slack.click('ada', {
      value: changed({ round: 9 }),
      responseUrl: `${server.url}@${elsewhere}/response`,
    });
    expect(server.whispers).toEqual([]);
    expect(await votesOf(held)).toEqual([]);
  });

  it('asks by mail alone while Slack is down, and never posts twice', async () => {
    const held = await holdOrder(world, '2000.00');
    await openDesk(world).ask(held);
    server.trouble.push({ status: 500 }, { status: 429, after: '60' });
    await slack.tell(held);
    await slack.tell(held);
    expect([...server.messages.keys()]).toEqual([userOf('ben')]);
    expect(world.lines.some(([, code]) => code === 'SLACK_FAILED')).toBe(true);
    expect((await world.deps.registry.load([chatKey(held.approval)]))[0]).toMatchObject({
      messages: [{ person: 'ada' }, { person: 'ben', channel: `D${userOf('ben')}` }],
    });
    expect(JSON.stringify(world.lines)).not.toContain('xoxb');
  });

  it.each([
    ['whom a message with buttons reached is waited for, whatever came of their mail', '2000.00', 0],
    ['whom a message without buttons reached must have their mail', '3500.00', 1],
  ])('%s', async (_, total, ended) => {
    const held = await ask(total);
    const desk = openDesk(world);
    for (const person of ['ada', 'ben', 'rita'])
      await noteReturned(desk.deps, { approval: held.approval, person, why: 'bounce', round: 1 });
    expect((await rowOf(held)).asked).toMatchObject({ ada: { unreached: true }, ben: { unreached: true } });
    expect(desk.answers).toHaveLength(ended);
  });

  it('may still reach whose mail is not taken, and is given a moment to', async () => {
    const held = await holdOrder(world, '2000.00');
    const desk = openDesk(world);
    const asking = { token: 'token', approval: held.approval, deadline: 0 };
    const deps = { ...desk.deps, sendMail: () => Promise.reject(new Error('not taken')) };
    const pauses: number[] = [];
    const counted = async (ms: number) => void pauses.push(ms);
    await expect(askApprovers({ ...deps, pause: counted }, asking)).rejects.toMatchObject({
      name: 'ApproversUnreachable',
    });
    expect(pauses).toEqual([1000, 2000, 4000]);
    await askApprovers({ ...deps, pause: () => slack.tell(held) }, asking);
    expect(await slack.click('ada')).toMatchObject({ status: 200 });
    expect(await rowOf(held)).toMatchObject({ status: 'approved' });
  });

  it('fails when a message could not be changed, so that it is tried again', async () => {
    const held = await ask();
    await slack.click('ada');
    server.trouble.push({ status: 503 }, { status: 503 });
    await expect(slack.tell(held)).rejects.toThrow('could not be changed');
    await slack.tell(held);
    expect(slack.textOf('ada')).toContain('Approved');
  });

  it('says so when Slack opens no form in time', async () => {
    await ask();
    server.trouble.push({ silentMs: 150 });
    await slack.click('ada', { action: 'deny' });
    expect(server.whispers).toEqual([expect.stringContaining('could not be opened')]);
  });
});

const valueOf = (person: string) => slack.buttonOf(person, 'approve')?.value;
const changed = (fields: object) =>
  JSON.stringify({ ...(JSON.parse(valueOf('ada') ?? '{}') as object), ...fields });

describe('the address Slack delivers to', () => {
  it.each([
    ['signed by somebody else', { secret: 'of somebody else' }],
    ['signed 301 seconds ago', { at: later(-301) }],
    ['signed 301 seconds ahead', { at: later(301) }],
  ])('refuses what is %s', async (_, signing) => {
    const held = await ask();
    expect(await slack.deliver(slack.clickOf('ada'), signing)).toMatchObject({ status: 401 });
    expect(await votesOf(held)).toEqual([]);
  });

  it('counts each forged delivery, in one event a minute, and no signed one', async () => {
    world.clock.now = later(3600);
    slack.figures.length = 0;
    const forge = () => slack.deliver('payload={}', { secret: 'of somebody else' });
    await Promise.all([forge(), forge(), slack.deliver('payload={}')]);
    expect(slack.figures).toEqual(['RequestsRefused', 'RequestsRefused']);
    world.clock.now = later(3660);
    await forge();
    const told = (await world.database.events()).filter(({ subject }) =>
      subject.startsWith('REFUSALS#slack#'),
    );
    expect(told.filter(({ at }) => at >= later(3600).toISOString()).map(({ type }) => type)).toEqual([
      'refusals.counted',
      'refusals.counted',
    ]);
  });

  it('refuses a body of more than 64 KiB', async () => {
    expect(await slack.deliver('x'.repeat(65_537))).toMatchObject({ status: 413 });
  });

  it.each(['', 'payload=', 'payload=null', 'payload={"type":"shortcut"}', 'x=y'])(
    'does nothing for %j',
    async (body) => {
      expect(await slack.deliver(body)).toMatchObject({ status: 200, text: '' });
    },
  );

  it('is not there for a company without a Slack app', async () => {
    const api = createSlackApi(undefined);
    expect((await api.request('/slack/interactions', { method: 'POST', body: '' })).status).toBe(404);
  });
});

describe('an account in Slack', () => {
  it('is one person’s alone', async () => {
    const twice = change(rules, 'Person dora', { slack: { team: TEAM, user: userOf('ada') } });
    await expect(world.apply(twice)).rejects.toThrow('slack: ada has this account too');
  });
});
