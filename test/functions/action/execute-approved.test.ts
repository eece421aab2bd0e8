import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { gateKey } from '../../../core/agent/agent.ts';
import { actionKey } from '../../../core/action/action.ts';
import type { GovernanceBody } from '../../../core/governance/manifest.ts';
import { expireApproval } from '../../../core/approval/expire-approval.ts';
import { loadApproval } from '../../../functions/aws/load-approval.ts';
import { decideAndCommit } from '../../../functions/aws/registry.ts';
import { executeApproved } from '../../../functions/action/execute-approved.ts';
import { createJudge, createOpenRelease } from '../../../functions/action/judge.ts';
import { buyer, startWorld, type World } from '../../harness/door.ts';
import { NOW } from '../../harness/facts.ts';
import { change, guard, organisation, withoutPolicy, withPolicy } from '../../harness/organisation.ts';
import { type Held, holdOrder, vote } from '../../harness/votes.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());
beforeEach(() => {
  world.clock.now = NOW;
  world.erp.calls.length = 0;
});

const later = (minutes: number) => {
  world.clock.now = new Date(NOW.getTime() + minutes * 60_000);
};
const execute = ({ action }: Held) => executeApproved(world.deps, action);
const typesOf = async ({ action }: Held) =>
  (await world.database.events())
    .filter(({ subject }) => subject === `ACTION#${action}`)
    .map(({ type }) => type);
async function approved(total?: string): Promise<Held> {
  const held = await holdOrder(world, total);
  await vote(world, held, 'ada');
  return held;
}

describe('an approved action', () => {
  it('is carried out with its action id as key, counted by the gate, with one event per version', async () => {
    const [before] = await world.deps.registry.load([gateKey(buyer)]);
    const held = await approved();
    expect(await execute(held)).toMatchObject({ status: 'succeeded', attempt: 1 });
    expect(world.erp.calls[0]?.idempotencyKey).toBe(held.action);
    expect(await typesOf(held)).toEqual(['action.held', 'action.started', 'action.succeeded']);
    const [after] = await world.deps.registry.load([gateKey(buyer)]);
    expect(Number(after?.['actionsToday'])).toBe(Number(before?.['actionsToday'] ?? 0) + 1);
  });

  it('is carried out exactly once when ten executors come at once', async () => {
    const held = await approved();
    const ends = await Promise.allSettled(Array.from({ length: 10 }, () => execute(held)));
    expect(world.erp.calls).toHaveLength(1);
    const errors = ends.flatMap((end) => (end.status === 'rejected' ? [(end.reason as Error).name] : []));
    expect(new Set(errors).difference(new Set(['ActionInFlight']))).toEqual(new Set());
    expect(await execute(held)).toMatchObject({ status: 'succeeded' });
    expect(world.erp.calls).toHaveLength(1);
    expect(await typesOf(held)).toEqual(['action.held', 'action.started', 'action.succeeded']);
  });

  it('needs every guard’s votes', async () => {
    const held = await holdOrder(world, '20000.00');
    await vote(world, held, 'ada');
    await vote(world, held, 'cleo');
    expect(await execute(held)).toMatchObject({ status: 'held' });
    await vote(world, held, 'dora');
    expect(await execute(held)).toMatchObject({ status: 'succeeded' });
    expect(world.erp.calls).toHaveLength(1);
  });
});

describe('what was never approved', () => {
  it('is not carried out while it is pending', async () => {
    const held = await holdOrder(world);
    expect(await execute(held)).toMatchObject({ status: 'held' });
    expect(world.erp.calls).toHaveLength(0);
  });

  it('is not carried out once it was denied', async () => {
    const held = await holdOrder(world);
    await vote(world, held, 'ada', 'deny');
    expect(await execute(held)).toMatchObject({ status: 'rejected' });
    expect(world.erp.calls).toHaveLength(0);
  });
});

describe('what ran out of time', () => {
  it('is not carried out once it expired, even with a vote cast before', async () => {
    const held = await holdOrder(world, '20000.00');
    await vote(world, held, 'cleo');
    later(60);
    await decideAndCommit(world.deps.registry, async () =>
      expireApproval(
        await loadApproval(world.deps.registry, held.approval, world.deps.now()),
        'deadline',
        world.deps.now(),
      ),
    );
    expect(await execute(held)).toMatchObject({ status: 'expired' });
    expect(world.erp.calls).toHaveLength(0);
    await expect(vote(world, held, 'dora')).rejects.toThrow('already expired');
  });
});

describe('what changed since the approval', () => {
  afterEach(async () => {
    await world.apply(organisation());
  });
  const changed = (body: GovernanceBody) => () => world.apply(body);
  const ORDER = 'action == AutonomyOS::Action::"erp.create_order"';
  const closed = `@id("operations-closed") @title("Closed for the year") forbid (principal, ${ORDER}, resource);`;
  const strict = withPolicy(
    withoutPolicy(organisation(), 'operations-orders-over-1k'),
    guard('operations-orders-over-1k', 'finance:1', '1000.00'),
  );
  const moved = { connector: { type: 'http', method: 'POST', path: '/elsewhere' } };
  const without = ['vera', 'rita', 'ben'];

  it.each<[string, () => Promise<unknown>, string]>([
    ['a new rule forbids it', changed(withPolicy(organisation(), closed)), 'forbidden'],
    ['its guard asks for other people', changed(strict), 'approval-not-enough'],
    [
      'a second guard holds it',
      changed(withPolicy(organisation(), guard('operations-two', 'finance:1', '1500.00'))),
      'approval-not-enough',
    ],
    [
      'nothing permits it any more',
      changed(withoutPolicy(organisation(), 'operations-buyers-work')),
      'not-permitted',
    ],
    [
      'the tool has another definition',
      changed(change(organisation(), 'Tool erp.create_order', moved)),
      'tool-changed',
    ],
    [
      'the agent was suspended',
      changed(change(organisation(), 'Agent agt_buyer', { stage: 'suspended' })),
      'agent-inactive',
    ],
    [
      'the approver left the group',
      changed(change(organisation(), 'Group budget-owners', { members: without })),
      'approval-not-enough',
    ],
    [
      'the approver left the company',
      changed(change(organisation(), 'Person ada', { status: 'left' })),
      'approval-not-enough',
    ],
    [
      'the approver became the sponsor',
      changed(change(organisation(), 'Agent agt_buyer', { sponsor: 'ada' })),
      'approval-not-enough',
    ],
  ])('denies it when %s', async (_, happens, code) => {
    const held = await approved();
    await happens();
    const open = createOpenRelease(world.releases);
    const deps = { ...world.deps, open, judge: createJudge(open, world.deps.log) };
    const row = await executeApproved(deps, held.action);
    expect(row).toMatchObject({ status: 'denied', problem: { code } });
    expect(world.erp.calls).toHaveLength(0);
    expect(await typesOf(held)).toEqual(['action.held', 'action.denied']);
  });

  it('keeps it held while the rules can’t be read, so that it is tried again', async () => {
    const held = await approved();
    const kept = new Map(world.bundles);
    world.bundles.clear();
    const open = createOpenRelease(world.releases);
    const deps = { ...world.deps, open, judge: createJudge(open, world.deps.log) };
    await expect(executeApproved(deps, held.action)).rejects.toMatchObject({ name: 'ReleaseUnreadable' });
    expect(await typesOf(held)).toEqual(['action.held']);
    for (const [hash, bundle] of kept) world.bundles.set(hash, bundle);
    expect(await executeApproved(deps, held.action)).toMatchObject({ status: 'succeeded' });
  });

  it('lets it lapse when it was not used for more than fifteen minutes', async () => {
    const [used, lapsed] = [await approved(), await approved()];
    later(15);
    expect(await execute(used)).toMatchObject({ status: 'succeeded' });
    later(15.1);
    expect(await execute(lapsed)).toMatchObject({ status: 'expired', problem: { code: 'approval-lapsed' } });
    expect(await execute(lapsed)).toMatchObject({ status: 'expired' });
    expect(world.erp.calls).toHaveLength(1);
  });

  it('lets it lapse after the minutes the stage was set to', async () => {
    const held = await approved();
    later(2);
    expect(await executeApproved({ ...world.deps, lapseMinutes: 1 }, held.action)).toMatchObject({
      status: 'expired',
    });
  });

  it('denies it when its input is no longer the approved one', async () => {
    const held = await approved();
    const [row] = await world.deps.registry.load([actionKey(held.action)]);
    await world.deps.registry.commit({
      writes: [
        {
          kind: 'put',
          row: {
            ...actionKey(held.action),
            v: 1,
            ...row,
            input: { vendor: 'Northwind', total: '9999.00', currency: 'USD' },
          },
        },
      ],
      events: [
        {
          v: 1,
          subject: `TAMPER#${held.action}`,
          version: 1,
          type: 'person.changed',
          at: NOW.toISOString(),
          actor: { kind: 'system', id: 'test' },
          data: {},
        },
      ],
      result: undefined,
    });
    expect(await execute(held)).toMatchObject({
      status: 'denied',
      problem: { code: 'not-what-was-approved' },
    });
    expect(world.erp.calls).toHaveLength(0);
  });
});
