import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { approvalKey } from '../../../core/approval/approval.ts';
import { API_URL, browse, type Desk, fromThePage, openDesk } from '../../harness/approvers.ts';
import { order, startWorld, type World } from '../../harness/door.ts';
import { later, NOW } from '../../harness/facts.ts';
import { type Held, holdOrder } from '../../harness/votes.ts';

let world: World;
let desk: Desk;
const links: string[] = [];
const all: Held[] = [];
beforeAll(async () => {
  world = await startWorld();
  desk = openDesk(world);
  while (links.length < 50) {
    const held = await holdOrder(world);
    all.push(held);
    links.push(...(await desk.ask(held)).values());
  }
});
afterAll(() => world.stop());
beforeEach(() => {
  world.clock.now = NOW;
});

const page = () => browse(world);
const scan = async (TableName: string) =>
  (await world.database.client.send(new ScanCommand({ TableName }))).Items;
const contents = async () => [await scan('registry'), await scan('audit')];
const approvalOf = async ({ approval }: Held) => (await world.deps.registry.load([approvalKey(approval)]))[0];
async function asked() {
  const held = await holdOrder(world);
  const given = await desk.ask(held);
  return { ...held, ada: given.get('ada@example.com') ?? '', ben: given.get('ben@example.com') ?? '' };
}

describe('a mail scanner with fifty links', () => {
  it('writes nothing by GET, GET twice, HEAD and GET, or by following every link of the page', async () => {
    const before = await contents();
    for (const link of links) {
      for (const method of ['GET', 'GET', 'HEAD', 'GET']) await page().open(link, method);
      const { text } = await page().open(link);
      const targets = [...text.matchAll(/(?:href|action|src)="([^"]*)"/g)].map(([, to = '']) => to);
      for (const to of [...targets, '?view=full']) await page().open(new URL(to, link).href);
    }
    expect(await contents()).toEqual(before);
  });

  const { origin, ...noOrigin } = fromThePage;
  it.each<[string, Record<string, string>, boolean]>([
    ['without the nonce', fromThePage, false],
    ['from another origin', { ...fromThePage, origin: 'https://evil.example.com' }, true],
    ['without an origin', noOrigin, true],
    ['that a browser calls cross-site', { ...fromThePage, 'sec-fetch-site': 'cross-site' }, true],
    ['with a JSON body', { ...fromThePage, 'content-type': 'application/json' }, true],
  ])('decides nothing by POST %s', async (_, headers, withNonce) => {
    const before = await contents();
    for (const link of links.slice(0, 5)) {
      const nonce = withNonce ? await page().nonce(link) : '';
      const { status } = await page().send(link, { decision: 'approve', nonce }, headers);
      expect(status).toBe(403);
    }
    expect(await contents()).toEqual(before);
    expect(origin).toBe(API_URL);
  });
});

describe('a request too long to be seen at once', () => {
  it('carries forms and nonces only where everything is shown', async () => {
    const { body } = await world.act({ input: { ...order, vendor: 'x'.repeat(9000), total: '2000.00' } });
    const approval = String(body['id']).replace('act_', 'apr_') as Held['approval'];
    const link = (await desk.ask({ approval })).get('ada@example.com') ?? '';
    const short = await page().open(link);
    expect(short.text).toContain('Show everything');
    expect(short.text).not.toMatch(/<form|name="nonce"/);
    const nonce = await page().nonce(`${link}?view=full`);
    expect(nonce).not.toBe('');
    expect((await page().open(`${link}?view=full`)).text).toContain('x'.repeat(9000));
    expect(await page().send(link, { decision: 'approve', nonce })).toMatchObject({ status: 303 });
  });
});

describe('a question', () => {
  it('is recorded, shown to every approver and to the agent without its asker, and decides nothing', async () => {
    const held = await asked();
    const form = { decision: 'ask', question: 'Why <b>now</b>?', nonce: await page().nonce(held.ada, 'ask') };
    expect(await page().send(held.ada, form)).toMatchObject({ status: 303 });
    expect((await page().open(held.ben)).text).toContain('Why &lt;b&gt;now&lt;/b&gt;?');
    const { body } = await world.get(`/v1/actions/${held.action}`);
    expect(body['questions']).toEqual([{ number: 1, text: 'Why <b>now</b>?', at: NOW.toISOString() }]);
    expect(await approvalOf(held)).toMatchObject({ status: 'pending', votes: [] });
    const events = (await world.database.events()).filter(({ type }) => type === 'approval.questioned');
    expect(events).toMatchObject([{ actor: { kind: 'person', id: 'ada' }, approval: held.approval }]);
  });

  it('needs the nonce of its own form', async () => {
    const held = await asked();
    const form = { decision: 'ask', question: 'Why?', nonce: await page().nonce(held.ada) };
    expect(await page().send(held.ada, form)).toMatchObject({ status: 403 });
    const vote = { decision: 'approve', nonce: await page().nonce(held.ada, 'ask') };
    expect(await page().send(held.ada, vote)).toMatchObject({ status: 403 });
  });
});

describe('delegation', () => {
  it('lets a colleague decide in one’s place, and ends by 0 days', async () => {
    const held = await asked();
    const send = async (days: string, colleague = 'dora') =>
      page().send(held.ada, {
        decision: 'delegate',
        colleague,
        days,
        nonce: await page().nonce(held.ada, 'delegate'),
      });
    expect(await send('1', 'nobody')).toMatchObject({ status: 409 });
    expect((await send('3')).text).toContain('dora may decide in your place until 2026-11-26');
    const given = await desk.ask(await holdOrder(world));
    expect([...given.keys()]).toContain('dora@example.com');
    expect((await send('0')).text).toContain('Nobody decides in your place');
    expect([...(await desk.ask(await holdOrder(world))).keys()]).not.toContain('dora@example.com');
  });
});

describe('what a link is worth', () => {
  it('is told in distinct words when it is refused', async () => {
    const [held, other] = [await asked(), await asked()];
    const nonce = await page().nonce(held.ada);
    const vote = (link: string, given: string) => page().send(link, { decision: 'approve', nonce: given });
    const foreign = await vote(held.ben, nonce);
    const elsewhere = await vote(other.ada, nonce);
    world.clock.now = later(3601);
    const late = await vote(held.ada, nonce);
    world.clock.now = later(3599);
    expect(await vote(held.ada, nonce)).toMatchObject({ status: 303 });
    const again = await vote(held.ada, nonce);
    const unknown = await vote(`${API_URL}/approvals/${'x'.repeat(43)}`, nonce);
    world.clock.now = NOW;
    await desk.ask(other);
    const replaced = await vote(other.ada, nonce);
    const answers = [foreign, late, again, unknown, replaced];
    expect([elsewhere, ...answers].map(({ status }) => status)).toEqual([403, 403, 409, 409, 404, 404]);
    expect(new Set(answers.map(({ text }) => text)).size).toBe(answers.length);
  });

  it('is nowhere to be found at rest, in logs or in events after a whole flow', async () => {
    const held = await asked();
    await page().send(held.ada, { decision: 'approve', nonce: await page().nonce(held.ada) });
    const events = JSON.stringify([await scan('audit'), world.lines]);
    const dump = JSON.stringify(await scan('registry')) + events;
    for (const secret of desk.secrets) expect(dump.includes(secret)).toBe(false);
    expect(events).not.toMatch(/task-token|\/approvals\//);
  });
});
