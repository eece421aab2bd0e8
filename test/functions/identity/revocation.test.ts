import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { agentKey } from '../../../core/agent/agent.ts';
import { createActionsApi } from '../../../functions/action/actions-api.ts';
import { createGovernanceApi } from '../../../functions/governance/governance-api.ts';
import { createAuthenticate } from '../../../functions/http/authenticate.ts';
import { createTokenApi } from '../../../functions/identity/token-api.ts';
import { createTasksApi } from '../../../functions/task/tasks-api.ts';
import { routes as deployed } from '../../../lib/http-api.ts';
import { type AgentKeys, makeKeys, signAssertion } from '../../harness/agents.ts';
import { buyer, order, second, startWorld, type World } from '../../harness/door.ts';
import { later, NOW } from '../../harness/facts.ts';
import { answered, type Answered, signedBy } from '../../harness/http.ts';
import { mcpOf } from '../../harness/mcp.ts';
import { change, organisation } from '../../harness/organisation.ts';
import { tokenKey as key } from '../../harness/token-key.ts';

const ISSUER = 'https://api.example.com';
const ops = signedBy('arn:aws:iam::111122223333:user/ops');
let world: World;
let one: AgentKeys;
let other: AgentKeys;
let refusals = 0;
const refused = async () => {
  refusals += 1;
};
beforeAll(async () => {
  [one, other] = await Promise.all([makeKeys('k1'), makeKeys('k2')]);
});
beforeEach(async () => {
  refusals = 0;
  world = await startWorld();
  await world.apply(withKeys());
  return () => world.stop();
});

/** The organisation with both agents holding both keys. */
function withKeys(keys: readonly object[] = [one.publicJwk, other.publicJwk]) {
  const first = change(organisation(), `Agent ${buyer}`, { keys });
  return change(first, `Agent ${second}`, { keys });
}

const tokenApi = () =>
  createTokenApi({
    registry: world.database.registry,
    key,
    issuer: ISSUER,
    now: world.deps.now,
    newJti: () => crypto.randomUUID(),
    refused,
  });
async function askToken(by: AgentKeys, client: string = buyer): Promise<Answered> {
  const assertion = await signAssertion(by, `${ISSUER}/oauth/token`, world.clock.now, { client });
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: assertion,
  });
  return answered(await tokenApi().request('/oauth/token', { method: 'POST', body }));
}
const tokenOf = async (by: AgentKeys, client: string = buyer) =>
  String((await askToken(by, client)).body['access_token']);

const agentApis = () => {
  const { deps } = world;
  const authenticate = createAuthenticate({ key, issuer: ISSUER, now: deps.now, refused });
  const tasks = { registry: deps.registry, newLease: () => `lease-${crypto.randomUUID()}`, now: deps.now };
  return {
    actions: createActionsApi({ ...deps, authenticate }),
    tasks: createTasksApi({ ...tasks, authenticate }),
    mcp: mcpOf(world, { issuer: ISSUER, authenticate }),
  };
};
const ask = { tool: 'erp.create_order', input: order, purpose: 'why' };
const lease = { lease: 'x'.repeat(30) };
const routes: readonly [string, 'actions' | 'tasks' | 'mcp', string, object | undefined][] = [
  ['the door', 'actions', '/v1/actions', ask],
  ['what the door would say', 'actions', '/v1/actions:explain', ask],
  ['one action', 'actions', '/v1/actions/act_0123456789abcdef', undefined],
  ['taking back', 'actions', '/v1/actions/act_0123456789abcdef/withdraw', {}],
  ['answering', 'actions', '/v1/actions/act_0123456789abcdef/answers', { question: 1, text: 'yes' }],
  ['delegating', 'actions', '/v1/delegations', { to: second, purpose: 'why', expiresSeconds: 60 }],
  ['ending that', 'actions', '/v1/delegations/dlg_0123456789abcdef/revoke', {}],
  ['the tools', 'actions', '/v1/tools', undefined],
  ['itself', 'actions', '/v1/me', undefined],
  ['a message over MCP', 'mcp', '/mcp', { jsonrpc: '2.0', id: 1, method: 'tools/list' }],
  ['claim', 'tasks', '/v1/tasks/claim', {}],
  ['heartbeat', 'tasks', '/v1/tasks/tsk_0123456789abcdef/heartbeat', lease],
  ['complete', 'tasks', '/v1/tasks/tsk_0123456789abcdef/complete', lease],
  ['fail', 'tasks', '/v1/tasks/tsk_0123456789abcdef/fail', { ...lease, code: 'c', detail: 'd' }],
];
async function call(token: string, [, api, path, body]: (typeof routes)[number]): Promise<Answered> {
  const headers = {
    authorization: `Bearer ${token}`,
    'idempotency-key': crypto.randomUUID(),
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
  };
  const request = body ? { method: 'POST', headers, body: JSON.stringify(body) } : { headers };
  return answered(await agentApis()[api].request(path, request));
}
const door = (token: string) => call(token, routes[0] as (typeof routes)[number]);

const governance = () =>
  createGovernanceApi({ registry: world.deps.registry, releases: world.releases, now: world.deps.now });
const post = async (path: string, caller: object = ops) =>
  answered(await governance().request(path, { method: 'POST' }, caller));
const get = async (path: string) => answered(await governance().request(path, {}, ops));
const revokeKey = (kid: string) => post(`/v1/agents/${buyer}/keys/${kid}/revoke`);

describe('a revoked key', () => {
  it('is tried below on every route that takes a token', () => {
    const open = ({ method, path }: (typeof deployed)[number]) =>
      path.startsWith('/.well-known/') || (path === '/mcp' && method !== 'POST');
    const taken = deployed.filter(
      (route) => ['actions', 'tasks', 'mcp'].includes(route.answers) && !open(route),
    );
    const pattern = (path: string) => new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`);
    const untried = taken.filter(({ path }) => !routes.some(([, , tried]) => pattern(path).test(tried)));
    expect(untried).toEqual([]);
    expect(routes).toHaveLength(taken.length);
  });

  it.each(routes)('ends the tokens it was given at once: %s', async (...route) => {
    const token = await tokenOf(one);
    expect((await call(token, route)).status).not.toBe(401);
    expect((await revokeKey('k1')).status).toBe(200);
    expect(await call(token, route)).toMatchObject({ status: 401, body: { title: 'token-revoked' } });
    expect(refusals).toBe(1);
    expect(world.erp.calls.length).toBeLessThan(2);
  });

  it('gets no token any more, and the agent’s other key does', async () => {
    await revokeKey('k1');
    expect((await askToken(one)).text).toContain('was revoked');
    expect((await door(await tokenOf(other))).status).toBe(200);
  });

  it('stays revoked after the next apply that still lists it, and the answer says so', async () => {
    await revokeKey('k1');
    const applied = await world.apply(
      change(withKeys(), `Agent ${buyer}`, {
        purpose: 'Buys chairs',
        keys: [one.publicJwk, other.publicJwk],
      }),
    );
    expect(applied.warnings).toEqual([
      `agent ${buyer}: key k1 was revoked and stays refused; take it out of keys`,
    ]);
    expect((await askToken(one)).status).toBe(401);
  });

  it('stays revoked when another key takes its name', async () => {
    await revokeKey('k1');
    const thief = await makeKeys('k1');
    await world.apply(change(withKeys(), `Agent ${buyer}`, { keys: [thief.publicJwk] }));
    expect((await askToken(thief)).status).toBe(401);
  });

  it('is another agent’s no more than before', async () => {
    await revokeKey('k1');
    expect((await door(await tokenOf(one, second))).status).toBe(200);
  });

  it('leaves one event by whoever signed, however often it is asked', async () => {
    await revokeKey('k1');
    expect((await revokeKey('k1')).status).toBe(200);
    const events = (await world.database.events()).filter(({ type }) => type === 'agent.key-revoked');
    expect(events).toEqual([
      expect.objectContaining({
        agent: buyer,
        data: { kid: 'k1' },
        actor: expect.objectContaining({ kind: 'administrator' }) as object,
      }),
    ]);
  });

  it.each([
    [`/v1/agents/${buyer}/keys/k9/revoke`, 'unknown-key'],
    ['/v1/agents/agt_nobody/keys/k1/revoke', 'unknown-agent'],
    ['/v1/agents/nobody/tokens/revoke', 'unknown-agent'],
  ])('must be one there is: %s', async (path, code) => {
    expect(await post(path)).toMatchObject({ status: 404, body: { title: code } });
  });

  it.each([`/v1/agents/${buyer}/keys/k1/revoke`, `/v1/agents/${buyer}/tokens/revoke`, '/v1/tokens/revoke'])(
    'is for signed callers alone: %s',
    async (path) => {
      const token = await tokenOf(one);
      expect((await post(path, { event: {} })).status).toBe(401);
      expect((await door(token)).status).toBe(200);
    },
  );

  it('of another unit is no unit’s administrator’s to revoke, nor are all tokens', async () => {
    const { registry } = world.deps;
    const entries = [
      { id: 'sales', principal: 'arn:aws:iam::111122223333:user/sam', scope: 'sales' },
      { id: 'centre', principal: 'arn:aws:iam::111122223333:user/ops', scope: 'coe' },
    ];
    const base = {
      pk: 'ADMINISTRATORS',
      sk: 'ADMINISTRATORS',
      v: 1,
      version: 1,
      id: 'all',
      entries,
    } as const;
    const actor = { kind: 'system', id: 'test' } as const;
    const event = {
      v: 1,
      subject: base.pk,
      version: 1,
      type: 'unit.changed',
      at: NOW.toISOString(),
      actor,
      data: {},
    } as const;
    await registry.commit({ writes: [{ kind: 'put', row: base }], events: [event], result: undefined });
    const sam = signedBy('arn:aws:iam::111122223333:user/sam');
    for (const path of [
      `/v1/agents/${buyer}/keys/k1/revoke`,
      `/v1/agents/${buyer}/tokens/revoke`,
      '/v1/tokens/revoke',
    ]) {
      expect(await post(path, sam)).toMatchObject({ status: 403, body: { title: 'outside-unit' } });
      expect((await post(path)).status).toBe(200);
    }
  });
});

describe('a key that was taken away or ended', () => {
  it('ends its tokens with it', async () => {
    const token = await tokenOf(one);
    await world.apply(withKeys([other.publicJwk]));
    expect(await door(token)).toMatchObject({ status: 401, body: { title: 'token-revoked' } });
  });

  it('overlaps with the one that takes its place until its end', async () => {
    const notAfter = later(120).toISOString();
    await world.apply(withKeys([{ ...one.publicJwk, notAfter }, other.publicJwk]));
    const [first, next] = [await tokenOf(one), await tokenOf(other)];
    expect([(await door(first)).status, (await door(next)).status]).toEqual([200, 200]);
    world.clock.now = later(120);
    expect(await door(first)).toMatchObject({ status: 401, body: { title: 'token-revoked' } });
    expect((await askToken(one)).text).toContain(`ended at ${notAfter}`);
    expect((await door(next)).status).toBe(200);
  });
});

describe('revoked tokens', () => {
  const ends: readonly [string, string, boolean][] = [
    ['one agent', `/v1/agents/${buyer}/tokens/revoke`, false],
    ['all', '/v1/tokens/revoke', true],
  ];
  it.each(ends)('of %s die at once, and new ones are good', async (_, path, everybody) => {
    const [mine, theirs] = [await tokenOf(one), await tokenOf(one, second)];
    world.clock.now = later(1);
    expect((await post(path)).body).toMatchObject({ notBefore: later(1).toISOString() });
    expect(await door(mine)).toMatchObject({ status: 401, body: { title: 'token-revoked' } });
    expect((await door(theirs)).status).toBe(everybody ? 401 : 200);
    expect((await door(await tokenOf(one))).status).toBe(200);
  });

  it.each(ends)('of %s are refused by every route', async (_, path) => {
    const token = await tokenOf(one);
    world.clock.now = later(1);
    await post(path);
    for (const route of routes) expect((await call(token, route)).status).toBe(401);
  });

  it('stay refused after the next apply', async () => {
    const token = await tokenOf(one);
    world.clock.now = later(1);
    await post(`/v1/agents/${buyer}/tokens/revoke`);
    await world.apply(
      change(withKeys(), `Agent ${buyer}`, { purpose: 'Buys chairs', keys: [one.publicJwk] }),
    );
    expect((await door(token)).status).toBe(401);
  });
});

describe('a token in the middle of its life', () => {
  it('gets its agent nothing once that one is suspended: a denial, on the record', async () => {
    const token = await tokenOf(one);
    await world.apply(change(withKeys(), `Agent ${buyer}`, { stage: 'suspended', keys: [one.publicJwk] }));
    expect(await door(token)).toMatchObject({ status: 403, body: { title: 'agent-inactive' } });
  });

  it('gets its agent nothing once its sponsor left, until another answers for it', async () => {
    const token = await tokenOf(one);
    const gone = change(withKeys(), 'Person vera', { status: 'left' });
    expect((await world.apply(gone)).warnings.join()).toContain(
      `agent ${buyer} is suspended: its sponsor vera left`,
    );
    expect(await door(token)).toMatchObject({ status: 403, body: { title: 'agent-inactive' } });
    const named = change(gone, `Agent ${buyer}`, { sponsor: 'rita' });
    await world.apply(named);
    expect((await door(token)).status).toBe(200);
  });

  it('is not good for another unit’s tools', async () => {
    const keys = { keys: [one.publicJwk] };
    await world.apply(change(withKeys(), 'Agent agt_seller', keys));
    expect((await door(await tokenOf(one, 'agt_seller'))).status).toBe(403);
  });
});

describe('a certification', () => {
  const certified = (recertifyBy: string) =>
    change(withKeys(), `Agent ${buyer}`, { keys: [one.publicJwk], recertifyBy });
  beforeEach(() => world.apply(certified('2026-11-23')));

  it('that ended stops the very next action, claim and token', async () => {
    world.clock.now = new Date('2026-11-23T23:58:00.000Z');
    const token = await tokenOf(one);
    expect((await door(token)).status).toBe(200);
    world.clock.now = new Date('2026-11-24T00:01:00.000Z');
    expect(await door(token)).toMatchObject({ status: 403, body: { title: 'recertification-missed' } });
    expect((await call(token, ['claim', 'tasks', '/v1/tasks/claim', {}])).headers.get('retry-after')).toBe(
      '30',
    );
    expect((await askToken(one)).text).toContain('certification');
    expect(world.erp.calls).toHaveLength(1);
  });

  it('given anew lets it act again', async () => {
    world.clock.now = new Date('2026-11-24T00:01:00.000Z');
    await world.apply(certified('2027-05-01'));
    expect((await door(await tokenOf(one))).status).toBe(200);
  });
});

describe('the agents', () => {
  it('are listed with their release, keys and what is stale', async () => {
    await revokeKey('k1');
    const { agents } = (await get('/v1/agents')).body as { agents: Record<string, unknown>[] };
    expect(agents.map(({ id }) => id)).toEqual(['agt_buyer', 'agt_clerk', 'agt_second', 'agt_seller']);
    expect(agents[0]).toMatchObject({
      release: { version: '1.0.0' },
      keys: [{ kid: 'k1', revokedAt: NOW.toISOString() }, { kid: 'k2' }],
      stale: [{ reason: 'never-recertified' }],
    });
  });

  it('that did nothing for so many days, or whose sponsor left, are stale', async () => {
    await door(await tokenOf(one));
    await world.apply(change(withKeys(), 'Person vera', { status: 'left' }));
    world.clock.now = later(30 * 86_400);
    const reasonsOf = async (query: string) => {
      const { stale } = (await get(`/v1/agents/${buyer}${query}`)).body as { stale: { reason: string }[] };
      return stale.map(({ reason }) => reason);
    };
    const rights = ['over-privileged', 'over-privileged', 'over-privileged'];
    expect(await reasonsOf('?days=30')).toEqual(['unused', 'orphaned', 'never-recertified', ...rights]);
    expect(await reasonsOf('?days=31')).toEqual(['orphaned', 'never-recertified']);
    expect((await get('/v1/agents?days=none')).status).toBe(400);
    expect((await get('/v1/agents/agt_nobody')).status).toBe(404);
  });

  it('keep what was revoked apart from their manifest', async () => {
    await revokeKey('k1');
    const [row] = await world.deps.registry.load([agentKey(buyer)]);
    expect(row).toMatchObject({ revokedKeys: [{ kid: 'k1' }] });
  });
});
