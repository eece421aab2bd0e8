import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type ActionId, actionId } from '../../../core/id.ts';
import { executeApproved } from '../../../functions/action/execute-approved.ts';
import { createGovernanceApi } from '../../../functions/governance/governance-api.ts';
import { sweep } from '../../../functions/relay/sweep.ts';
import type { CallResult } from '../../../functions/aws/connectors/connector.ts';
import { startWorld, type World } from '../../harness/door.ts';
import { NOW } from '../../harness/facts.ts';
import { answered, signedBy } from '../../harness/http.ts';
import { paperMachines } from '../../harness/machines.ts';
import { change, organisation } from '../../harness/organisation.ts';

const session = (name: string) => `arn:aws:sts::111122223333:assumed-role/${name}/anna`;
const administrator = (name: string, scope: string) => ({
  file: 'coe.yaml',
  line: 1,
  layer: 'coe',
  document: {
    kind: 'Administrator',
    id: `of-${scope}`,
    principal: `arn:aws:iam::111122223333:role/${name}`,
    scope,
  },
});
const letter = { tool: 'erp.send_letter', input: { to: 'Northwind', body: 'Hello' } };

let world: World;
let says: CallResult;
beforeAll(async () => {
  world = await startWorld();
  const body = change(organisation(), 'Tool erp.send_letter', { reconcile: 'erp.find_letter' });
  const reconcile = {
    kind: 'Tool',
    name: 'erp.find_letter',
    title: 'Find a letter',
    system: 'erp',
    effect: 'read',
    groups: ['read'],
    connector: { type: 'http', method: 'GET', path: '/letters' },
    input: { type: 'object', properties: { action: { type: 'string' } } },
  };
  const placed = { file: 'coe.yaml', line: 9, layer: 'coe', document: { ...reconcile, shared: true } };
  const scopes = [administrator('OpsLeads', 'operations'), administrator('SalesLeads', 'sales')];
  const us = {
    ...administrator('CloudTeam', 'coe'),
    document: {
      kind: 'Administrator',
      id: 'ops-user',
      principal: 'arn:aws:iam::111122223333:user/ops',
      scope: 'coe',
    },
  };
  await world.apply({ ...body, manifests: [...body.manifests, placed, us, ...scopes] });
});
afterAll(() => world.stop());
beforeEach(() => {
  world.clock.now = NOW;
  says = { status: 'failed', code: 'system-error', detail: 'no' };
  world.erp.answer = ({ tool }) =>
    tool.name === 'erp.find_letter'
      ? says
      : { status: 'unknown', code: 'cut-off', detail: 'the answer was lost' };
});

async function lost(): Promise<ActionId> {
  const { body } = await world.act(letter);
  expect(body['status']).toBe('unknown');
  world.erp.calls.length = 0;
  return actionId.parse(body['id']);
}
const typesOf = async (id: string) =>
  (await world.database.history(`ACTION#${id}`)).map(({ type, actor }) => `${type} by ${actor.id}`);
const deps = () => ({ registry: world.deps.registry, releases: world.releases, now: world.deps.now });
const settle = async (id: string, found: object, caller: string) => {
  const headers = { 'content-type': 'application/json' };
  const request = { method: 'POST', headers, body: JSON.stringify(found) };
  return answered(
    await createGovernanceApi(deps()).request(`/v1/actions/${id}/settle`, request, signedBy(session(caller))),
  );
};
const listed = async (caller: string) => {
  const api = createGovernanceApi(deps());
  const { body } = await answered(await api.request('/v1/actions', {}, signedBy(session(caller))));
  return (body as { actions: { id: string }[] }).actions.map(({ id }) => id);
};

describe('an action whose answer was lost', () => {
  it('succeeded when the system says so, and its call is not made again', async () => {
    const id = await lost();
    says = { status: 'succeeded', output: { effect: true, output: { letter: 'L-1' } } };
    expect(await executeApproved(world.deps, id)).toMatchObject({
      status: 'succeeded',
      output: { letter: 'L-1' },
    });
    expect(world.erp.calls.map(({ tool, input }) => [tool.name, input['action']])).toEqual([
      ['erp.find_letter', id],
    ]);
    expect((await typesOf(id)).at(-1)).toBe('action.succeeded by reconcile');
  });

  it('failed when the system says that there is no effect', async () => {
    const id = await lost();
    says = { status: 'succeeded', output: { effect: false } };
    expect(await executeApproved(world.deps, id)).toMatchObject({
      status: 'failed',
      problem: { code: 'no-effect' },
    });
  });

  it.each<[string, CallResult]>([
    ['does not know', { status: 'succeeded', output: { effect: 'maybe' } }],
    ['is away', { status: 'unknown', code: 'unreachable', detail: 'no answer' }],
    ['answers with something else', { status: 'succeeded', output: 'yes' }],
  ])('stays in doubt when the system %s', async (_, answer) => {
    const id = await lost();
    says = answer;
    expect(await executeApproved(world.deps, id)).toMatchObject({ status: 'unknown' });
    expect(await typesOf(id)).toHaveLength(2);
  });

  it('is handed to the executor by the sweep for a day, and left to people then', async () => {
    const id = await lost();
    const executed: ActionId[] = [];
    const sweeping = {
      ...world.deps,
      machines: paperMachines(),
      approvalMachine: 'arn:approval',
      workflowMachine: async () => 'arn:workflow',
      execute: async (action: ActionId) => void executed.push(action),
    };
    world.clock.now = new Date(NOW.getTime() + 3_600_000);
    await sweep(sweeping as never);
    expect(executed).toContain(id);
    executed.length = 0;
    world.clock.now = new Date(NOW.getTime() + 25 * 3_600_000);
    await sweep(sweeping as never);
    expect(executed).toEqual([]);
  });

  it('is settled by an administrator of its unit, once, with the reason in the audit log', async () => {
    const id = await lost();
    expect(await listed('OpsLeads')).toContain(id);
    expect(await listed('SalesLeads')).not.toContain(id);
    const found = { effect: false, reason: 'the post office has no such letter' };
    expect(await settle(id, found, 'SalesLeads')).toMatchObject({ status: 403 });
    expect(await settle(id, found, 'OpsLeads')).toMatchObject({ status: 200, body: { status: 'failed' } });
    expect(await settle(id, { ...found, effect: true }, 'OpsLeads')).toMatchObject({ status: 409 });
    const last = (await world.database.history(`ACTION#${id}`)).at(-1);
    expect(last).toMatchObject({ type: 'action.failed', data: { settled: found.reason } });
    expect(await listed('OpsLeads')).not.toContain(id);
  });

  it.each(['act_00000000000000000000000000000000', 'nonsense'])(
    'of which there is none is a 404: %s',
    async (id) => {
      expect(await settle(id, { effect: true, reason: 'x' }, 'OpsLeads')).toMatchObject({ status: 404 });
    },
  );
});

describe('a key used a hundred times at once', () => {
  it('has one effect, and everybody hears of the same action', async () => {
    world.erp.answer = () => ({ status: 'succeeded', output: { order: 'PO-1' } });
    world.erp.calls.length = 0;
    const key = 'a-hundred-times';
    const answers = await Promise.all(Array.from({ length: 100 }, () => world.act({ key })));
    expect(world.erp.calls).toHaveLength(1);
    expect(new Set(answers.map(({ status }) => status)).difference(new Set([200, 409]))).toEqual(new Set());
    const late = await world.act({ key });
    const ids = answers.filter(({ status }) => status === 200).map(({ body }) => body['id']);
    expect(new Set([...ids, late.body['id']]).size).toBe(1);
    expect(world.erp.calls).toHaveLength(1);
    for (const { status, headers } of answers)
      if (status === 409) expect(headers.get('retry-after')).toBe('2');
    expect((await world.act({ key, purpose: 'Something else' })).status).toBe(422);
    const other = await world.act({ key, as: 'agt_second' });
    expect(other.body['id']).not.toBe(late.body['id']);
  });
});
