import { describe, expect, it } from 'vitest';
import { actionRow, actionStatuses, settledStatuses } from '../../core/action/action.ts';
import { actingStages, agentRow, firstStages, gateRow, stages } from '../../core/agent/agent.ts';
import { approvalRow, approvalStatuses } from '../../core/approval/approval.ts';
import { runRow, runStatuses } from '../../core/run/run.ts';
import { isTerminal, priorsOf, statusesOf, type StatusTable } from '../../core/status.ts';
import { taskRow, taskStatuses } from '../../core/task/task.ts';

type Table = {
  readonly noun: string;
  readonly table: StatusTable<string>;
  readonly first: readonly string[];
  readonly ends: readonly string[];
  readonly stored: readonly string[];
};

const tables: readonly Table[] = [
  {
    noun: 'an action',
    table: actionStatuses,
    first: ['held', 'started', 'denied'],
    ends: [
      ...['denied', 'rejected', 'expired', 'withdrawn', 'unreachable', 'superseded'],
      ...['succeeded', 'failed'],
    ],
    stored: actionRow.shape.status.options,
  },
  {
    noun: 'an approval',
    table: approvalStatuses,
    first: ['pending'],
    ends: ['approved', 'denied', 'expired', 'withdrawn', 'unreachable', 'superseded'],
    stored: approvalRow.shape.status.options,
  },
  {
    noun: 'a run',
    table: runStatuses,
    first: ['requested'],
    ends: ['succeeded', 'failed'],
    stored: runRow.shape.status.options,
  },
  {
    noun: 'a task',
    table: taskStatuses,
    first: ['open'],
    ends: ['completed', 'failed', 'expired'],
    stored: taskRow.shape.status.options,
  },
  {
    noun: 'an agent',
    table: stages,
    first: [...firstStages],
    ends: ['retired'],
    stored: agentRow.shape.stage.options,
  },
];

function reachable({ table, first }: Table): Set<string> {
  const seen = new Set<string>();
  const visit = (status: string): void => {
    if (seen.has(status)) return;
    seen.add(status);
    for (const next of table[status] ?? []) visit(next);
  };
  for (const status of first) visit(status);
  return seen;
}

describe.each(tables)('the statuses of $noun', (noun) => {
  const { table, ends, stored } = noun;

  it('are all reached from its first ones', () => {
    expect([...reachable(noun)].sort()).toEqual([...statusesOf(table)].sort());
  });

  it('are those its row may store', () => {
    expect([...stored].sort()).toEqual([...statusesOf(table)].sort());
  });

  it('end where nothing follows, and nowhere else', () => {
    expect(statusesOf(table).filter((status) => isTerminal(table, status))).toEqual(ends);
  });

  it('name only statuses there are', () => {
    for (const next of Object.values(table).flat()) expect(statusesOf(table)).toContain(next);
  });

  it('are preceded by exactly the ones that they may follow', () => {
    for (const next of statusesOf(table)) {
      for (const prior of statusesOf(table)) {
        expect(priorsOf(table, next).includes(prior)).toBe(table[prior]?.includes(next));
      }
    }
  });
});

describe('who may do what in which status', () => {
  it('lets an agent act in pilot and production alone, and its gate knows the same stages', () => {
    expect(actingStages).toEqual(['pilot', 'production']);
    expect([...gateRow.shape.stage.options].sort()).toEqual([...statusesOf(stages)].sort());
  });

  it('waits for an action exactly while it is held or started', () => {
    const waiting = statusesOf(actionStatuses).filter((status) => !settledStatuses.includes(status));
    expect(waiting).toEqual(['held', 'started']);
  });

  it.each([
    ['a held action never ends as if it had been carried out', 'held', ['succeeded', 'failed', 'unknown']],
    ['a started action is never held or denied again', 'started', ['held', 'denied', 'rejected', 'expired']],
    ['an unknown action is never started again', 'unknown', ['started', 'held']],
  ] as const)('%s', (_, status, never) => {
    for (const next of never) expect(actionStatuses[status]).not.toContain(next);
  });

  it('lets nobody come back from retirement, nor from draft into production unseen', () => {
    expect(stages.retired).toEqual([]);
    expect(stages.draft).not.toContain('production');
  });
});
