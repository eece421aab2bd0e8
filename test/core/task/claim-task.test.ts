import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ClaimFacts, claimTask, unfitFor } from '../../../core/task/claim-task.ts';
import { heldLease, settleTask } from '../../../core/task/settle-task.ts';
import { holderOf, type LeaseRow, type TaskRow, taskRow, taskStatuses } from '../../../core/task/task.ts';
import { ableAgent, later, leasedTask, NOW, someAgent, someLease, someTask } from '../../harness/facts.ts';
import { runs } from '../property-runs.ts';
import { expectLegal, refusalOf, whole } from '../whole-change.ts';

const buyer = ableAgent('agt_buyer');
const other = ableAgent('agt_other');
const facts = (fields: Partial<ClaimFacts> = {}): ClaimFacts => ({
  task: someTask(),
  lease: undefined,
  claimer: buyer,
  candidates: [{ agent: buyer, holding: 0 }],
  ...fields,
});

describe('a claim', () => {
  it('leases an open task for its time, under the next fence, with one event', () => {
    const change = whole(claimTask(facts(), 'secret-1', NOW));
    expect(change.result.task).toMatchObject({
      status: 'leased',
      fence: 1,
      version: 2,
      listKind: 'TASKS#agt_buyer',
    });
    expect(change.result.lease).toEqual(someLease());
    expect(change.events).toMatchObject([
      { type: 'task.claimed', agent: 'agt_buyer', data: { fence: 1, takenOver: false } },
    ]);
    expect(change.writes[1]).toEqual({ kind: 'lease', row: someLease(), seen: undefined });
    expect(taskRow.safeParse(change.result.task).success).toBe(true);
    expectLegal(change, 'TASK', taskStatuses);
  });

  it('takes over a task whose lease lapsed, under a new fence: the failover', () => {
    const lapsed = { task: leasedTask(), lease: someLease(), claimer: other };
    const change = whole(claimTask(facts(lapsed), 'secret-2', later(60)));
    expect(change.result.task).toMatchObject({ fence: 2, status: 'leased' });
    expect(change.result.lease).toMatchObject({ agent: 'agt_other', fence: 2, digest: 'secret-2' });
    expect(change.events[0]?.data).toMatchObject({ takenOver: true });
    expect(change.writes[1]).toMatchObject({
      kind: 'lease',
      seen: { fence: 1, expiresAt: someLease().expiresAt },
    });
    expectLegal(change, 'TASK', taskStatuses);
  });

  it('takes over a task whose lease was never written or belongs to an older fence', () => {
    for (const lease of [undefined, someLease({ fence: 1 })]) {
      const task = leasedTask({ fence: 2, version: 3 });
      expect(whole(claimTask(facts({ task, lease }), 's', NOW)).result.task.fence).toBe(3);
    }
  });

  it('gives the lease’s secret to nobody but its own row', () => {
    const change = whole(claimTask(facts(), 'secret-1', NOW));
    expect(JSON.stringify([change.events, change.result.task])).not.toContain('secret-1');
  });

  it.each<[string, Partial<ClaimFacts>, number]>([
    ['another agent holds', { task: leasedTask(), lease: someLease(), claimer: other }, 59],
    ['it holds itself', { task: leasedTask(), lease: someLease() }, 59],
    ['is done', { task: someTask({ status: 'completed' }) }, 0],
    ['failed', { task: someTask({ status: 'failed' }) }, 0],
    ['expired', { task: someTask({ status: 'expired' }) }, 0],
    ['is past its deadline', {}, 600],
    ['needs what it can not do', { claimer: someAgent({ capabilities: ['selling'] }) }, 0],
    ['is another unit’s', { claimer: ableAgent('agt_buyer', { unit: 'logistics' }) }, 0],
    ['it may not do in draft', { claimer: ableAgent('agt_buyer', { stage: 'draft' }) }, 0],
    ['it may not do suspended', { claimer: ableAgent('agt_buyer', { stage: 'suspended' }) }, 0],
    ['it may not do retired', { claimer: ableAgent('agt_buyer', { stage: 'retired' }) }, 0],
  ])('of a task that %s is refused', (_, fields, seconds) => {
    expect(refusalOf(claimTask(facts(fields), 's', later(seconds)))).toBe('not-claimable');
  });

  it('records everyone eligible with their scores, and why this one has it', () => {
    const busy = ableAgent('agt_busy', { maxTasks: 4 });
    const candidates = [
      { agent: buyer, holding: 0 },
      { agent: busy, holding: 3 },
      { agent: ableAgent('agt_draft', { stage: 'draft' }), holding: 0 },
      { agent: someAgent(), holding: 0 },
    ];
    const [event] = whole(claimTask(facts({ candidates }), 's', later(300))).events;
    expect(event?.data).toMatchObject({
      why: 'asked first among 2 eligible; score 0.83',
      candidates: [
        { agent: 'agt_buyer', score: 0.83, parts: { capability: 1, load: 1, age: 0.5 } },
        { agent: 'agt_busy', score: 0.58, parts: { capability: 1, load: 0.25, age: 0.5 } },
      ],
    });
  });

  it('says what makes an agent unfit', () => {
    expect(unfitFor(someTask(), buyer)).toBeUndefined();
    expect(unfitFor(someTask(), someAgent())).toBe('it lacks the capability buying');
    expect(unfitFor(someTask(), ableAgent('agt_one', { unit: 'x' }))).toBe('it belongs to unit x');
    expect(unfitFor(someTask(), ableAgent('agt_one', { stage: 'draft' }))).toBe('it is in stage draft');
  });

  it('keeps the last twenty assignments of a task that goes round', () => {
    let task: TaskRow = someTask({ deadline: later(1_000_000).toISOString() });
    let lease: LeaseRow | undefined;
    for (let n = 0; n < 25; n += 1) {
      ({ task, lease } = whole(claimTask(facts({ task, lease }), 's', later(n * 100))).result);
    }
    expect(task.assignments.map(({ fence }) => fence)).toEqual(Array.from({ length: 20 }, (_, n) => n + 6));
  });
});

describe('any sequence of claims and answers', () => {
  const moves = fc.array(
    fc.record({
      who: fc.constantFrom(buyer, other),
      wait: fc.integer({ min: 0, max: 80 }),
      settle: fc.boolean(),
    }),
    { minLength: 2, maxLength: 12 },
  );

  it('has at most one holder, fences that only grow, and takes an answer from the holder alone', () => {
    fc.assert(
      fc.property(moves, (moves) => {
        let seconds = 0;
        let task: TaskRow = someTask({ deadline: later(100_000).toISOString() });
        let lease: LeaseRow | undefined;
        const given: { agent: typeof buyer.id; leaseDigest: string }[] = [];
        for (const { who, wait, settle } of moves) {
          seconds += wait;
          const now = later(seconds);
          const before = holderOf(task, lease, now);
          const claimed = claimTask(facts({ task, lease, claimer: who }), `s${given.length}`, now);
          expect('refused' in claimed).toBe(before !== undefined);
          if (!('refused' in claimed)) {
            expect(claimed.result.task.fence).toBe(task.fence + 1);
            ({ task, lease } = whole(claimed).result);
            given.push({ agent: who.id, leaseDigest: lease.digest });
          }
          const holding = given.filter((each) => !('refused' in heldLease({ task, lease }, each, now)));
          expect(holding).toEqual(given.slice(-1));
          if (!settle) continue;
          for (const late of given.slice(0, -1)) {
            const answer = settleTask({ task, lease }, late, { status: 'completed', output: 1 }, now);
            expect(refusalOf(answer)).toBe('lease-lost');
          }
        }
      }),
      runs(150),
    );
  });
});
