import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { actionId, approvalIdOf } from '../../../core/id.ts';
import { approvalKey, linkKey } from '../../../core/approval/approval.ts';
import { hashSecret } from '../../../functions/approval/ask-approvers.ts';
import { API_URL, browse, type Desk, fromThePage, openDesk } from '../../harness/approvers.ts';
import { buyer, order, startWorld, type World } from '../../harness/door.ts';
import { later, NOW } from '../../harness/facts.ts';
import { change, organisation } from '../../harness/organisation.ts';
import { type Held, holdOrder } from '../../harness/votes.ts';
import { openWork, taskDesk } from '../../harness/work.ts';

let world: World;
let desk: Desk;
beforeAll(async () => {
  world = await startWorld();
  desk = openDesk(world);
});
afterAll(() => world.stop());
beforeEach(() => {
  world.clock.now = NOW;
});

const page = () => browse(world);
type Asked = Held & { readonly ada: string; readonly ben: string };
async function asked(total?: string): Promise<Asked> {
  const held = await holdOrder(world, total);
  const links = await desk.ask(held);
  return { ...held, ada: links.get('ada@example.com') ?? '', ben: links.get('ben@example.com') ?? '' };
}
const approvalOf = async ({ approval }: Held) => (await world.deps.registry.load([approvalKey(approval)]))[0];
const votesOf = async (held: Held) => (await approvalOf(held))?.['votes'];
const contents = async () => {
  const scan = (TableName: string) => world.database.client.send(new ScanCommand({ TableName }));
  return [(await scan('registry')).Items, (await scan('audit')).Items];
};

describe('a decision that lost every race', () => {
  it('says so and counts nothing, so that the person presses again', async () => {
    const { ada, ...held } = await asked();
    const registry = { ...world.deps.registry, commit: async () => false };
    const busy = browse({ ...world, deps: { ...world.deps, registry } });
    const answer = await busy.send(ada, { decision: 'approve', nonce: await busy.nonce(ada) });
    expect([answer.status, answer.text]).toEqual([503, expect.stringContaining('yours was not counted')]);
    expect(await votesOf(held)).toEqual([]);
  });
});

describe('opening a link', () => {
  it('shows the request and writes nothing, however often and by whom it is opened', async () => {
    const { ada } = await asked();
    const before = await contents();
    for (let n = 0; n < 3; n += 1) {
      const shown = await page().open(ada);
      expect(shown.status).toBe(200);
      expect(shown.text).toContain('Northwind');
      expect((await page().open(ada, 'HEAD')).status).toBe(200);
    }
    expect(await contents()).toEqual(before);
  });

  it('shows the whole input, the purpose, the rule, who else is asked and until when', async () => {
    const { ada } = await asked('1234.50');
    const { text } = await page().open(ada);
    for (const told of [
      'erp.create_order',
      '1234.50',
      'USD',
      'Asked for by a colleague',
      'Orders over 1000.00 are asked for',
      '1 of budget-owners',
      '2026-11-23 11:00 UTC',
      'Your decision, ada',
    ]) {
      expect(text).toContain(told);
    }
  });

  it('is neither cached, framed, indexed nor scripted, and leaks no address', async () => {
    const { ada } = await asked();
    const { headers, text } = await page().open(ada);
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("form-action 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/script-src|unsafe|https?:/);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('referrer-policy')).toBe('same-origin');
    expect(headers.get('x-robots-tag')).toContain('noindex');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('set-cookie')).toBeNull();
    expect(text).not.toMatch(/<script|<img|<link|src=|onclick/i);
  });

  it.each([
    ['was never given', `${API_URL}/approvals/${randomBytes(32).toString('base64url')}`],
    ['is too short', `${API_URL}/approvals/abc`],
    ['climbs out', `${API_URL}/approvals/..%2F..%2Fregistry`],
  ])('tells nothing when it %s', async (_, link) => {
    expect(await page().open(link)).toMatchObject({ status: 404 });
    expect(await page().send(link, { decision: 'approve', nonce: 'x' })).toMatchObject({ status: 404 });
  });

  it('carries hostile text as text: no markup, nothing invisible', async () => {
    const hostile = '</dd><script>alert(1)</script>"\'&\u202Egnp.exe\u200B\u2066\u{E0041}\uFE0F\u034F';
    const { body } = await world.act({
      input: { ...order, vendor: hostile, total: '2000.00' },
      purpose: `<img src=x onerror=alert(1)>\u202Eevil\r\nBcc: all`,
    });
    const links = await desk.ask({
      approval: String(body['id']).replace('act_', 'apr_') as Held['approval'],
    });
    const { text } = await page().open(links.get('ada@example.com') ?? '');
    expect(text).not.toMatch(/<script|<img/);
    expect(text).toContain('&lt;script&gt;');
    for (const code of ['202E', '200B', '2066', 'E0041', 'FE0F', '034F', '000D']) {
      expect(text).toContain(`⟨U+${code}⟩`);
    }
    expect(text).not.toMatch(/[\u202A-\u202E\u2066-\u2069\u200B\uFE0F\u034F]|\u{E0041}/u);
  });
});

describe('deciding', () => {
  it('counts the vote, answers 303 back to the page and shows the outcome there', async () => {
    const held = await asked();
    const given = await page().send(held.ada, { decision: 'approve', nonce: await page().nonce(held.ada) });
    expect(given.status).toBe(303);
    expect(given.headers.get('location')).toBe(new URL(held.ada).pathname);
    expect(given.headers.get('cache-control')).toBe('no-store');
    expect(await approvalOf(held)).toMatchObject({ status: 'approved', votes: [{ person: 'ada' }] });
    const after = await page().open(held.ada);
    expect(after.text).toContain('Approved.');
    expect(after.text).not.toContain('<form');
  });

  it('asks for a reason to deny, with the form again, and counts nothing until it has one', async () => {
    const held = await asked();
    const nonce = await page().nonce(held.ada);
    for (const form of [
      { decision: 'deny', nonce },
      { decision: 'deny', nonce, reason: '   ' },
    ]) {
      const again = await page().send(held.ada, form);
      expect(again.status).toBe(422);
      expect(again.text).toContain('role="alert"');
      expect(again.text).toContain(`value="${nonce}"`);
    }
    expect(await votesOf(held)).toEqual([]);
    const given = await page().send(held.ada, { decision: 'deny', nonce, reason: 'too <b>dear</b>' });
    expect(given.status).toBe(303);
    expect(await approvalOf(held)).toMatchObject({
      status: 'denied',
      votes: [{ reason: 'too <b>dear</b>' }],
    });
    const { text } = await page().open(held.ben);
    expect(text).toContain('too &lt;b&gt;dear&lt;/b&gt;');
  });

  it('keeps with the vote since when its person had the page before them, and writes nothing before', async () => {
    const held = await asked();
    world.clock.now = later(600);
    const before = await contents();
    const nonce = await page().nonce(held.ada);
    expect(await contents()).toEqual(before);
    world.clock.now = later(603);
    await page().send(held.ada, { decision: 'deny', nonce });
    await page().open(held.ada);
    expect(await contents()).toEqual(before);
    const again = /name="nonce" value="([^"]+)"/.exec(
      (await page().send(held.ada, { decision: 'deny', nonce })).text,
    )?.[1];
    world.clock.now = later(620);
    await page().send(held.ada, { decision: 'deny', nonce: again ?? '', reason: 'too dear' });
    expect(await votesOf(held)).toMatchObject([
      { person: 'ada', seenAt: later(600).toISOString(), at: later(620).toISOString() },
    ]);
  });

  it('takes no form whose time was changed', async () => {
    const held = await asked();
    const [moment = '', mac = ''] = (await page().nonce(held.ada)).split('.');
    const earlier = (Number.parseInt(moment, 36) - 60_000).toString(36);
    for (const nonce of [`${earlier}.${mac}`, `${moment}x.${mac}`, mac, `.${mac}`, `${moment}.`]) {
      expect((await page().send(held.ada, { decision: 'approve', nonce })).status).toBe(403);
    }
    expect(await votesOf(held)).toEqual([]);
  });

  it('counts one vote a person, whether it is sent twice or at once', async () => {
    const held = await asked('20000.00');
    const nonce = await page().nonce(held.ada);
    const sent = await Promise.all(
      Array.from({ length: 5 }, () => page().send(held.ada, { decision: 'approve', nonce })),
    );
    expect(sent.filter(({ status }) => status === 303)).toHaveLength(1);
    expect(sent.filter(({ status }) => status === 409)).toHaveLength(4);
    expect(await votesOf(held)).toHaveLength(1);
    expect((await page().open(held.ada)).text).not.toContain('<form');
  });

  it('is refused from the deadline on', async () => {
    const held = await asked();
    const nonce = await page().nonce(held.ada);
    world.clock.now = new Date(NOW.getTime() + 3_600_000);
    const late = await page().send(held.ada, { decision: 'approve', nonce });
    expect(late.status).toBe(409);
    expect(late.text).toContain('Nothing was decided');
    expect(await votesOf(held)).toEqual([]);
    world.clock.now = new Date(NOW.getTime() + 3_599_999);
    expect((await page().send(held.ada, { decision: 'approve', nonce })).status).toBe(303);
  });

  it('is refused once the person left the group', async () => {
    const held = await asked();
    const nonce = await page().nonce(held.ada);
    await world.apply(change(organisation(), 'Group budget-owners', { members: ['ben'] }));
    expect((await page().send(held.ada, { decision: 'approve', nonce })).status).toBe(409);
    await world.apply(organisation());
    expect(await votesOf(held)).toEqual([]);
  });
});

describe('a forged decision', () => {
  const { origin, ...noOrigin } = fromThePage;
  const { 'sec-fetch-site': site, ...noSite } = fromThePage;

  it.each<[string, Record<string, string>]>([
    ['from another origin', { ...fromThePage, origin: 'https://evil.example.com' }],
    ['from an origin that begins like ours', { ...fromThePage, origin: `${API_URL}.evil.example.com` }],
    ['from a null origin', { ...fromThePage, origin: 'null' }],
    ['without an origin', noOrigin],
    ['that a browser calls cross-site', { ...fromThePage, 'sec-fetch-site': 'cross-site' }],
    ['that a browser calls same-site', { ...fromThePage, 'sec-fetch-site': 'same-site' }],
    ['that is no form', { ...fromThePage, 'content-type': 'application/json' }],
    ['in plain text', { ...fromThePage, 'content-type': 'text/plain' }],
  ])('%s decides nothing', async (_, headers) => {
    const held = await asked();
    const form = { decision: 'approve', nonce: await page().nonce(held.ada) };
    expect(await page().send(held.ada, form, headers)).toMatchObject({ status: 403 });
    expect(await votesOf(held)).toEqual([]);
  });

  it('needs no Sec-Fetch-Site from browsers that send none', async () => {
    const held = await asked();
    const form = { decision: 'approve', nonce: await page().nonce(held.ada) };
    expect(await page().send(held.ada, form, noSite)).toMatchObject({ status: 303 });
    expect([origin, site]).toEqual([API_URL, 'same-origin']);
  });

  it('without the nonce of this very link decides nothing', async () => {
    const held = await asked();
    const other = await asked();
    const forms = [
      { decision: 'approve' },
      { decision: 'approve', nonce: '' },
      { decision: 'approve', nonce: 'x'.repeat(43) },
      { decision: 'approve', nonce: await page().nonce(other.ada) },
      { decision: 'approve', nonce: await page().nonce(held.ben) },
      { decision: 'perhaps', nonce: await page().nonce(held.ada) },
    ];
    for (const form of forms) {
      const { status } = await page().send(held.ada, Object.fromEntries(Object.entries(form)));
      expect([400, 403]).toContain(status);
    }
    expect(await votesOf(held)).toEqual([]);
  });

  it('larger than a form is refused', async () => {
    const held = await asked();
    const form = { decision: 'deny', nonce: await page().nonce(held.ada), reason: 'x'.repeat(20_000) };
    expect(await page().send(held.ada, form)).toMatchObject({ status: 413 });
  });

  it('by a link of an earlier round decides nothing', async () => {
    const held = await asked();
    const nonce = await page().nonce(held.ada);
    const links = await desk.ask(held);
    expect(await page().open(held.ada)).toMatchObject({ status: 404 });
    expect(await page().send(held.ada, { decision: 'approve', nonce })).toMatchObject({ status: 404 });
    expect(await votesOf(held)).toEqual([]);
    const newest = links.get('ada@example.com') ?? '';
    expect(await page().send(newest, { decision: 'approve', nonce })).toMatchObject({ status: 403 });
    const fresh = await page().nonce(newest);
    expect(await page().send(newest, { decision: 'approve', nonce: fresh })).toMatchObject({ status: 303 });
  });

  it.each([
    ['the sponsor', 'vera', {}],
    ['the person it is done for', 'rita', {}],
    ['someone in no group', 'cleo', {}],
    ['a person nobody knows', 'nobody', {}],
    ['an approver, made for another action', 'ada', { digest: 'x' }],
  ])('by a link in the name of %s decides nothing', async (_, person, fields) => {
    const { task } = await openWork(world, `forged-${person}`);
    await taskDesk(world).post('claim', buyer);
    const { body } = await world.act({ task, input: { ...order, total: '2000.00' } });
    const action = actionId.parse(body['id']);
    const held = { action, approval: approvalIdOf(action) };
    await desk.ask(held);
    const approval = await approvalOf(held);
    const secret = randomBytes(32).toString('base64url');
    const { digest, round } = approval ?? {};
    const link = { approval: held.approval, action, person, digest, round, ttl: 1, ...fields };
    await world.deps.registry.commit({
      writes: [{ kind: 'put', row: { ...linkKey(hashSecret(secret)), v: 1, ...link } }],
      events: [
        {
          v: 1,
          subject: `FORGED#${held.approval}`,
          version: 1,
          type: 'person.changed',
          at: NOW.toISOString(),
          actor: { kind: 'system', id: 'test' },
          data: {},
        },
      ],
      result: undefined,
    });
    const forged = `${API_URL}/approvals/${secret}`;
    const form = { decision: 'approve', nonce: await page().nonce(forged) };
    expect(await page().send(forged, form)).toMatchObject({ status: person === 'ada' ? 409 : 404 });
    expect(await votesOf(held)).toEqual([]);
  });
});
