import { describe, expect, it } from 'vitest';
import type { AuditEvent, EventType } from '../../../core/event.ts';
import { figuresOf } from '../../../functions/relay/figures-of.ts';

const event = (type: EventType, data: AuditEvent['data'] = {}): AuditEvent => ({
  v: 1,
  subject: 'ACTION#act_00000000',
  version: 1,
  type,
  at: '2026-11-23T10:00:00.000Z',
  actor: { kind: 'system', id: 'test' },
  unit: 'operations',
  workflow: 'procurement',
  agent: 'agt_buyer' as never,
  data,
});
const measured = { cycleSeconds: 120, heldSeconds: 60, minutesSaved: 27, costUsd: 3, netValueUsd: 27 };

describe('what an event counts', () => {
  it.each<[EventType, string]>([
    ['action.started', 'ActionsAllowed'],
    ['action.held', 'ActionsHeld'],
    ['action.denied', 'ActionsDenied'],
    ['action.succeeded', 'ActionsSucceeded'],
    ['action.failed', 'ActionsFailed'],
    ['action.unknown', 'ActionsUnknown'],
    ['action.rejected', 'ActionsRejected'],
    ['action.expired', 'ActionsExpired'],
    ['approval.approved', 'ApprovalsApproved'],
    ['approval.denied', 'ApprovalsDenied'],
    ['approval.expired', 'ApprovalsExpired'],
    ['approval.withdrawn', 'ApprovalsWithdrawn'],
    ['approval.unreachable', 'ApprovalsUnreachable'],
    ['approval.superseded', 'ApprovalsSuperseded'],
    ['task.completed', 'TasksCompleted'],
    ['task.failed', 'TasksFailed'],
  ])('%s is one of %s, by unit alone', (type, name) => {
    expect(figuresOf(event(type))).toEqual([
      { name, unit: 'Count', value: 1, dimensions: { unit: 'operations' } },
    ]);
  });

  it.each<[EventType, string]>([
    ['run.finished', 'RunsFinished'],
    ['run.failed', 'RunsFailed'],
  ])('%s carries the measured outcome, by unit and workflow', (type, name) => {
    const dimensions = { unit: 'operations', workflow: 'procurement' };
    expect(figuresOf(event(type, measured))).toEqual([
      { name, unit: 'Count', value: 1, dimensions },
      { name: 'CycleTimeSeconds', unit: 'Seconds', value: 120, dimensions },
      { name: 'HeldSeconds', unit: 'Seconds', value: 60, dimensions },
      { name: 'MinutesSaved', unit: 'Minutes', value: 27, dimensions },
      { name: 'CostUsd', unit: 'Usd', value: 3, dimensions },
      { name: 'NetValueUsd', unit: 'Usd', value: 27, dimensions },
    ]);
  });

  it('invents no value for a run that ended without being measured', () => {
    expect(figuresOf(event('run.failed')).map(({ name }) => name)).toEqual(['RunsFailed']);
  });

  it.each<EventType>(['action.resumed', 'task.opened', 'approval.voted', 'token.issued', 'agent.changed'])(
    'counts nothing for %s',
    (type) => {
      expect(figuresOf(event(type))).toEqual([]);
    },
  );

  it('never makes an id a dimension', () => {
    const names = ['action.held', 'run.finished'].flatMap((type) =>
      figuresOf(event(type as EventType, measured)).flatMap(({ dimensions }) => Object.keys(dimensions)),
    );
    expect(new Set(names)).toEqual(new Set(['unit', 'workflow']));
  });
});
