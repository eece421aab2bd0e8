import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseRow } from '../../../core/row.ts';
import { runKey, runRow } from '../../../core/run/run.ts';
import { awaitAction } from '../../../core/run/await-action.ts';
import { taskKey } from '../../../core/task/task.ts';
import { outcomeKey } from '../../../core/value/outcome.ts';
import { decideAndCommit } from '../../../functions/aws/registry.ts';
import { recordEnd } from '../../../functions/run/record-end.ts';
import { createRunsApi } from '../../../functions/run/runs-api.ts';
import { buyer, order, startWorld, type World } from '../../harness/door.ts';
import { NOW } from '../../harness/facts.ts';
import { type Answered, answered, signedBy } from '../../harness/http.ts';
import { change, organisation } from '../../harness/organisation.ts';
import { holdOrder, vote } from '../../harness/votes.ts';
import { openWork, taskDesk } from '../../harness/work.ts';

const ops = 'arn:aws:iam::111122223333:user/ops';
let world: World;
beforeEach(async () => {
  world = await startWorld();
});
afterEach(() => world.stop());

const later = (seconds: number) => {
  world.clock.now = new Date(NOW.getTime() + seconds * 1000);
};
const api = () => createRunsApi({ registry: world.deps.registry, now: world.deps.now });
const body = { workflow: 'procurement', requester: 'Rita@Example.com', input: { item: 'chairs' } };
async function start(
  fields: object = {},
  key = 'request-0001',
  caller: object = signedBy(ops),
): Promise<Answered> {
  const headers = { 'content-type': 'application/json', 'idempotency-key': key };
  const request = { method: 'POST', headers, body: JSON.stringify({ ...body, ...fields }) };
  return answered(await api().request('/v1/runs', request, caller));
}
const look = async (id: string, caller: object = signedBy(ops)) =>
  answered(await api().request(`/v1/runs/${id}`, {}, caller));
const eventsOf = async (run: string) =>
  (await world.database.events()).filter(({ subject }) => subject === `RUN#${run}`);

describe('starting a run', () => {
  it('answers 202 with where to look, and records who asked and for whom', async () => {
    const { status, headers, body: run } = await start();
    expect(status).toBe(202);
    expect(headers.get('location')).toBe(`/v1/runs/${String(run['id'])}`);
    expect(headers.get('retry-after')).toBe('2');
    expect(run).toMatchObject({ status: 'requested', requester: 'rita@example.com', unit: 'operations' });
    const [requested] = await eventsOf(String(run['id']));
    expect(requested).toMatchObject({
      type: 'run.requested',
      actor: { kind: 'administrator', id: ops },
      onBehalfOf: 'rita@example.com',
    });
  });

  it('gives the same run for the same key and body, even at once', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => start()));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
    const [id, ...others] = new Set(answers.map(({ body: run }) => String(run['id'])));
    expect(others).toEqual([]);
    expect(await eventsOf(id ?? '')).toHaveLength(1);
  });

  it.each<[string, object, string, number, string]>([
    ['the key was used for another request', { input: { item: 'desks' } }, 'request-0001', 422, 'key-reused'],
    ['nobody knows the workflow', { workflow: 'nothing' }, 'request-0002', 422, 'unknown-workflow'],
    ['the requester is no address', { requester: 'rita' }, 'request-0003', 400, 'invalid-body'],
    ['a field is not known', { priority: 1 }, 'request-0004', 400, 'invalid-body'],
    ['the key is too short', {}, 'short', 400, 'no-idempotency-key'],
  ])('is refused when %s', async (_, fields, key, status, code) => {
    await start();
    expect(await start(fields, key)).toMatchObject({ status, body: { type: `urn:autonomy:${code}` } });
  });

  it('keeps the keys of two callers apart', async () => {
    const mine = await start();
    const theirs = await start(
      { input: {} },
      'request-0001',
      signedBy('arn:aws:iam::111122223333:user/other'),
    );
    expect(theirs.status).toBe(202);
    expect(theirs.body['id']).not.toBe(mine.body['id']);
  });

  it.each([
    ['nothing', {}],
    ['an event without an authorizer', { event: { requestContext: {} } }],
    ['an empty ARN', signedBy('')],
    ['a JWT authorizer', { event: { requestContext: { authorizer: { jwt: { claims: { sub: ops } } } } } }],
  ])('is for signed callers alone: %s is a 401', async (_, caller) => {
    expect(await start({}, 'request-0005', caller)).toMatchObject({
      status: 401,
      body: { title: 'not-signed' },
    });
    expect(await look('run_00000000', caller)).toMatchObject({ status: 401 });
    expect((await world.database.events()).some(({ type }) => type === 'run.requested')).toBe(false);
  });

  it('finds no run that does not exist', async () => {
    expect(await look('run_00000000')).toMatchObject({ status: 404 });
    expect(await look('AGENT%23agt_buyer')).toMatchObject({ status: 404 });
  });
});

describe('looking at a run', () => {
  it('tells which task it waits for, who could do it and who does', async () => {
    const { run, task } = await openWork(world, 'view-00001');
    const open = await look(run);
    expect(open.body['waitingFor']).toMatchObject({
      kind: 'task',
      id: task,
      status: 'open',
      eligibleAgents: 2,
    });
    expect(open.body['waitingFor']).not.toHaveProperty('note');
    expect(open.text).not.toContain('token-view-00001');
    await taskDesk(world).post('claim', buyer);
    expect((await look(run)).body['waitingFor']).toMatchObject({ status: 'leased', agent: buyer });
  });

  it.each([
    ['no agent has the capability', { capability: 'painting' }, {}],
    ['every agent that has it is suspended', {}, { stage: 'suspended' }],
  ])('says plainly when %s', async (_, step, fields) => {
    const { run } = await openWork(world, 'view-00002', step);
    const one = change(organisation(), 'Agent agt_buyer', fields);
    await world.apply(change(one, 'Agent agt_second', fields));
    const { body: view } = await look(run);
    const capability = 'capability' in step ? step.capability : 'ordering';
    expect(view['waitingFor']).toMatchObject({
      eligibleAgents: 0,
      note: `no agent with capability ${capability} is in pilot or production in unit operations`,
    });
  });

  it('tells which action people still have to decide', async () => {
    const { run } = await openWork(world, 'view-00003');
    const { action, approval } = await holdOrder(world);
    await decideAndCommit(world.deps.registry, async () => {
      const [row] = await world.deps.registry.load([runKey(run)]);
      return awaitAction(parseRow(runRow, row), { token: 'the-token', action }, world.deps.now());
    });
    const view = await look(run);
    expect(view.body['waitingFor']).toMatchObject({ kind: 'action', id: action, status: 'held', approval });
    expect(view.text).not.toContain('the-token');
  });
});

describe('the end of a run', () => {
  it('is recorded once, with what it was worth', async () => {
    const { run } = await openWork(world, 'end-000001');
    later(600);
    const end = { run, result: 'ordered', output: { order: 'PO-1' } } as const;
    expect(await recordEnd(world.deps.registry, end, world.deps.now())).toEqual({ status: 'succeeded' });
    const [first] = await world.deps.registry.load([outcomeKey(run)]);
    expect(first).toMatchObject({
      result: 'ordered',
      cycleSeconds: 600,
      heldSeconds: 0,
      touches: 0,
      minutesSaved: 30,
      netValue: { minor: 3000, currency: 'USD' },
    });
    later(1200);
    expect(await recordEnd(world.deps.registry, end, world.deps.now())).toEqual({ status: 'ended-before' });
    const problem = { code: 'late', detail: 'late' };
    await recordEnd(world.deps.registry, { run, problem }, world.deps.now());
    expect((await world.deps.registry.load([outcomeKey(run)]))[0]).toEqual(first);
    const ends = (await eventsOf(run)).filter(({ type }) => type.startsWith('run.f'));
    expect(ends.map(({ type }) => type)).toEqual(['run.finished']);
    expect(ends[0]?.data).toMatchObject({ cycleSeconds: 600, minutesSaved: 30, netValueUsd: 30 });
  });

  it('is recorded once when it is told ten times at once', async () => {
    const { run } = await openWork(world, 'end-000002');
    const end = { run, result: 'ordered' } as const;
    const ends = await Promise.all(
      Array.from({ length: 10 }, () => recordEnd(world.deps.registry, end, world.deps.now())),
    );
    expect(ends.filter(({ status }) => status === 'succeeded')).toHaveLength(1);
    expect((await eventsOf(run)).filter(({ type }) => type === 'run.finished')).toHaveLength(1);
  });

  it('counts the people it needed, and how long it waited for them', async () => {
    const { run } = await openWork(world, 'end-000003');
    const held = await holdOrder(world);
    later(300);
    await vote(world, held, 'ada');
    later(360);
    await recordEnd(world.deps.registry, { run, result: 'ordered', action: held.action }, world.deps.now());
    const [outcome] = await world.deps.registry.load([outcomeKey(run)]);
    expect(outcome).toMatchObject({ touches: 1, heldSeconds: 300, cycleSeconds: 360, minutesSaved: 27 });
  });

  it('takes the task nobody needs any more out of reach', async () => {
    const { run, task } = await openWork(world, 'end-000004');
    const problem = { code: 'timed-out', detail: 'nobody came' };
    await recordEnd(world.deps.registry, { run, problem }, world.deps.now());
    expect((await world.deps.registry.load([taskKey(task)]))[0]).toMatchObject({ status: 'expired' });
    expect((await taskDesk(world).post('claim', buyer)).status).toBe(204);
    expect((await look(run)).body).toMatchObject({ status: 'failed', problem, outcome: { minutesSaved: 0 } });
  });

  it('is told by an action that cost nobody a minute as well', async () => {
    const { run } = await openWork(world, 'end-000005');
    const { body: action } = await world.act({ input: order });
    await recordEnd(
      world.deps.registry,
      { run, result: 'ordered', action: String(action['id']) as never },
      world.deps.now(),
    );
    const view = await look(run);
    expect(view.body).toMatchObject({ status: 'succeeded', outcome: { touches: 0, heldSeconds: 0 } });
    expect(view.body).not.toHaveProperty('waitingFor');
  });
});
