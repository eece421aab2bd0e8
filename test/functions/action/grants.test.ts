import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ActionRow } from '../../../core/action/action.ts';
import { usesKey } from '../../../core/action/grant.ts';
import { grantEvent } from '../../../core/action/make-grant.ts';
import { revokeGrant } from '../../../core/action/revoke-grant.ts';
import { underGrants } from '../../../core/action/use-grant.ts';
import { approvalKey } from '../../../core/approval/approval.ts';
import type { Change } from '../../../core/change.ts';
import type { GovernanceBody } from '../../../core/governance/manifest.ts';
import { actionId, approvalIdOf } from '../../../core/id.ts';
import { createActionsApi } from '../../../functions/action/actions-api.ts';
import { questionOf } from '../../../functions/action/answer-request.ts';
import { loadDoorFacts } from '../../../functions/action/door-facts.ts';
import { executeApproved } from '../../../functions/action/execute-approved.ts';
import { liftByGrants } from '../../../functions/action/lift-by-grants.ts';
import { decideAndCommit } from '../../../functions/aws/registry.ts';
import { asNamed, buyer, order, startWorld, type World } from '../../harness/door.ts';
import { later, NOW } from '../../harness/facts.ts';
import { agreeOnGrant, askForGrant, grantOf, ops, someTerms } from '../../harness/grants.ts';
import { answered } from '../../harness/http.ts';
import { change, guard, organisation, withoutPolicy, withPolicy } from '../../harness/organisation.ts';
import { bob, switchDesk } from '../../harness/switches.ts';
import { vote } from '../../harness/votes.ts';

const many = { dailyActions: 100_000 };
const company = change(change(organisation(), 'Agent agt_buyer', many), 'Group budget-owners', {
  members: ['vera', 'rita', 'ada', 'ben', 'cleo'],
});

let world: World;
beforeAll(async () => {
  world = await startWorld();
  await world.apply(company);
});
afterAll(() => world.stop());
beforeEach(() => {
  world.clock.now = NOW;
  world.erp.calls.length = 0;
});

const buy = (fields: object = {}, options: { as?: string; key?: string } = {}) =>
  world.act({ input: { ...order, total: '1500.00', ...fields }, ...options });
const statusOf = async (fields: object = {}, options = {}) => (await buy(fields, options)).status;
const usesOf = async (terms = someTerms()) => {
  const [row] = await world.deps.registry.load([usesKey((await grantOf(world, terms)).id)]);
  return [row?.['uses'], row?.['spent']];
};

describe('a request for a standing grant', () => {
  it('asks exactly the guard it would lift, and neither the sponsor of the agent nor the stranger', async () => {
    const { approval, action } = await askForGrant(world);
    const [row] = await world.deps.registry.load([approvalKey(approval)]);
    expect(row?.['guards']).toEqual([
      {
        id: 'operations-orders-over-1k',
        title: 'Orders over 1000.00 are asked for',
        requires: [{ group: 'budget-owners', count: 1 }],
        expiresSeconds: 3600,
      },
    ]);
    await expect(vote(world, { approval }, 'vera')).rejects.toThrow();
    await expect(vote(world, { approval }, 'dora')).rejects.toThrow();
    expect((await executeApproved(world.deps, action)).status).toBe('held');
    expect(await statusOf()).toBe(202);
  });

  it('keeps out the person who asked', async () => {
    const scoped = { kind: 'Administrator', scope: 'coe' };
    const administrators = [
      { ...scoped, id: 'ops', principal: ops.id },
      {
        ...scoped,
        id: 'rita',
        principal: 'arn:aws:iam::111122223333:user/rita',
        person: 'rita',
        scope: 'operations',
      },
    ];
    const at = (document: object) => ({ file: 'coe.yaml', line: 1, layer: 'coe', document });
    await world.apply({ ...company, manifests: [...company.manifests, ...administrators.map(at)] });
    const rita = {
      kind: 'administrator',
      id: 'arn:aws:iam::111122223333:user/rita',
    } as unknown as typeof ops;
    const { approval } = await askForGrant(world, someTerms({ reason: 'mine' }), rita);
    await expect(vote(world, { approval }, 'rita')).rejects.toThrow();
    await vote(world, { approval }, 'ada');
    const stranger = { ...rita, id: 'arn:aws:iam::111122223333:user/eve' } as unknown as typeof ops;
    await expect(askForGrant(world, someTerms(), stranger)).rejects.toThrow('outside-unit');
  });

  it('meets the request that waits', async () => {
    const terms = someTerms({ reason: 'twice' });
    expect(await askForGrant(world, terms)).toEqual(await askForGrant(world, terms));
  });

  it.each<[object, string]>([
    [{ guard: 'operations-orders-over-2k' }, 'did you mean operations-orders-over-1k?'],
    [{ guard: 'operations-blocked-vendors' }, 'guard: no guard'],
    [{ guard: 'council' }, 'guard: no guard'],
    [{ tool: 'erp.get_budget' }, 'guard: no guard'],
    [{ tool: 'erp.none' }, 'tool: no tool'],
    [{ agent: 'agt_autonomy' }, 'agent: there is no agent'],
    [{ agent: 'agt_seller' }, 'tool: no tool'],
    [{ limits: { totl: { max: '1' } } }, 'did you mean total?'],
    [{ until: later(-1).toISOString() }, 'until:'],
    [{ until: later(90 * 86_400 + 1).toISOString() }, 'until:'],
    [{ limits: { total: { max: '1' } } }, 'limits: give currency an equals'],
    [{ tool: 'erp.send_letter', money: { total: '1', currency: 'USD' } }, 'guard: no guard'],
    [{ limits: {}, money: { total: '1', currency: 'USD' } }, 'limits: give total a max'],
  ])('of %j is refused: %s', async (fields, said) => {
    await expect(askForGrant(world, someTerms(fields))).rejects.toThrow(said);
  });

  it.each<[object]>([
    [{ count: 10_001 }],
    [{ count: 0 }],
    [{ limits: { total: {} } }],
    [{ limits: { total: { maxx: '1' } } }],
  ])('can not even be written with %j', (fields) => expect(() => someTerms(fields)).toThrow());
});

describe('a standing grant', () => {
  it('lets an action through at once, counts it, and says so in its one event', async () => {
    expect(await agreeOnGrant(world)).toMatchObject({ status: 'succeeded', version: 3 });
    const { status, body } = await buy();
    expect(status).toBe(200);
    const events = await world.database.events();
    const started = events.find(({ type, action }) => type === 'action.started' && action === body['id']);
    const { id, approval } = await grantOf(world);
    expect(started?.data).toMatchObject({
      decided: { approvals: ['operations-orders-over-1k'], outcome: 'allow' },
      grants: [{ id, approval, left: { count: 9 } }],
    });
    expect(await usesOf()).toEqual([1, 0]);
  });

  it('is foretold by explain', async () => {
    await agreeOnGrant(world);
    const api = createActionsApi({ ...world.deps, authenticate: asNamed });
    const headers = { authorization: `Bearer ${buyer}`, 'content-type': 'application/json' };
    const input = { ...order, total: '1500.00' };
    const body = JSON.stringify({ tool: 'erp.create_order', input, purpose: 'A question' });
    const said = await answered(await api.request('/v1/actions:explain', { method: 'POST', headers, body }));
    const { id } = await grantOf(world);
    expect(said.body).toMatchObject({ outcome: 'allow', detail: expect.stringContaining(id) as string });
    expect(await usesOf()).toEqual([0, 0]);
  });

  it.each<[object, object?]>([
    [{ vendor: 'Contoso' }],
    [{ total: '2000.01' }],
    [{}, { as: 'agt_second' }],
    [{ total: '10000.01' }],
  ])('holds what is not within it: %j %j', async (fields, options = {}) => {
    await agreeOnGrant(world);
    expect(await statusOf(fields, options)).toBe(202);
    expect(await usesOf()).toEqual([0, 0]);
  });

  it('lifts no other guard: what two guards hold waits for both', async () => {
    await agreeOnGrant(world, someTerms({ limits: {} }));
    const { body } = await buy({ total: '20000.00' });
    const approval = approvalIdOf(actionId.parse(body['id']));
    const [row] = await world.deps.registry.load([approvalKey(approval)]);
    expect(row?.['guards']).toHaveLength(2);
    await agreeOnGrant(world, someTerms({ guard: 'operations-orders-over-10k', limits: {} }), [
      'cleo',
      'dora',
    ]);
    expect(await statusOf({ total: '20000.00' })).toBe(200);
    const elsewhere = { vendor: { equals: 'Contoso' } };
    await agreeOnGrant(world, someTerms({ guard: 'operations-orders-over-10k', limits: elsewhere }), [
      'cleo',
      'dora',
    ]);
    expect(await statusOf({ total: '20000.00' })).toBe(202);
  });

  it('is used exactly as often as it says, however many ask at once', async () => {
    await agreeOnGrant(world);
    const all = await Promise.all(Array.from({ length: 50 }, () => statusOf()));
    const times = (status: number) => all.filter((each) => each === status).length;
    expect([times(200), times(202), world.erp.calls.length]).toEqual([10, 40, 10]);
    expect(await usesOf()).toEqual([10, 0]);
  });

  it('moves no more than its money, however many ask at once', async () => {
    await agreeOnGrant(world, someTerms({ money: { total: '5000.00', currency: 'USD' } }));
    const all = await Promise.all(Array.from({ length: 12 }, () => statusOf()));
    expect(all.filter((each) => each === 200)).toHaveLength(3);
    expect(await usesOf()).toEqual([3, 45_000_000]);
    expect(await statusOf({ total: '1000.01', currency: 'USD' })).toBe(202);
  });

  it('counts a request that is asked again once', async () => {
    await agreeOnGrant(world);
    for (let n = 0; n < 3; n += 1) expect(await statusOf({}, { key: 'again-and-again' })).toBe(200);
    expect(await usesOf()).toEqual([1, 0]);
  });

  it('stays counted when the call fails', async () => {
    await agreeOnGrant(world);
    world.erp.answer = () => ({ status: 'failed', code: 'refused', detail: 'no' });
    expect((await buy()).body['status']).toBe('failed');
    world.erp.answer = () => ({ status: 'succeeded', output: {} });
    expect(await usesOf()).toEqual([1, 0]);
  });

  it('is over to the second', async () => {
    await agreeOnGrant(world, someTerms({ until: later(600).toISOString() }));
    world.clock.now = later(599);
    expect(await statusOf()).toBe(200);
    world.clock.now = later(600);
    expect(await statusOf()).toBe(202);
  });

  it('gives way to a kill switch, and uses nothing', async () => {
    await agreeOnGrant(world);
    const desk = switchDesk(world);
    await desk.stop('tool:erp.create_order');
    expect(await statusOf()).toBe(403);
    expect(await usesOf()).toEqual([0, 0]);
    await desk.restore('tool:erp.create_order');
    await desk.restore('tool:erp.create_order', bob);
  });

  it('counts no vote of the person acted for, and nothing that another agent lent', async () => {
    await agreeOnGrant(world);
    const facts = await loadDoorFacts(world.deps.registry, { agent: buyer }, NOW);
    const input = { ...order, total: '1500.00' };
    const body = { tool: 'erp.create_order', input, purpose: 'A question' };
    const uses = async (fields: object, known = {}) => {
      const question = { ...questionOf(facts, body), ...fields };
      const asked = await world.deps.judge(facts.active, question);
      return (await liftByGrants(world.deps, { ...facts, ...known }, { question, asked }, NOW)).uses.length;
    };
    const lent = { above: [], links: [] } as unknown as object;
    expect([
      await uses({}),
      await uses({ onBehalfOf: 'dora@example.com' }),
      await uses({ onBehalfOf: 'ada@example.com' }),
      await uses({}, { lent }),
    ]).toEqual([1, 1, 0, 0]);
  });

  it('ends when it is revoked', async () => {
    await agreeOnGrant(world);
    const by = { actor: ops, now: NOW };
    const grant = await grantOf(world);
    const left = { count: 9 };
    const started = { status: 'started' } as unknown as ActionRow;
    const event = grantEvent({ ...grant, version: 99 }, 'grant.made', by);
    const raced = { writes: [], events: [event], result: started } satisfies Change<ActionRow>;
    await decideAndCommit(world.deps.registry, async () => revokeGrant(await grantOf(world), 'enough', by));
    expect(await world.deps.registry.commit(underGrants(raced, [{ grant, amount: 0, left }]))).toBe(false);
    expect(await statusOf()).toBe(202);
    expect(revokeGrant(await grantOf(world), 'enough', by)).toMatchObject({ refused: 'revoked' });
    await agreeOnGrant(world);
    expect(await statusOf()).toBe(200);
  });
});

const rewritten = (approval: string, amount: string) =>
  withPolicy(
    withoutPolicy(company, 'operations-orders-over-1k'),
    guard('operations-orders-over-1k', approval, amount),
  );
const members = ['vera', 'rita', 'ben', 'cleo'];
const moved = { connector: { type: 'http', method: 'POST', path: '/elsewhere' } };
const changes: [string, GovernanceBody][] = [
  ['the guard asks for more people', rewritten('budget-owners:2', '1000.00')],
  ['the guard asks for others', rewritten('finance:1', '1000.00')],
  ['the guard has another condition', rewritten('budget-owners:1', '1200.00')],
  ['the tool has another definition', change(company, 'Tool erp.create_order', moved)],
  ['who agreed left the group', change(company, 'Group budget-owners', { members })],
  ['who agreed left the company', change(company, 'Person ada', { status: 'left' })],
  ['who agreed became the sponsor', change(company, 'Agent agt_buyer', { ...many, sponsor: 'ada' })],
];

describe('a standing grant is void once', () => {
  it.each(changes)('%s', async (_, body) => {
    await world.apply(company);
    await agreeOnGrant(world);
    expect(await statusOf()).toBe(200);
    await world.apply(body);
    expect(await statusOf()).toBe(202);
    await world.apply(company);
  });
});

describe('a standing grant is not made when, before it is', () => {
  it.each(changes.slice(2))('%s', async (_, body) => {
    await world.apply(company);
    const terms = someTerms({ reason: `before: ${_}` });
    const asked = await askForGrant(world, terms);
    await vote(world, asked, 'ada');
    await world.apply(body);
    expect((await executeApproved(world.deps, asked.action)).status).toBe('denied');
    await world.apply(company);
    expect((await grantOf(world, terms)).action).not.toBe(asked.action);
  });
});
