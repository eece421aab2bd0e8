import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { actionKey } from '../../../core/action/action.ts';
import { activeReleaseKey } from '../../../core/policy/release.ts';
import { executeApproved } from '../../../functions/action/execute-approved.ts';
import { createGovernanceApi } from '../../../functions/governance/governance-api.ts';
import { order, startWorld, type World } from '../../harness/door.ts';
import { type Answered, answered, signedBy } from '../../harness/http.ts';
import { change, guard, organisation, withoutPolicy, withPolicy } from '../../harness/organisation.ts';
import { holdOrder, vote } from '../../harness/votes.ts';

const ops = 'arn:aws:iam::111122223333:user/ops';
let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());
beforeEach(async () => {
  await world.apply(organisation());
});

async function explain(id: string, caller: object = signedBy(ops)): Promise<Answered> {
  const { registry, now } = world.deps;
  const api = createGovernanceApi({ registry, releases: world.releases, now });
  return answered(await api.request(`/v1/decisions/${id}`, {}, caller));
}
const idOf = ({ body }: Answered) =>
  (body as { id?: string }).id ?? (body['action'] as { id?: string } | undefined)?.id ?? '';
const put = (row: object) =>
  world.database.client.send(new PutItemCommand({ TableName: 'registry', Item: marshall(row) }));
const rowOf = async (id: string) => (await world.deps.registry.load([actionKey(id)]))[0] ?? {};
const sized = (total: string) => ({ input: { ...order, total } });

describe('a decision explained', () => {
  it.each<[string, Parameters<World['act']>[0], object, string[], string]>([
    ['allowed', {}, { outcome: 'allow' }, ['operations-buyers-work'], 'permit'],
    ['held', sized('2000.00'), { outcome: 'hold' }, ['operations-orders-over-1k'], '1 of budget-owners'],
    [
      'held by two guards',
      sized('20000.00'),
      { outcome: 'hold' },
      ['operations-orders-over-10k', 'operations-orders-over-1k'],
      '2 of finance',
    ],
    [
      'forbidden',
      { input: { ...order, vendor: 'Shady' } },
      { outcome: 'deny', reason: 'forbidden' },
      ['operations-blocked-vendors'],
      'Blocked vendors get no orders',
    ],
    [
      'not permitted',
      { tool: 'erp.wipe', input: {} },
      { outcome: 'deny', reason: 'not-permitted' },
      [],
      'no rule',
    ],
    [
      'about an unknown tool',
      { tool: 'erp.nothing', input: {} },
      { outcome: 'deny', reason: 'unknown-tool' },
      [],
      'no tool erp.nothing',
    ],
    [
      'about an input that does not fit',
      { input: { ...order, total: 'many' } },
      { outcome: 'deny', reason: 'invalid-input' },
      [],
      'total',
    ],
  ])('is decided again the same when it was %s', async (_, ask, said, policies, detail) => {
    const { status, body } = await explain(idOf(await world.act(ask)));
    expect(status).toBe(200);
    expect(body).toMatchObject({ reproduced: true, then: { ...said, policies }, agent: 'agt_buyer' });
    expect(body['now']).toEqual(body['then']);
    expect((body['policies'] as { id: string }[]).map(({ id }) => id)).toEqual(policies);
    expect(body['detail']).toContain(detail);
  });

  it('shows each policy as written, with title and place, and what its guard asks for', async () => {
    const { body } = await explain(idOf(await world.act(sized('2000.00'))));
    expect(body['policies']).toEqual([
      {
        id: 'operations-orders-over-1k',
        title: 'Orders over 1000.00 are asked for',
        layer: 'operations',
        file: 'operations.cedar',
        line: 1,
        text: guard('operations-orders-over-1k', 'budget-owners:1', '1000.00'),
      },
    ]);
    expect(body['guards']).toMatchObject([
      { id: 'operations-orders-over-1k', requires: [{ group: 'budget-owners', count: 1 }] },
    ]);
  });

  it('holds under its own release and the facts of then, whatever changed since', async () => {
    const held = idOf(await world.act(sized('2000.00')));
    const denied = idOf(await world.act({ tool: 'erp.get_budget', input: { unit: 'x' }, as: 'agt_clerk' }));
    const then = await explain(held);
    const lenient = withoutPolicy(organisation(), 'operations-orders-over-1k');
    const demoted = change(lenient, 'Agent agt_buyer', { roles: [], sponsor: 'rita' });
    await world.apply(change(demoted, 'Agent agt_clerk', { roles: ['buyer'] }));
    expect((await explain(held)).body).toEqual(then.body);
    expect((await explain(denied)).body).toMatchObject({
      reproduced: true,
      now: { outcome: 'deny', reason: 'not-permitted' },
      asked: { agent: { unit: 'operations', roles: [], stage: 'pilot', sponsor: 'vera' } },
    });
  });

  it('counts the guards people lifted, for an action that was approved', async () => {
    const held = await holdOrder(world);
    await vote(world, held, 'ada');
    await executeApproved(world.deps, held.action);
    const { body } = await explain(held.action);
    expect(body).toMatchObject({
      status: 'succeeded',
      reproduced: true,
      then: { outcome: 'allow' },
      asked: { approvals: ['operations-orders-over-1k'] },
    });
    expect(body['detail']).toContain('operations-orders-over-1k');
    const events = (await world.database.events()).filter(({ action }) => action === held.action);
    const decided = events.flatMap(({ type, data }) => (data['decided'] ? [[type, data['decided']]] : []));
    expect(decided).toMatchObject([
      ['action.held', { outcome: 'hold', approvals: [] }],
      ['action.started', { outcome: 'allow', approvals: ['operations-orders-over-1k'] }],
    ]);
  });

  it('is that of now when a stricter release met the votes', async () => {
    const held = await holdOrder(world);
    await vote(world, held, 'ada');
    const strict = guard('operations-second-look', 'finance:2', '1500.00');
    await world.apply(withPolicy(organisation(), strict));
    await executeApproved(world.deps, held.action);
    const { body } = await explain(held.action);
    expect(body).toMatchObject({ status: 'denied', reproduced: true, then: { outcome: 'hold' } });
    expect(body['detail']).toContain('the votes do not meet the rules of now');
  });

  it('tells the obstacle that denied what the rules allow', async () => {
    await world.apply(change(organisation(), 'Agent agt_second', { stage: 'suspended' }));
    const { body } = await explain(idOf(await world.act({ as: 'agt_second' })));
    expect(body).toMatchObject({ status: 'denied', reproduced: true, then: { outcome: 'allow' } });
    expect(body['detail']).toContain(
      'the rules said allow; what stopped it: the agent is in stage suspended',
    );
  });

  it('says so when the same question gets another answer', async () => {
    const id = idOf(await world.act(sized('2000.00')));
    const row = await rowOf(id);
    await put({ ...row, input: { ...order, total: '20.00' } });
    expect((await explain(id)).body).toMatchObject({
      reproduced: false,
      then: { outcome: 'hold' },
      now: { outcome: 'allow' },
    });
  });

  it('is a denial where no release was active', async () => {
    const [active] = await world.deps.registry.load([activeReleaseKey]);
    const row = await rowOf(idOf(await world.act({})));
    const id = 'act_withoutrelease1';
    const decided = { ...(row['decided'] as object), outcome: 'deny', reason: 'no-release' };
    await put({ ...row, ...actionKey(id), id, release: '', policies: [], decided });
    expect(active).toBeDefined();
    expect((await explain(id)).body).toMatchObject({ reproduced: true, now: { reason: 'no-release' } });
  });

  it.each(['act_00000000', 'act_X', 'latest'])('is a 404 for %s', async (id) => {
    expect(await explain(id)).toMatchObject({ status: 404, body: { title: 'unknown-action' } });
  });

  it('is a 409 for an action from before decisions kept what they were made on', async () => {
    const { decided, ...row } = await rowOf(idOf(await world.act({})));
    await put({ ...row, ...actionKey('act_beforeitwas1'), id: 'act_beforeitwas1' });
    expect(await explain('act_beforeitwas1')).toMatchObject({ status: 409, body: { title: 'not-recorded' } });
  });

  it('is for signed callers alone', async () => {
    expect(await explain(idOf(await world.act({})), {})).toMatchObject({ status: 401 });
  });
});
