import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AuditEvent } from '../../../core/event.ts';
import { gateKey } from '../../../core/agent/agent.ts';
import { activeReleaseKey } from '../../../core/policy/release.ts';
import { type Answered } from '../../harness/http.ts';
import { createActionsApi } from '../../../functions/action/actions-api.ts';
import type { Registry } from '../../../functions/aws/registry.ts';
import { createJudge, createOpenRelease } from '../../../functions/action/judge.ts';
import { asNamed, buyer, order, second, startWorld, type World } from '../../harness/door.ts';
import { NOW } from '../../harness/facts.ts';
import { change, organisation } from '../../harness/organisation.ts';
import { openWork, taskDesk } from '../../harness/work.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());
beforeEach(() => {
  world.clock.now = NOW;
  world.erp.calls.length = 0;
  world.erp.answer = () => ({ status: 'succeeded', output: { order: 'PO-1' } });
});

const idOf = ({ body }: Answered) => String(body['id']);
const eventsOf = async (id: string): Promise<AuditEvent[]> =>
  (await world.database.events()).filter(({ subject }) => subject === `ACTION#${id}`);
const typesOf = async (id: string) => (await eventsOf(id)).map(({ version, type }) => [version, type]);
const big = { ...order, total: '2000.00' };
const letter = { tool: 'erp.send_letter', input: { to: 'Northwind', body: 'Hello' } };

describe('an allowed action', () => {
  it('is started, called and settled, with one event per version', async () => {
    const answer = await world.act({});
    expect(answer).toMatchObject({ status: 200, body: { status: 'succeeded', output: { order: 'PO-1' } } });
    expect(await typesOf(idOf(answer))).toEqual([
      [1, 'action.started'],
      [2, 'action.succeeded'],
    ]);
  });

  it('records who, what, why and under which release', async () => {
    const [started] = await eventsOf(idOf(await world.act({ purpose: 'Chairs for the new floor' })));
    expect(started).toMatchObject({
      actor: { kind: 'agent', id: buyer },
      purpose: 'Chairs for the new floor',
      tool: 'erp.create_order',
      decision: 'allow',
      release: [...world.bundles.keys()].at(-1),
      data: { policies: ['operations-buyers-work'], input: order },
    });
  });

  it('reaches the system with the action id as its key and exactly the judged input', async () => {
    const answer = await world.act({});
    expect(world.erp.calls).toHaveLength(1);
    expect(world.erp.calls[0]).toMatchObject({ idempotencyKey: idOf(answer), input: order });
  });

  it('tells how it failed when the system says no', async () => {
    world.erp.answer = () => ({ status: 'failed', code: 'refused-by-system', detail: 'no such vendor' });
    const answer = await world.act({});
    expect(answer).toMatchObject({
      status: 200,
      body: { status: 'failed', problem: { code: 'refused-by-system', detail: 'no such vendor' } },
    });
  });
});

describe('a denied action', () => {
  it('answers 403 with the determining policies and the reason, is recorded and calls nothing', async () => {
    const answer = await world.act({ input: { ...order, vendor: 'Shady' } });
    expect(answer.status).toBe(403);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(answer.body).toMatchObject({
      type: 'urn:autonomy:forbidden',
      status: 403,
      policies: ['operations-blocked-vendors'],
      action: { status: 'denied' },
    });
    expect(String(answer.body['detail'])).toContain('Blocked vendors get no orders');
    const [action] = [answer.body['action'] as { id: string }];
    expect(await typesOf(action?.id ?? '')).toEqual([[1, 'action.denied']]);
    expect(world.erp.calls).toHaveLength(0);
  });

  it.each([
    ['a field that does not fit', { total: 500 }],
    ['a field too many', { note: 'please' }],
    ['a decimal of five places', { total: '1.00001' }],
  ])('is a 422 for %s', async (_, fields) => {
    const answer = await world.act({ input: { ...order, ...fields } });
    expect(answer).toMatchObject({ status: 422, body: { type: 'urn:autonomy:invalid-input' } });
    expect(world.erp.calls).toHaveLength(0);
  });

  it.each([
    ['no rule permits it', { tool: 'erp.wipe', input: {} }, 'not-permitted'],
    ['nobody knows the tool', { tool: 'erp.nothing', input: {} }, 'unknown-tool'],
    ['the tool is another unit’s', { as: 'agt_seller' }, 'unknown-tool'],
  ])('is a 403 when %s', async (_, ask, code) => {
    expect(await world.act(ask)).toMatchObject({ status: 403, body: { type: `urn:autonomy:${code}` } });
  });
});

describe('a held action', () => {
  it('answers 202 with where and when to ask again, and opens its approval', async () => {
    const answer = await world.act({ input: big });
    const id = idOf(answer);
    expect(answer.status).toBe(202);
    expect(answer.headers.get('location')).toBe(`/v1/actions/${id}`);
    expect(answer.headers.get('retry-after')).toBe('5');
    expect(answer.body['approval']).toEqual({
      id: id.replace('act_', 'apr_'),
      expiresAt: '2026-11-23T11:00:00.000Z',
      requires: [{ group: 'budget-owners', count: 1 }],
    });
    expect(await typesOf(id)).toEqual([[1, 'action.held']]);
    const opened = (await world.database.events()).filter(({ action }) => action === id);
    expect(opened.map(({ type }) => type)).toEqual(['action.held', 'approval.opened']);
    expect(world.erp.calls).toHaveLength(0);
  });

  it('is seen at its location by its agent, the same each time', async () => {
    const held = await world.act({ input: big });
    const seen = await world.get(`/v1/actions/${idOf(held)}`);
    expect(seen.status).toBe(202);
    expect(seen.body).toEqual(held.body);
  });

  it('asks for the people of every guard that holds it', async () => {
    const { body } = await world.act({ input: { ...order, total: '20000.00' } });
    expect(body['approval']).toMatchObject({
      requires: [
        { group: 'finance', count: 2 },
        { group: 'budget-owners', count: 1 },
      ],
    });
  });
});

describe('the same Idempotency-Key', () => {
  it('gives the same answer and calls the tool once, however often it is sent', async () => {
    const first = await world.act({ key: 'order-0001' });
    const again = await world.act({ key: 'order-0001' });
    expect(again.body).toEqual(first.body);
    expect(world.erp.calls).toHaveLength(1);
  });

  it('calls the tool once under twenty requests at once', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => world.act({ key: 'order-0020' })));
    expect(world.erp.calls).toHaveLength(1);
    expect(new Set(answers.map(({ status }) => status)).difference(new Set([200, 409]))).toEqual(new Set());
    expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThan(0);
    expect(await world.act({ key: 'order-0020' })).toMatchObject({
      status: 200,
      body: { status: 'succeeded' },
    });
  });

  it('is refused with another body, whatever became of the first', async () => {
    await world.act({ key: 'order-0002' });
    await world.act({ key: 'order-0003', input: big });
    const other = { ...order, total: '1.00' };
    for (const key of ['order-0002', 'order-0003']) {
      expect(await world.act({ key, input: other })).toMatchObject({
        status: 422,
        body: { type: 'urn:autonomy:key-reused' },
      });
    }
    expect(world.erp.calls).toHaveLength(1);
  });

  it('is a 409 with Retry-After while the call is under way', async () => {
    const called = Promise.withResolvers<void>();
    const gate = Promise.withResolvers<void>();
    world.erp.answer = async () => {
      called.resolve();
      await gate.promise;
      return { status: 'succeeded', output: 'late' };
    };
    const first = world.act({ key: 'order-0004' });
    await called.promise;
    const second = await world.act({ key: 'order-0004' });
    expect(second).toMatchObject({ status: 409, body: { type: 'urn:autonomy:in-flight' } });
    expect(second.headers.get('retry-after')).toBe('2');
    gate.resolve();
    expect(await first).toMatchObject({ status: 200, body: { output: 'late' } });
    expect(world.erp.calls).toHaveLength(1);
  });

  it('tells another agent nothing: it gets an action of its own', async () => {
    const own = await world.act({ key: 'order-0005' });
    const other = await world.act({ key: 'order-0005', as: second, input: { ...order, vendor: 'Other' } });
    expect(other.status).toBe(200);
    expect(idOf(other)).not.toBe(idOf(own));
    expect(await world.get(`/v1/actions/${idOf(own)}`, second)).toMatchObject({
      status: 404,
      body: { type: 'urn:autonomy:not-found' },
    });
  });

  it.each([
    ['missing', undefined],
    ['too short', 'short'],
    ['too long', 'x'.repeat(129)],
    ['with a space', 'has a space'],
  ])('is a 400 when it is %s', async (_, key) => {
    const headers = { authorization: `Bearer ${buyer}`, 'content-type': 'application/json' };
    const body = JSON.stringify({ tool: 'erp.create_order', input: order, purpose: 'why' });
    const api = createActionsApi({ ...world.deps, authenticate: asNamed });
    const request = { method: 'POST', headers: { ...headers, ...(key && { 'idempotency-key': key }) }, body };
    expect((await api.request('/v1/actions', request)).status).toBe(400);
    expect(world.erp.calls).toHaveLength(0);
  });
});

describe('an action within a task', () => {
  /** Claims as the agent does, until it has this task: tasks that other tests left are older. */
  const claim = async (as: string, wanted: string): Promise<void> => {
    const { body, status } = await taskDesk(world).post('claim', as);
    expect(status).toBe(200);
    if (!JSON.stringify(body['task']).includes(wanted)) await claim(as, wanted);
  };

  it('is carried out for whoever the task is for, while the caller holds its lease', async () => {
    const { task, run } = await openWork(world, 'work-0001');
    await claim(buyer, task);
    const answer = await world.act({ task });
    expect(answer.status).toBe(200);
    const [started] = await eventsOf(idOf(answer));
    expect(started).toMatchObject({ onBehalfOf: 'rita@example.com', run, task, workflow: 'procurement' });
  });

  it('is denied without the lease, after it lapsed, and in a task that does not exist', async () => {
    const { task } = await openWork(world, 'work-0002');
    const missing = 'tsk_00000000000000000000000000000000' as typeof task;
    expect(await world.act({ task })).toMatchObject({ status: 403, body: { title: 'task-not-leased' } });
    expect(await world.act({ task: missing })).toMatchObject({ body: { title: 'task-not-leased' } });
    await claim(buyer, task);
    world.clock.now = new Date(NOW.getTime() + 16_000);
    expect(await world.act({ task })).toMatchObject({ status: 403, body: { title: 'task-not-leased' } });
    expect(world.erp.calls).toHaveLength(0);
  });

  it('meets its predecessor’s action after a failover, and does nothing twice', async () => {
    const { task } = await openWork(world, 'work-0003');
    await claim(buyer, task);
    const first = await world.act({ task, key: 'place-order' });
    world.clock.now = new Date(NOW.getTime() + 16_000);
    await claim(second, task);
    const again = await world.act({ task, key: 'place-order', as: second });
    expect(again).toMatchObject({ status: 200, body: { id: idOf(first), status: 'succeeded' } });
    expect(world.erp.calls).toHaveLength(1);
    expect(await world.get(`/v1/actions/${idOf(first)}`, second)).toMatchObject({ status: 200 });
    const stranger = await world.act({ task, key: 'place-order', as: 'agt_clerk' });
    expect(stranger).toMatchObject({ status: 403, body: { title: 'task-not-leased' } });
    expect(stranger.text).not.toContain('PO-1');
  });

  it('is not denied to the successor because its predecessor came too late', async () => {
    const { task } = await openWork(world, 'work-0004');
    await claim(buyer, task);
    world.clock.now = new Date(NOW.getTime() + 16_000);
    await claim(second, task);
    expect(await world.act({ task, key: 'place-order' })).toMatchObject({ status: 403 });
    expect(await world.act({ task, key: 'place-order', as: second })).toMatchObject({
      status: 200,
      body: { status: 'succeeded' },
    });
  });

  it('is not denied to the successor because its predecessor was suspended', async () => {
    const { task } = await openWork(world, 'work-0005');
    await claim(buyer, task);
    await world.apply(change(organisation(), 'Agent agt_buyer', { stage: 'suspended' }));
    expect(await world.act({ task, key: 'place-order' })).toMatchObject({
      status: 403,
      body: { title: 'agent-inactive' },
    });
    world.clock.now = new Date(NOW.getTime() + 16_000);
    await claim(second, task);
    const taken = await world.act({ task, key: 'place-order', as: second });
    expect(taken).toMatchObject({ status: 200, body: { status: 'succeeded' } });
    const again = await world.act({ task, key: 'place-order', as: second });
    expect(again.body).toEqual(taken.body);
    expect(world.erp.calls).toHaveLength(1);
    await world.apply(organisation());
  });
});

describe('the agent’s own limits', () => {
  afterEach(async () => {
    await world.apply(organisation());
  });

  it('never lets more than the day’s cap through under fifty requests at once', async () => {
    await world.apply(change(organisation(), 'Agent agt_second', { dailyActions: 7 }));
    const answers = await Promise.all(Array.from({ length: 50 }, () => world.act({ as: second })));
    const allowed = answers.filter(({ status }) => status === 200);
    const [gate] = await world.deps.registry.load([gateKey(second)]);
    expect(world.erp.calls).toHaveLength(allowed.length);
    expect(gate).toMatchObject({ actionsToday: 7 });
    expect(answers.filter(({ body }) => body['title'] === 'daily-cap')).not.toHaveLength(0);
    expect(await world.act({ as: second })).toMatchObject({ status: 403, body: { title: 'daily-cap' } });
    world.clock.now = new Date(NOW.getTime() + 86_400_000);
    expect(await world.act({ as: second })).toMatchObject({ status: 200 });
  });

  it('denies the very next action of a suspended agent', async () => {
    expect(await world.act({})).toMatchObject({ status: 200 });
    await world.apply(change(organisation(), 'Agent agt_buyer', { stage: 'suspended' }));
    expect(await world.act({})).toMatchObject({ status: 403, body: { title: 'agent-inactive' } });
  });

  it('knows no agent that was never registered', async () => {
    expect(await world.act({ as: 'agt_nobody' })).toMatchObject({ status: 401 });
  });
});

describe('rules that can’t be read', () => {
  /** A judge that has opened no release yet, as after a cold start. */
  const fresh = () => createJudge(createOpenRelease(world.releases), world.deps.log);
  const question = {
    agent: { id: buyer, unit: 'operations', roles: ['buyer'], stage: 'production', sponsor: 'vera' },
    tool: 'erp.create_order',
    input: order,
    purpose: 'why',
    approvals: [],
  };

  it('deny when the release is missing, parses no more, or is named by no readable row', async () => {
    const [active] = await world.deps.registry.load([activeReleaseKey]);
    const hash = String(active?.['release']);
    const good = await world.releases.load(hash);
    const judge = fresh();
    expect(await judge(undefined, question)).toMatchObject({
      decision: { outcome: 'deny', reason: 'no-release' },
    });
    world.bundles.delete(hash);
    expect(await judge(active, question)).toMatchObject({ decision: { outcome: 'deny', reason: 'error' } });
    world.bundles.set(hash, {
      ...good,
      policies: good.policies.map((policy) => ({ ...policy, text: 'permit (everything);' })),
    });
    expect(await judge(active, question)).toMatchObject({ decision: { outcome: 'deny', reason: 'error' } });
    world.bundles.set(hash, good);
    expect(await judge({ ...active, release: 7 }, question)).toMatchObject({ decision: { outcome: 'deny' } });
    expect(await judge(active, question)).toMatchObject({ decision: { outcome: 'allow' } });
  });
});

describe('the list of tools', () => {
  const names = ({ body }: Answered) => (body['tools'] as { name: string }[]).map(({ name }) => name);

  it('shows an agent only what a permit opens to it', async () => {
    expect(names(await world.get('/v1/tools'))).toEqual([
      'erp.create_order',
      'erp.get_budget',
      'erp.send_letter',
    ]);
    expect(names(await world.get('/v1/tools', 'agt_clerk'))).toEqual([]);
    expect(names(await world.get('/v1/tools', 'agt_seller'))).toEqual([]);
  });

  it('tells what each takes and does, and neither where it is nor who opens it', async () => {
    const { text, body } = await world.get('/v1/tools');
    expect(body['tools']).toContainEqual(
      expect.objectContaining({ name: 'erp.send_letter', effect: 'at-most-once' }),
    );
    expect(text).not.toContain('erp.example.com');
  });
});

describe('what a request costs', () => {
  it.each([
    ['allowed', order, ['load', 'commit', 'commit']],
    ['denied', { ...order, vendor: 'Shady' }, ['load', 'commit']],
  ])('is, when it is %s, this many calls of the database', async (_, input, expected) => {
    const calls: string[] = [];
    const { registry } = world.deps;
    const counted: Registry = {
      ...registry,
      load: (keys) => {
        calls.push('load');
        return registry.load(keys);
      },
      commit: (change) => {
        calls.push('commit');
        return registry.commit(change);
      },
    };
    const api = createActionsApi({ ...world.deps, registry: counted, authenticate: asNamed });
    const headers = {
      authorization: `Bearer ${buyer}`,
      'idempotency-key': crypto.randomUUID(),
      'content-type': 'application/json',
    };
    const body = JSON.stringify({ tool: 'erp.create_order', input, purpose: 'why' });
    await api.request('/v1/actions', { method: 'POST', headers, body });
    expect(calls).toEqual(expected);
  });
});

describe('a letter', () => {
  it('is sent once even when nobody can say whether it went', async () => {
    world.erp.answer = () => ({ status: 'unknown', code: 'unreachable', detail: 'no answer', retry: true });
    const answer = await world.act({ ...letter, key: 'letter-0001' });
    expect(answer).toMatchObject({ status: 200, body: { status: 'unknown' } });
    await world.act({ ...letter, key: 'letter-0001' });
    expect(world.erp.calls).toHaveLength(1);
  });
});
