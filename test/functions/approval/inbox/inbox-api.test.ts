import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { actionKey } from '../../../../core/action/action.ts';
import { approvalKey } from '../../../../core/approval/approval.ts';
import { browse, fromThePage, openDesk } from '../../../harness/approvers.ts';
import { order, startWorld, type World } from '../../../harness/door.ts';
import { NOW } from '../../../harness/facts.ts';
import { browserOf, type Inbox, type InboxBrowser, openInbox, signIn } from '../../../harness/inbox.ts';
import { change, guard, organisation, withPolicy } from '../../../harness/organisation.ts';
import { type Held, holdOrder, vote } from '../../../harness/votes.ts';

const sure = guard('operations-orders-over-5k', 'budget-owners:1', '5000.00').replace(
  '@expires("PT1H")',
  '@expires("PT30M") @assurance("signed-in") @severity("high")',
);
const rules = withPolicy(organisation(), sure);

let world: World;
let inbox: Inbox;
let people: Record<'ada' | 'ben' | 'cleo' | 'vera', InboxBrowser>;
beforeAll(async () => {
  world = await startWorld();
  await world.apply(rules);
  inbox = openInbox(world);
  const [ada, ben, cleo, vera] = [
    await signIn(inbox, 'ada'),
    await signIn(inbox, 'ben'),
    await signIn(inbox, 'cleo'),
    await signIn(inbox, 'vera'),
  ];
  people = { ada, ben, cleo, vera };
});
afterAll(() => world.stop());
beforeEach(() => {
  world.clock.now = NOW;
});

const pathOf = ({ approval }: Held) => `/inbox/approvals/${approval}`;
const rowOf = async ({ approval }: Held) => (await world.deps.registry.load([approvalKey(approval)]))[0];
const decide = async (browser: InboxBrowser, held: Held, form: Record<string, string>) =>
  browser.send(pathOf(held), { nonce: await browser.nonce(pathOf(held)), ...form });
const list = async (browser: InboxBrowser, query = '') => (await browser.open(`/inbox${query}`)).text;
const linked = (text: string) => [...text.matchAll(/\/inbox\/approvals\/(apr_\w+)"/g)].map(([, id]) => id);
/** Decides whatever still waits, so that the next test begins with an empty inbox. */
async function clear(): Promise<void> {
  for (const name of ['ada', 'cleo'] as const)
    for (const id of linked(await list(people[name])))
      await decide(people[name], { approval: id } as Held, { decision: 'deny', reason: 'cleared' });
}

describe('the inbox', () => {
  beforeEach(clear);

  it('says so when nothing waits', async () => {
    expect(await list(people.ada)).toContain('Nothing waits for you');
  });

  it('shows what waits for this person and nobody else’s, most urgent first', async () => {
    const calm = await holdOrder(world, '2000.00');
    const urgent = await holdOrder(world, '6000.00');
    expect(linked(await list(people.ada))).toEqual([urgent.approval, calm.approval]);
    for (const other of [people.cleo, people.vera]) expect(linked(await list(other))).toEqual([]);
    await vote(world, calm, 'ben');
    expect(linked(await list(people.ada))).toEqual([urgent.approval]);
  });

  it('leaves out what one decided and others still must', async () => {
    const held = await holdOrder(world, '12000.00');
    expect(linked(await list(people.cleo))).toEqual([held.approval]);
    await decide(people.cleo, held, { decision: 'approve' });
    expect(await rowOf(held)).toMatchObject({ status: 'pending', votes: [{ person: 'cleo' }] });
    expect(linked(await list(people.cleo))).toEqual([]);
    expect((await people.cleo.open(pathOf(held))).text).toContain('Your decision was counted');
  });

  it('leaves out what is out of time, to the second', async () => {
    await holdOrder(world, '2000.00');
    world.clock.now = new Date(NOW.getTime() + 3_599_000);
    expect(linked(await list(people.ada))).toHaveLength(1);
    world.clock.now = new Date(NOW.getTime() + 3_600_000);
    expect(linked(await list(people.ada))).toEqual([]);
  });

  it('puts like requests together with what they ask for in all, exactly', async () => {
    await holdOrder(world, '2000.10');
    await holdOrder(world, '3000.25');
    await world.act({ input: { ...order, total: '1500.00', currency: 'USD' }, as: 'agt_second' });
    const text = (await list(people.ada)).replace(/\s+/g, ' ');
    expect(text).toContain('2 × erp.create_order, asked by The agent agt_buyer: 5000.35 USD in all');
    expect(text).toContain('erp.create_order, asked by The agent agt_second: 1500.00 USD in all');
  });

  it('narrows by plain links, each of which works', async () => {
    const [high, low] = [await holdOrder(world, '6000.00'), await holdOrder(world, '2000.00')];
    const text = await list(people.ada);
    expect(text).toContain('href="/inbox?severity=high"');
    expect(linked(await list(people.ada, '?severity=high'))).toEqual([high.approval]);
    expect(linked(await list(people.ada, '?severity=medium'))).toEqual([low.approval]);
    expect(
      linked(await list(people.ada, '?unit=operations&tool=erp.create_order&agent=agt_buyer')),
    ).toHaveLength(2);
    expect(await list(people.ada, '?agent=agt_second')).toContain('None of them is like that');
    const hostile = await list(people.ada, `?agent=${encodeURIComponent('"><script>alert(1)</script>')}`);
    expect(hostile).not.toContain('<script');
  });
});

describe('a decision in the inbox', () => {
  it('lifts a guard that asks for people who signed in; a link’s does not', async () => {
    const held = await holdOrder(world, '6000.00');
    const links = await openDesk(world).ask(held);
    const link = links.get('ben@example.com') ?? '';
    const nonce = await browse(world).nonce(link);
    const byLink = await browse(world).send(link, { decision: 'approve', nonce });
    expect(byLink.text).toContain('sign in to your inbox');
    expect(await rowOf(held)).toMatchObject({ status: 'pending', votes: [] });
    expect((await people.ben.open(pathOf(held))).text).toContain('Your decision, ben');
    const done = await decide(people.ben, held, { decision: 'approve' });
    expect([done.status, done.headers.get('location')]).toEqual([303, pathOf(held)]);
    expect(await rowOf(held)).toMatchObject({
      status: 'approved',
      votes: [{ person: 'ben', channel: 'inbox', assurance: 'signed-in' }],
    });
    expect((await people.ben.open(pathOf(held))).text).toContain('Approved');
  });

  it('denies with a reason, and asks for one', async () => {
    const held = await holdOrder(world);
    expect(await decide(people.ada, held, { decision: 'deny' })).toMatchObject({ status: 422 });
    await decide(people.ada, held, { decision: 'deny', reason: 'too dear' });
    expect(await rowOf(held)).toMatchObject({
      status: 'denied',
      votes: [{ channel: 'inbox', reason: 'too dear' }],
    });
    expect((await world.deps.registry.load([actionKey(held.action)]))[0]).toMatchObject({
      status: 'rejected',
    });
  });

  it('asks a question, names a stand-in, and tells what it did', async () => {
    const held = await holdOrder(world);
    const nonce = (form: string) => people.ada.nonce(pathOf(held), form);
    await people.ada.send(pathOf(held), { decision: 'ask', question: 'Why?', nonce: await nonce('ask') });
    expect(await rowOf(held)).toMatchObject({ questions: [{ person: 'ada', text: 'Why?' }] });
    const named = { decision: 'delegate', colleague: 'dora', days: '1', nonce: await nonce('delegate') };
    expect((await people.ada.send(pathOf(held), named)).text).toContain('dora may decide in your place');
    const dora = await signIn(inbox, 'dora');
    expect(linked(await list(dora))).toContain(held.approval);
    await people.ada.send(pathOf(held), { ...named, days: '0', nonce: await nonce('delegate') });
    expect(linked(await list(dora))).not.toContain(held.approval);
  });

  it.each(['cleo', 'vera'] as const)('is not there for %s, whose it is not', async (name) => {
    const held = await holdOrder(world);
    const none = await people[name].open('/inbox/approvals/apr_00000000');
    const shown = await people[name].open(pathOf(held));
    expect([shown.status, shown.text]).toEqual([404, none.text]);
    const nonce = await people.ada.nonce(pathOf(held));
    expect(await people[name].send(pathOf(held), { decision: 'approve', nonce })).toMatchObject({
      status: 404,
    });
    expect(await people[name].open('/inbox/approvals/..%2F..%2Fregistry')).toMatchObject({ status: 404 });
    expect(await rowOf(held)).toMatchObject({ votes: [] });
  });

  it.each([
    ['another origin', { origin: 'https://evil.example.com' }],
    ['a cross-site page', { 'sec-fetch-site': 'cross-site' }],
    ['a script’s content type', { 'content-type': 'application/json' }],
  ])('counts for nothing from %s', async (_, headers) => {
    const held = await holdOrder(world);
    const form = { decision: 'approve', nonce: await people.ada.nonce(pathOf(held)) };
    const forged = await people.ada.send(pathOf(held), form, { ...fromThePage, ...headers });
    expect(forged.status).toBe(403);
    expect(await rowOf(held)).toMatchObject({ votes: [] });
  });

  it('needs the nonce of this session, this request and this form', async () => {
    const [held, other] = [await holdOrder(world), await holdOrder(world)];
    const elsewhere = await signIn(inbox, 'ada');
    const nonces = [
      await elsewhere.nonce(pathOf(held)),
      await people.ada.nonce(pathOf(other)),
      await people.ada.nonce(pathOf(held), 'ask'),
      await people.ben.nonce(pathOf(held)),
      '',
    ];
    for (const nonce of nonces)
      expect(await people.ada.send(pathOf(held), { decision: 'approve', nonce })).toMatchObject({
        status: 403,
      });
    expect(await rowOf(held)).toMatchObject({ votes: [] });
  });

  it('ends with the session: signed out, over, or the person left', async () => {
    const held = await holdOrder(world);
    const rita = await signIn(inbox, 'rita');
    const nonce = await rita.nonce(pathOf(held));
    expect(nonce).not.toBe('');
    await world.apply(change(rules, 'Person rita', { status: 'left' }));
    expect(await rita.send(pathOf(held), { decision: 'approve', nonce })).toMatchObject({ status: 401 });
    await world.apply(rules);
    expect(await browserOf(inbox).send(pathOf(held), { decision: 'approve', nonce })).toMatchObject({
      status: 401,
    });
    expect(await rowOf(held)).toMatchObject({ votes: [] });
  });

  it('is shown under the page’s own policy, uncached, with no script', async () => {
    const held = await holdOrder(world);
    for (const path of ['/inbox', pathOf(held)]) {
      const { headers, text } = await people.ada.open(path);
      expect(headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(headers.get('cache-control')).toBe('no-store');
      expect(text).not.toMatch(/<script|<img|<link|src=|onclick/i);
    }
  });
});
