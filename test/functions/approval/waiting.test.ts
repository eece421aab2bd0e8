import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askQuestion } from '../../../core/approval/ask-question.ts';
import { approvalKey, approvalRow } from '../../../core/approval/approval.ts';
import { isRefusal } from '../../../core/change.ts';
import { parseRow } from '../../../core/row.ts';
import { engageSwitch } from '../../../core/switch/engage-switch.ts';
import { executeApproved } from '../../../functions/action/execute-approved.ts';
import { reviewWaiting } from '../../../functions/approval/review-waiting.ts';
import { loadApproval } from '../../../functions/aws/load-approval.ts';
import { decideAndCommit } from '../../../functions/aws/registry.ts';
import { second, startWorld, type World } from '../../harness/door.ts';
import { organisation } from '../../harness/organisation.ts';
import { type Held, holdOrder, vote } from '../../harness/votes.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

const approvalOf = async ({ approval }: Held) => {
  const [row] = await world.deps.registry.load([approvalKey(approval)]);
  return parseRow(approvalRow, row);
};
const review = () => reviewWaiting({ ...world.deps, releases: world.releases });

describe('an agent that waits', () => {
  it('takes its request back, once, and nobody can decide any more', async () => {
    const held = await holdOrder(world);
    const path = `/v1/actions/${held.action}/withdraw`;
    expect(await world.post(path, { reason: 'found in stock' })).toMatchObject({
      status: 200,
      body: { status: 'withdrawn', problem: { code: 'withdrawn' } },
    });
    expect(await world.post(path, {})).toMatchObject({ status: 409, body: { title: 'not-pending' } });
    await expect(vote(world, held, 'ada')).rejects.toThrow('already withdrawn');
    expect(await executeApproved(world.deps, held.action)).toMatchObject({ status: 'withdrawn' });
    expect(world.erp.calls).toHaveLength(0);
  });

  it('can take back neither another’s request nor one that was approved', async () => {
    const held = await holdOrder(world);
    const path = `/v1/actions/${held.action}/withdraw`;
    expect((await world.post(path, {}, second)).status).toBe(404);
    await vote(world, held, 'ada');
    expect(await world.post(path, {})).toMatchObject({ status: 409, body: { title: 'not-pending' } });
  });

  it('answers what approvers ask, once, and another agent answers nothing', async () => {
    const held = await holdOrder(world);
    const { registry, now } = world.deps;
    const asked = await decideAndCommit(registry, async () => {
      const facts = await loadApproval(registry, held.approval, now());
      const { digest } = facts.approval;
      return askQuestion(facts, { person: 'ada', text: 'Which project?', digest }, now());
    });
    expect(isRefusal(asked)).toBe(false);
    const path = `/v1/actions/${held.action}/answers`;
    const answer = { question: 1, text: 'The office move' };
    expect((await world.post(path, answer, second)).status).toBe(404);
    expect(await world.post(path, answer)).toMatchObject({
      status: 200,
      body: { questions: [{ number: 1, text: 'Which project?', answer: { text: 'The office move' } }] },
    });
    expect(await world.post(path, answer)).toMatchObject({ status: 409, body: { title: 'answered' } });
    expect((await world.post(path, { question: 0, text: '' })).status).toBe(400);
  });
});

describe('what is overtaken while people are asked', () => {
  it('is left alone while the rules are the same', async () => {
    const held = await holdOrder(world);
    expect(await review()).toEqual({ superseded: 0, failed: 0 });
    expect((await approvalOf(held)).status).toBe('pending');
  });

  it('ends as superseded when its guard asks for others, and cannot be decided any more', async () => {
    const held = await holdOrder(world);
    const before = organisation();
    const changed = before.policies.map((policy) => ({
      ...policy,
      text: policy.text.replace('@approval("budget-owners:1")', '@approval("budget-owners:2")'),
    }));
    expect(changed).not.toEqual(before.policies);
    await world.apply({ ...before, policies: changed });
    expect((await review()).superseded).toBeGreaterThan(0);
    expect((await approvalOf(held)).status).toBe('superseded');
    await expect(vote(world, held, 'ada')).rejects.toThrow('already superseded');
    await world.apply(before);
  });

  it('ends as superseded when a kill switch stops its agent', async () => {
    const held = await holdOrder(world);
    const by = {
      actor: { kind: 'administrator', id: 'arn:aws:iam::111122223333:user/ops' },
      now: world.clock.now,
    } as const;
    await decideAndCommit(world.deps.registry, async () =>
      engageSwitch(undefined, { scope: 'unit:operations', reason: 'it went wild' }, by),
    );
    expect((await review()).superseded).toBeGreaterThan(0);
    expect((await approvalOf(held)).status).toBe('superseded');
  });
});
