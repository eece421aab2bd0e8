import { describe, expect, it } from 'vitest';
import { figuresOf } from '../../../core/approval/analytics.ts';
import { type EndedApproval, endedFiles, endedOf } from '../../../core/approval/ended-approval.ts';
import { approvalIdOf, actionIdOf, agentId } from '../../../core/id.ts';
import { minuteKey } from '../../../core/policy/recorded-decision.ts';
import { later, NOW, someAction, someApproval, someGuard, someVote } from '../../harness/facts.ts';

const at = (seconds: number) => later(seconds).toISOString();
const buyer = agentId.parse('agt_buyer');
let number = 0;
const ended = (
  status: EndedApproval['status'],
  seconds: number,
  fields: Partial<EndedApproval> = {},
): EndedApproval => ({
  v: 1,
  approval: approvalIdOf(actionIdOf(buyer, `order-${(number += 1)}`)),
  unit: 'operations',
  status,
  openedAt: at(0),
  endedAt: at(seconds),
  guards: [{ id: 'limit', title: 'Over 1,000', groups: ['finance'] }],
  votes:
    status === 'approved' || status === 'denied'
      ? [{ decision: status === 'approved' ? 'approve' : 'deny', channel: 'page', seconds }]
      : [],
  escalated: false,
  ...fields,
});

describe('the figures of people’s decisions', () => {
  const strict = { guards: [{ id: 'strict', title: 'Strict', groups: ['legal', 'finance'] }] };
  const set = [
    ...[3, 60, 120, 240].map((seconds) => ended('approved', seconds)),
    ended('approved', 7200, { escalated: true }),
    ...[30, 30, 30, 30, 600].map((seconds) => ended('denied', seconds, strict)),
    ended('expired', 3600),
    ended('withdrawn', 10),
    ended('superseded', 10),
    ended('unreachable', 0),
  ];
  const figures = figuresOf(set);

  it('count each end apart and tell shares of what people decided alone', () => {
    expect(figures.asked).toBe(14);
    expect(figures.ends).toEqual({
      approved: 5,
      denied: 5,
      expired: 1,
      withdrawn: 1,
      unreachable: 1,
      superseded: 1,
    });
    expect(figures).toMatchObject({ approvalShare: 0.5, denialShare: 0.5, overrideShare: 0.1 });
  });

  it('tell for each group how long its decisions took, by times that really occurred', () => {
    expect(figures.groups).toEqual([
      { group: 'finance', decided: 10, p50Seconds: 30, p95Seconds: 7200 },
      { group: 'legal', decided: 5, p50Seconds: 30, p95Seconds: 600 },
    ]);
  });

  it('count votes that came faster than anybody reads', () => {
    expect(figures).toMatchObject({ votes: 10, rubberStamps: 1 });
    const edge = figuresOf([ended('approved', 4.999), ended('approved', 5)]);
    expect(edge.rubberStamps).toBe(1);
  });

  it('name the guard that is never refused, and the one that always is', () => {
    expect(figures.relax).toEqual({ guard: 'limit', title: 'Over 1,000', asked: 9, approved: 5, denied: 0 });
    expect(figures.forbid).toMatchObject({ guard: 'strict', approved: 0, denied: 5 });
  });

  it('name neither after too few decisions, nor a guard that was refused once', () => {
    const few = figuresOf(set.slice(0, 4));
    expect([few.relax, few.forbid]).toEqual([undefined, undefined]);
    const once = figuresOf([...set.slice(0, 5), ended('denied', 60)]);
    expect([once.relax, once.forbid]).toEqual([undefined, undefined]);
  });

  it('are all nothing when nothing ended', () => {
    expect(figuresOf([])).toMatchObject({ asked: 0, approvalShare: 0, votes: 0, groups: [], guards: [] });
  });
});

describe('the record of an ended approval', () => {
  const guard = someGuard({ escalate: [{ group: 'leads', count: 1, afterSeconds: 600 }] });
  const row = someApproval({
    guards: [guard],
    status: 'approved',
    asked: { ann: { round: 1, deadline: 0 }, lea: { round: 2, deadline: 1 } },
    votes: [
      someVote('ann', { at: at(30), channel: 'slack' }),
      someVote('lea', { at: at(603), reason: 'private words' }),
    ],
  });
  const record = endedOf(row, someAction({ workflow: 'procurement' }), at(603));

  it('tells each vote’s time from the person’s own asking, and that a rung was open', () => {
    expect(record).toMatchObject({
      workflow: 'procurement',
      escalated: true,
      votes: [
        { decision: 'approve', channel: 'slack', seconds: 30 },
        { decision: 'approve', seconds: 3 },
      ],
    });
  });

  it('tells a vote’s time from when its person saw it, where that is known', () => {
    const votes = [someVote('ann', { at: at(30), seenAt: at(27) }), someVote('lea', { at: at(603) })];
    const told = endedOf({ ...row, votes }, someAction(), at(603));
    expect(told?.votes.map(({ seconds }) => seconds)).toEqual([3, 3]);
    expect(told && figuresOf([told]).rubberStamps).toBe(2);
  });

  it('holds no name, no reason and no input', () => {
    expect(JSON.stringify(record)).not.toMatch(/"ann"|"lea"|private|Northwind/);
  });

  it('is none while people are asked', () => {
    expect(endedOf(someApproval(), someAction(), at(1))).toBeUndefined();
  });

  it('stands where no replay of decisions looks for its own', () => {
    const [file] = endedFiles(record ? [record] : []);
    expect(file?.key).toMatch(/^decisions\/approvals\/2026-11-23\/10-10-[0-9a-f]{16}\.ndjson$/);
    expect((file?.key ?? '') > `${minuteKey('2999-12-31T23:59:00.000Z')}~`).toBe(true);
    expect(endedFiles(record ? [record] : [])).toEqual([file]);
    expect(NOW.toISOString()).toContain('2026-11-23');
  });
});
