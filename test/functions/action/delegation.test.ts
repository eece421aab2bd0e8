import { decodeJwt, exportJWK, generateKeyPair } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { gateKey } from '../../../core/agent/agent.ts';
import { actionId, approvalIdOf } from '../../../core/id.ts';
import { executeApproved } from '../../../functions/action/execute-approved.ts';
import { approvalMail } from '../../../functions/approval/approval-mail.ts';
import type { PersonRow } from '../../../core/governance/person.ts';
import type { PageView } from '../../../functions/approval/page-view.ts';
import { whoPart } from '../../../functions/approval/request-parts.ts';
import { loadApproval } from '../../../functions/aws/load-approval.ts';
import { createGovernanceApi } from '../../../functions/governance/governance-api.ts';
import { clerk, lending, lendingCompany, seller } from '../../harness/delegations.ts';
import { buyer, order, second, startWorld, type World } from '../../harness/door.ts';
import { later, NOW } from '../../harness/facts.ts';
import { type Answered, answered, signedBy } from '../../harness/http.ts';
import { change } from '../../harness/organisation.ts';
import { ann, bob, switchDesk } from '../../harness/switches.ts';
import { vote } from '../../harness/votes.ts';

let world: World;
let desk: ReturnType<typeof lending>;
beforeAll(async () => {
  world = await startWorld();
  await world.apply(lendingCompany());
  desk = lending(world);
});
afterAll(() => world.stop());
beforeEach(() => {
  world.clock.now = later((world.clock.now.getTime() - NOW.getTime()) / 1000 + 2);
  world.erp.calls.length = 0;
});

const wait = (seconds: number) => {
  world.clock.now = new Date(world.clock.now.getTime() + seconds * 1000);
};
const suspend = (id: string) => world.apply(change(lendingCompany(), `Agent ${id}`, { stage: 'suspended' }));
const restore = () => world.apply(lendingCompany());
const lift = async () => {
  await switchDesk(world).restore(`agent:${buyer}`);
  await switchDesk(world).restore(`agent:${buyer}`, bob);
};
const big = { input: { ...order, total: '2000.00' } };
const idOf = ({ body }: Answered) => actionId.parse(body['id'] ?? (body['action'] as { id: string }).id);
const eventsOf = async (subject: string) =>
  (await world.database.events()).filter((event) => event.subject === subject);
const isDenied = (answer: Answered, code: string, detail = '') => {
  expect(answer).toMatchObject({ status: 403, body: { title: code } });
  expect(answer.body['detail']).toContain(detail);
  expect(world.erp.calls).toHaveLength(0);
};

describe('an agent that was lent another’s say', () => {
  it('acts as itself, on the record via its lender, and both gates count it', async () => {
    const { token, made } = await desk.chain(buyer, second);
    expect(decodeJwt(token)).toMatchObject({ sub: second, dlg: made[0] });
    const [was] = await world.deps.registry.load([gateKey(buyer)]);
    const answer = await desk.act(token);
    expect(answer).toMatchObject({ status: 200, body: { status: 'succeeded' } });
    for (const event of await eventsOf(`ACTION#${idOf(answer)}`)) {
      expect(event).toMatchObject({ agent: second, via: [buyer], delegation: made[0] });
    }
    const [is] = await world.deps.registry.load([gateKey(buyer)]);
    expect(is?.['actionsToday']).toBe(Number(was?.['actionsToday']) + 1);
    const [lent] = await eventsOf(`DELEGATION#${made[0]}`);
    expect(lent).toMatchObject({
      type: 'delegation.made',
      actor: { id: buyer },
      via: [buyer],
      purpose: 'Help me buy',
      data: { to: second },
    });
  });

  it('acts at the end of a chain of three', async () => {
    const { token, made } = await desk.chain(buyer, second, clerk);
    const answer = await desk.act(token);
    expect(answer.status).toBe(200);
    const [started] = await eventsOf(`ACTION#${idOf(answer)}`);
    expect(started).toMatchObject({ agent: clerk, via: [buyer, second], delegation: made[1] });
  });

  it('leaves no trace of it where it acts by itself', async () => {
    const answer = await desk.act(await desk.tokenOf(second));
    const [started] = await eventsOf(`ACTION#${idOf(answer)}`);
    expect(started).not.toHaveProperty('via');
    expect(started).not.toHaveProperty('delegation');
  });

  it('gets no rights it has not got itself, with or without', async () => {
    const { token } = await desk.chain(buyer, seller);
    isDenied(await desk.act(await desk.tokenOf(seller)), 'unknown-tool');
    isDenied(await desk.act(token), 'unknown-tool');
  });

  it('gets no rights its lender has not got, and is told whose and why, not which rules', async () => {
    const { token } = await desk.chain(seller, buyer);
    const answer = await desk.act(token);
    isDenied(answer, 'unknown-tool', `${seller}, which lent its say, may not do this itself: unknown-tool`);
    expect(answer.body['policies']).toEqual([]);
    expect((await desk.act(await desk.tokenOf(buyer))).status).toBe(200);
  });

  it('foresees what the door would say', async () => {
    const { token } = await desk.chain(seller, buyer);
    const asked = { tool: 'erp.create_order', input: order, purpose: 'A question' };
    const foreseen = await desk.post(token, '/v1/actions:explain', asked);
    expect(foreseen.body).toMatchObject({ outcome: 'deny', reason: 'unknown-tool' });
  });
});

it('reads not a row more where nobody lent anything', async () => {
  const asked: number[] = [];
  const { registry } = world.deps;
  const counting = lending(world, {
    registry: {
      ...registry,
      load: (keys) => {
        asked.push(keys.length);
        return registry.load(keys);
      },
    },
  });
  const own = await counting.tokenOf(second);
  const { token } = await desk.chain(buyer, second);
  asked.length = 0;
  await counting.act(own);
  expect(asked).toHaveLength(1);
  await counting.act(token);
  expect(asked.length).toBeGreaterThan(2);
});

it('is decided again the same, with everyone who lent', async () => {
  const { registry, now } = world.deps;
  const api = createGovernanceApi({ registry, releases: world.releases, now });
  for (const ids of [
    [buyer, second],
    [seller, buyer],
  ]) {
    const { token } = await desk.chain(...ids);
    const action = idOf(await desk.act(token, big));
    const explained = await answered(await api.request(`/v1/decisions/${action}`, {}, signedBy(ann)));
    expect(explained.body).toMatchObject({ reproduced: true, asked: { links: [{ id: ids[0] }] } });
  }
});

describe('a delegation', () => {
  it.each<[string, string[], string]>([
    ['a fourth', [buyer, second, clerk, seller], 'too-many-lenders'],
    ['its maker', [buyer, buyer], 'cycle'],
    ['who lent it', [buyer, second, buyer], 'cycle'],
    ['nobody known', [buyer, 'agt_nobody'], 'unknown-borrower'],
  ])('is not made to %s', async (_, ids, code) => {
    const { token } = await desk.chain(...ids.slice(0, -1));
    expect(await desk.lend(token, ids.at(-1) ?? '')).toMatchObject({ status: 422, body: { title: code } });
  });

  it('is for its tools alone, and under another one only for what is in both', async () => {
    const tools = ['erp.get_budget', 'erp.send_letter'];
    const first = await desk.lent(await desk.tokenOf(buyer), second, { tools });
    const token = await desk.tokenOf(second, first);
    isDenied(await desk.act(token), 'not-delegated', 'erp.get_budget, erp.send_letter alone');
    const wide = await desk.lend(token, clerk, { tools: ['erp.create_order', 'erp.get_budget'] });
    expect(wide.body).toMatchObject({ tools: ['erp.get_budget'], chain: [buyer, second] });
    const whole = await desk.lend(token, clerk);
    expect(whole.body).toMatchObject({ tools });
    expect(await desk.lend(token, clerk, { tools: ['erp.create_order'] })).toMatchObject({
      status: 422,
      body: { title: 'nothing-lent' },
    });
    const narrow = await desk.tokenOf(clerk, String(wide.body['id']));
    isDenied(await desk.act(narrow), 'not-delegated');
    const budget = { tool: 'erp.get_budget', input: { unit: 'operations' } };
    expect((await desk.act(narrow, budget)).status).toBe(200);
  });

  it('never outlives the one it was made under, nor its tokens it', async () => {
    const first = await desk.lent(await desk.tokenOf(buyer), second, { expiresSeconds: 120 });
    const token = await desk.tokenOf(second, first);
    const under = await desk.lend(token, clerk, { expiresSeconds: 3600 });
    const ends = new Date(world.clock.now.getTime() + 120_000).toISOString();
    expect(under.body['expiresAt']).toBe(ends);
    expect(decodeJwt(token).exp).toBe(Math.floor(Date.parse(ends) / 1000));
    const last = await desk.tokenOf(clerk, String(under.body['id']));
    wait(121);
    isDenied(await desk.act(last), 'delegation-expired');
    expect(await desk.signIn(second, first)).toMatchObject({ status: 403, body: { title: 'invalid-grant' } });
  });

  it.each([59, 3601, 60.5])('does not last %s seconds', async (expiresSeconds) => {
    expect((await desk.lend(await desk.tokenOf(buyer), second, { expiresSeconds })).status).toBe(400);
  });

  it('is made once, however often its key is sent, and its key carries no other', async () => {
    const token = await desk.tokenOf(buyer);
    const first = await desk.lend(token, second, {}, 'lend-0001');
    expect((await desk.lend(token, second, {}, 'lend-0001')).body).toEqual(first.body);
    expect(await desk.lend(token, clerk, {}, 'lend-0001')).toMatchObject({ body: { title: 'key-reused' } });
    expect(await eventsOf(`DELEGATION#${String(first.body['id'])}`)).toHaveLength(1);
  });

  it.each<[string, number]>([
    ['by the first lender', 0],
    ['by the one in the middle', 1],
    ['by who acts', 2],
  ])('ends at once, revoked %s, in the middle of a token', async (_, n) => {
    const { token, made } = await desk.chain(buyer, second, clerk);
    const revoked = await desk.revoke(await desk.tokenOf([buyer, second, clerk][n] ?? ''), made[1] ?? '');
    expect(revoked.status).toBe(200);
    isDenied(await desk.act(token), 'delegation-revoked');
    expect(await desk.signIn(clerk, made[1])).toMatchObject({ body: { title: 'invalid-grant' } });
    expect((await desk.act(await desk.tokenOf(clerk))).status).toBe(200);
    expect((await eventsOf(`DELEGATION#${made[1]}`)).map(({ type }) => type)).toEqual([
      'delegation.made',
      'delegation.revoked',
    ]);
  });

  it('takes those made under it along', async () => {
    const { token, made } = await desk.chain(buyer, second, clerk);
    await desk.revoke(await desk.tokenOf(buyer), made[0] ?? '');
    isDenied(await desk.act(token), 'delegation-revoked');
    expect(await desk.signIn(clerk, made[1])).toMatchObject({ body: { title: 'invalid-grant' } });
  });

  it('is nothing to an agent that does not stand in it', async () => {
    const { token, made } = await desk.chain(buyer, second);
    const stranger = await desk.revoke(await desk.tokenOf(seller), made[0] ?? '');
    expect(stranger).toMatchObject({ status: 404, body: { title: 'unknown-delegation' } });
    const unheard = await desk.revoke(await desk.tokenOf(seller), 'dlg_00000000');
    expect(unheard.body['detail']).toBe(stranger.body['detail']);
    expect((await desk.act(token)).status).toBe(200);
  });

  it('ends with the token it was made by', async () => {
    const { token } = await desk.chain(buyer, second);
    const { registry, now } = world.deps;
    const api = createGovernanceApi({ registry, releases: world.releases, now });
    wait(2);
    const revoked = await answered(
      await api.request(`/v1/agents/${buyer}/tokens/revoke`, { method: 'POST' }, signedBy(ann)),
    );
    expect(revoked.status).toBe(200);
    isDenied(await desk.act(token), 'delegation-revoked');
  });
});

describe('a token', () => {
  it('is had with an assertion by an agent that keeps a key', async () => {
    const { publicKey, privateKey } = await generateKeyPair('EdDSA', { extractable: true });
    const jwk = { ...(await exportJWK(publicKey)), kid: 'own' };
    await world.apply(change(lendingCompany(), `Agent ${second}`, { keys: [jwk], workloads: [] }));
    const made = await desk.lent(await desk.tokenOf(buyer), second);
    const ask = async (delegation: string) =>
      desk.byAssertion(second, { privateKey, kid: 'own' }, delegation);
    const { status, body } = await ask(made);
    expect(status).toBe(200);
    expect(decodeJwt(String(body['access_token']))).toMatchObject({ sub: second, dlg: made });
    expect((await desk.act(String(body['access_token']))).status).toBe(200);
    const foreign = await desk.lent(await desk.tokenOf(buyer), clerk);
    expect(await ask(foreign)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
    await restore();
  });

  it.each<[string, (made: string) => string | undefined]>([
    ['for a delegation to another', (made) => made],
    ['for one that nobody made', () => 'dlg_0000000000000000'],
    ['for what is no id', () => 'ACTION#x'],
    ['for an empty id', () => ''],
  ])('is not given %s', async (_, named) => {
    const { made } = await desk.chain(buyer, second);
    const answer = await desk.signIn(clerk, named(made[0] ?? ''));
    expect(answer).toMatchObject({ status: 403, body: { title: 'invalid-grant' } });
    expect(answer.body['detail']).toBe('there is no such delegation to this agent');
  });

  it.each<[string, (made: string) => string]>([
    ['another’s delegation', (made) => made],
    ['one that nobody made', () => 'dlg_0000000000000000'],
  ])('that names %s opens nothing', async (_, named) => {
    const { made } = await desk.chain(buyer, second);
    const dlg = named(made[0] ?? '') as never;
    isDenied(await desk.act(await desk.forge(clerk, { dlg })), 'delegation-unknown');
    const lend = await desk.lend(await desk.forge(clerk, { dlg }), seller);
    expect(lend).toMatchObject({ status: 422, body: { title: 'not-lent' } });
  });
});

describe('whoever lent', () => {
  it.each<[string, string]>([
    ['the first', buyer],
    ['the middle one', second],
  ])('suspended, %s stops it all', async (_, id) => {
    const { token } = await desk.chain(buyer, second, clerk);
    await suspend(id);
    isDenied(await desk.act(token), 'agent-inactive', `${id}, which lent its say, may not`);
    await restore();
    expect((await desk.act(token)).status).toBe(200);
  });

  it('under a kill switch stops it', async () => {
    const { token } = await desk.chain(buyer, second);
    await switchDesk(world).stop(`agent:${buyer}`);
    isDenied(await desk.act(token), 'blocked', buyer);
    await lift();
    expect((await desk.act(token)).status).toBe(200);
  });

  it('stops it when its day is used up, for it counts there too', async () => {
    const { token } = await desk.chain(buyer, second);
    expect((await desk.act(token)).status).toBe(200);
    world.erp.calls.length = 0;
    await world.apply(change(lendingCompany(), `Agent ${buyer}`, { dailyActions: 1 }));
    isDenied(await desk.act(token), 'daily-cap', buyer);
    await restore();
  });

  it.each<[string, (made: string) => Promise<unknown>, string]>([
    ['suspended', () => suspend(buyer), 'agent-inactive'],
    ['stopped by a kill switch', () => switchDesk(world).stop(`agent:${buyer}`), 'blocked'],
    ['revoking', async (made) => desk.revoke(await desk.tokenOf(buyer), made), 'delegation-revoked'],
  ])('%s between decision and commit still stops it', async (_, strike, code) => {
    const { token, made } = await desk.chain(buyer, second);
    let struck = false;
    const racing = lending(world, {
      judge: async (...asked) => {
        if (!struck) await strike(made[0] ?? '');
        struck = true;
        return world.deps.judge(...asked);
      },
    });
    isDenied(await racing.act(token), code);
    await restore();
    await lift();
  });

  it('under a kill switch keeps a call that was cut off from being made again', async () => {
    const { token } = await desk.chain(buyer, second);
    const cut = lending(world, { callTool: () => Promise.reject(new Error('the process died')) });
    expect((await cut.act(token, {}, 'cut-off-0001')).status).toBe(500);
    await switchDesk(world).stop(`agent:${buyer}`);
    wait(60);
    expect(await desk.act(token, {}, 'cut-off-0001')).toMatchObject({
      status: 409,
      body: { title: 'in-flight' },
    });
    expect(world.erp.calls).toHaveLength(0);
    await lift();
    expect((await desk.act(token, {}, 'cut-off-0001')).status).toBe(200);
  });
});

describe('a held action of a chain', () => {
  const held = async () => {
    const { token, made } = await desk.chain(buyer, second);
    const answer = await desk.act(token, big);
    expect(answer.status).toBe(202);
    const action = idOf(answer);
    return { action, approval: approvalIdOf(action), made: made[0] ?? '' };
  };

  it('asks no sponsor of an agent in it, and tells who lent whom, on page and in mail', async () => {
    const asked = await held();
    const { registry, now } = world.deps;
    const { electorate } = await loadApproval(registry, asked.approval, now());
    expect(electorate.excluded).toEqual(expect.arrayContaining(['vera', 'rita']));
    for (const sponsor of ['vera', 'rita']) await expect(vote(world, asked, sponsor)).rejects.toThrow();
    const facts = await loadApproval(registry, asked.approval, now());
    const ben = facts.electorate.people.find(({ id }) => id === 'ben');
    const page = whoPart({ action: facts.action, agent: facts.agent } as PageView);
    expect(String(await page)).toContain('agt_buyer → agt_second');
    const mail = await approvalMail(facts, ben as PersonRow, 'https://api.example.com/approvals/x');
    expect(mail.text).toContain('Via: agt_buyer → agt_second');
    expect(mail.html).toContain('Via: agt_buyer → agt_second');
    await vote(world, asked, 'ben');
    expect(await executeApproved(world.deps, asked.action)).toMatchObject({
      status: 'succeeded',
      via: [buyer],
    });
  });

  it('binds what is approved to the chain', async () => {
    const { action } = await held();
    const own = await desk.act(await desk.tokenOf(second), big);
    const [chained, alone] = await Promise.all(
      [action, idOf(own)].map(async (id) => (await eventsOf(`ACTION#${id}`))[0]?.data['digest']),
    );
    expect(chained).not.toBe(alone);
  });

  it.each<[string, (made: string) => Promise<unknown>, string]>([
    ['is suspended', () => suspend(buyer), 'agent-inactive'],
    ['revoked', async (made) => desk.revoke(await desk.tokenOf(buyer), made), 'delegation-revoked'],
    [
      'may not do it any more',
      () => world.apply(change(lendingCompany(), `Agent ${buyer}`, { roles: [] })),
      'not-permitted',
    ],
  ])('ends denied when whoever lent %s meanwhile', async (_, strike, code) => {
    const asked = await held();
    await vote(world, asked, 'ben');
    await strike(asked.made);
    const row = await executeApproved(world.deps, asked.action);
    expect(row).toMatchObject({ status: 'denied', problem: { code } });
    expect(world.erp.calls).toHaveLength(0);
    await restore();
  });
});
