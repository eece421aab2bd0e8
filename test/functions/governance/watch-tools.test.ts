import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { System } from '../../../core/governance/system.ts';
import { keptDefinitionKey, toolWatchKey } from '../../../core/governance/tool-watch.ts';
import { executeApproved } from '../../../functions/action/execute-approved.ts';
import { createReadUpstream } from '../../../functions/aws/read-upstream.ts';
import { createGovernanceApi } from '../../../functions/governance/governance-api.ts';
import { startWorld, type World } from '../../harness/door.ts';
import { later, NOW } from '../../harness/facts.ts';
import { answered, signedBy } from '../../harness/http.ts';
import { change, organisation } from '../../harness/organisation.ts';
import { described, look, pinOf, startUpstream, type Upstream } from '../../harness/upstream.ts';
import { holdOrder, vote } from '../../harness/votes.ts';

const TOOL = 'erp.create_order';
let world: World;
let upstream: Upstream;
beforeAll(async () => {
  world = await startWorld();
  upstream = await startUpstream();
});
afterAll(async () => {
  await upstream.stop();
  await world.stop();
});
/** Every test begins with the tool pinned as its upstream is, and seen so. */
beforeEach(async () => {
  world.clock.now = NOW;
  world.erp.calls.length = 0;
  world.erp.answer = () => ({ status: 'succeeded', output: 'done' });
  Object.assign(upstream, { document: described(), status: 200, asked: 0 });
  await pin();
  await look(world);
});

const pin = () => world.apply(change(organisation(), `Tool ${TOOL}`, { upstream: pinOf(upstream) }));
const events = async () =>
  (await world.database.events())
    .filter(({ subject }) => subject === `TOOL#${TOOL}`)
    .map(({ version, type, tool, data }) => ({ version, type, tool, data }));
const registry = async (path = '') => {
  const { registry, now } = world.deps;
  const api = createGovernanceApi({ registry, releases: world.releases, now });
  const caller = signedBy('arn:aws:iam::111122223333:user/ops');
  return answered(await api.request(`/v1/tools-registry${path}`, {}, caller));
};

describe('a tool whose upstream is as it was pinned', () => {
  it('works, and what was seen is kept once', async () => {
    const before = await events();
    expect(await look(world)).toEqual({ seen: 1, unreachable: 0, failed: 0 });
    expect(await events()).toEqual(before);
    expect(before.at(-1)).toMatchObject({ tool: TOOL, data: { operation: 'POST /orders' } });
    const [kept] = await world.deps.registry.load([keptDefinitionKey(TOOL)]);
    expect(kept).toMatchObject({ hash: pinOf(upstream).hash });
    expect((await world.act({})).status).toBe(200);
  });

  it('works on when other operations of the document change', async () => {
    upstream.document = described({}, { '/letters': { post: { responses: {} } } });
    await look(world);
    expect((await world.act({})).status).toBe(200);
  });
});

describe('a tool whose upstream changed', () => {
  it('is denied to everybody, with what differs and what to do, and nothing is called', async () => {
    upstream.document = described({ discount: { type: 'string' } });
    await look(world);
    const answer = await world.act({});
    expect(answer).toMatchObject({ status: 403, body: { title: 'tool-quarantined' } });
    expect(answer.body['detail']).toMatch(/^erp\.create_order is in quarantine since .*discount.*import/s);
    const foreseen = await world.post('/v1/actions:explain', { tool: TOOL, input: {}, purpose: 'To see' });
    expect(foreseen.body).toMatchObject({ outcome: 'deny', reason: 'tool-quarantined' });
    expect((await world.act({ tool: 'erp.get_budget', input: { unit: 'it' } })).status).toBe(200);
    expect(world.erp.calls.map(({ tool }) => tool.name)).toEqual(['erp.get_budget']);
  });

  it('tells the audit log once what differs, by field', async () => {
    upstream.document = described({ discount: { type: 'string' } });
    await look(world);
    await look(world);
    const all = await events();
    expect(all.map(({ version }) => version)).toEqual(all.map((_, n) => n + 1));
    expect(all.at(-1)).toMatchObject({
      type: 'tool.quarantined',
      data: {
        pinned: pinOf({ ...upstream, document: described() }).hash,
        differences: [
          { field: 'refs.#/components/schemas/Order.properties.discount', after: '{"type":"string"}' },
        ],
      },
    });
    expect(all.at(-2)?.type).not.toBe('tool.quarantined');
  });

  it('is not called for what people approve meanwhile', async () => {
    const held = await holdOrder(world);
    upstream.document = described({ discount: { type: 'string' } });
    await look(world);
    await vote(world, held, 'ada');
    const row = await executeApproved(world.deps, held.action);
    expect(row).toMatchObject({ status: 'denied', problem: { code: 'tool-quarantined' } });
    expect(world.erp.calls).toEqual([]);
  });

  it('is not called again for what a crash left in flight, until that is over', async () => {
    world.erp.answer = () => {
      throw new Error('the function was killed');
    };
    expect((await world.act({ key: 'crash-0001' })).status).toBe(500);
    world.erp.answer = () => ({ status: 'succeeded', output: 'done' });
    upstream.document = described({ discount: { type: 'string' } });
    await look(world);
    world.clock.now = later(60);
    expect((await world.act({ key: 'crash-0001' })).status).toBe(409);
    expect(world.erp.calls).toHaveLength(1);
    upstream.document = described();
    await look(world);
    expect((await world.act({ key: 'crash-0001' })).status).toBe(200);
    expect(world.erp.calls).toHaveLength(2);
  });

  it('is used again when the upstream is back, which the audit log tells', async () => {
    upstream.document = described({ discount: { type: 'string' } });
    await look(world);
    upstream.document = described();
    await look(world);
    expect((await world.act({})).status).toBe(200);
    expect((await events()).slice(-2).map(({ type }) => type)).toEqual([
      'tool.quarantined',
      'tool.unquarantined',
    ]);
  });

  it('leaves quarantine with the manifest that pins the new definition, before anyone looks again', async () => {
    upstream.document = described({ discount: { type: 'string' } });
    await look(world);
    await pin();
    expect((await world.act({})).status).toBe(200);
    await look(world);
    expect((await world.act({})).status).toBe(200);
    expect((await events()).at(-1)).toMatchObject({ type: 'tool.unquarantined' });
  });

  it('is in quarantine from the next look on under another manifest that still pins the old one', async () => {
    const old = pinOf(upstream);
    upstream.document = described({ discount: { type: 'string' } });
    await look(world);
    const renamed = { title: 'Place an order, please', upstream: old };
    await world.apply(change(organisation(), `Tool ${TOOL}`, renamed));
    await look(world);
    expect((await world.act({})).status).toBe(403);
    expect((await events()).at(-1)).toMatchObject({ type: 'tool.quarantined', data: { more: 0 } });
  });

  it('is in quarantine too when the operation is gone', async () => {
    upstream.document = { ...described(), paths: {} };
    await look(world);
    const answer = await world.act({});
    expect(answer.body).toMatchObject({ title: 'tool-quarantined' });
    expect(answer.body['detail']).toContain('the operation is there no more');
  });
});

describe('an upstream that can not be read', () => {
  it.each([
    ['it answers an error', { status: 503 }],
    ['it is no OpenAPI document', { document: { hello: 'world' } }],
    ['it points elsewhere', { status: 302 }],
  ])('changes nothing and is told: %s', async (_, fields) => {
    const before = await events();
    Object.assign(upstream, fields);
    expect(await look(world)).toEqual({ seen: 1, unreachable: 1, failed: 0 });
    expect(world.lines.at(-1)).toMatchObject(['warn', 'UPSTREAM_UNREACHABLE', { system: 'erp', tools: 1 }]);
    expect(await events()).toEqual(before);
    expect((await world.act({})).status).toBe(200);
  });

  it('does not end a quarantine', async () => {
    upstream.document = described({ discount: { type: 'string' } });
    await look(world);
    upstream.status = 500;
    await look(world);
    expect((await world.act({})).status).toBe(403);
  });

  it('is asked once for all its tools, and not for retired ones', async () => {
    const both = change(organisation(), `Tool ${TOOL}`, { upstream: pinOf(upstream) });
    await world.apply(change(both, 'Tool erp.wipe', { upstream: pinOf(upstream) }));
    upstream.asked = 0;
    expect((await look(world)).seen).toBe(2);
    expect(upstream.asked).toBe(1);
    await world.apply(
      change(organisation(), `Tool ${TOOL}`, { upstream: pinOf(upstream), stage: 'retired' }),
    );
    expect((await look(world)).seen).toBe(0);
  });
});

describe('what a system signs in with', () => {
  const signed: System[] = [];
  const read = createReadUpstream(async (system) => {
    signed.push(system);
    return { kind: 'not-reached', code: 'no-secret', detail: 'not from here' };
  });
  const erp: System = {
    ...{ id: 'erp', title: 'ERP', baseUrl: 'https://erp.example.com/v2', bearerSecret: 'the-secret' },
    privateNetworks: ['10.0.0.0/8'],
  };
  beforeEach(() => signed.splice(0));

  it.each(['openapi', 'mcp'] as const)(
    'goes to its own host alone, and its networks too (%s)',
    async (kind) => {
      await read({ kind, url: 'https://erp.example.com/docs' }, erp);
      await read({ kind, url: 'https://docs.example.com/erp' }, erp);
      const [own, other] = [signed[0], signed.at(-1)];
      expect(own).toMatchObject({ baseUrl: 'https://erp.example.com', bearerSecret: 'the-secret' });
      expect(other).toEqual({ id: 'erp', title: 'ERP', baseUrl: 'https://docs.example.com' });
    },
  );
});

describe('the registry of tools', () => {
  it('lists every tool with its review, and shows what differs', async () => {
    upstream.document = described({ discount: { type: 'string' } });
    await look(world);
    const { body } = await registry();
    const tools = body['tools'] as Record<string, unknown>[];
    expect(tools.map(({ name, reviewed, quarantine }) => [name, reviewed, quarantine !== undefined])).toEqual(
      [
        [TOOL, true, true],
        ['erp.get_budget', true, false],
        ['erp.send_letter', true, false],
        ['erp.wipe', true, false],
      ],
    );
    const one = (await registry(`/${TOOL}`)).body;
    expect(one).toMatchObject({
      upstream: { operation: 'POST /orders' },
      review: { effect: 'keyed' },
      quarantine: { since: NOW.toISOString(), more: 0 },
    });
    expect(await registry('/erp.nothing')).toMatchObject({ status: 404 });
  });

  it('shows a stored watch by its own tool alone', async () => {
    const [row] = await world.deps.registry.load([toolWatchKey(TOOL)]);
    expect(row).toMatchObject({ tool: TOOL, kept: pinOf(upstream).hash });
    expect((await registry('/erp.wipe')).body).toMatchObject({ watched: false });
  });
});
