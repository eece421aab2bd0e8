import { expect } from 'vitest';
import type { Change, Refusal, Write } from '../../core/change.ts';
import { auditEvent } from '../../core/event.ts';
import type { Row } from '../../core/row.ts';
import { statusesOf, type StatusTable } from '../../core/status.ts';

type Versioned = Extract<Write, { kind: 'create' | 'replace' }>;

/** The writes of a change that carry history. */
export const versioned = (change: Pick<Change, 'writes'>): readonly Versioned[] =>
  change.writes.filter((write): write is Versioned => write.kind === 'create' || write.kind === 'replace');

/**
 * Gives the change a verb decided, once it is whole: each row of it that carries history has exactly one event of
 * the same subject and version, no event is about anything else, each version follows the one the condition names,
 * and every event reads as one. A refusal fails the test that asked for a change.
 */
export function whole<Result extends object>(decided: Change<Result> | Refusal): Change<Result> {
  if ('refused' in decided) throw new Error(`refused: ${decided.refused}: ${decided.detail}`);
  const pairs = (rows: readonly (readonly [string, number])[]) =>
    rows.map(([subject, version]) => `${subject}@${version}`).sort();
  const rows = versioned(decided);
  expect(rows.length).toBeGreaterThan(0);
  expect(pairs(decided.events.map(({ subject, version }) => [subject, version]))).toEqual(
    pairs(rows.map(({ row }) => [row.pk, row.version])),
  );
  for (const write of rows) {
    expect(write.row.version).toBe(write.kind === 'replace' ? write.ifVersion + 1 : 1);
  }
  for (const event of decided.events) expect(auditEvent.safeParse(event).error).toBeUndefined();
  return decided;
}

/** Why a verb refused; a change fails the test that asked for a refusal. */
export function refusalOf(decided: Change | Refusal | object): string {
  if ('refused' in decided) return String(decided.refused);
  throw new Error(`not refused: ${JSON.stringify(decided).slice(0, 200)}`);
}

/** The row a change writes with this sort key. */
export function rowOf(change: Pick<Change, 'writes'>, sk: string): Row {
  const found = versioned(change).find(({ row }) => row.sk === sk);
  if (!found) throw new Error(`writes no ${sk}`);
  return found.row;
}

/** Checks that a row's condition names exactly the statuses from which its new status may follow. */
export function expectLegal<S extends string>(
  change: Pick<Change, 'writes'>,
  sk: string,
  table: StatusTable<S>,
): void {
  const write = versioned(change).find(({ row }) => row.sk === sk);
  if (write?.kind !== 'replace') throw new Error(`replaces no ${sk}`);
  const next = String(write.row['status']);
  const allowed = statusesOf(table).filter((status) => table[status].some((each) => each === next));
  expect(write.ifStatus ?? []).not.toEqual([]);
  expect(allowed).toEqual(expect.arrayContaining([...(write.ifStatus ?? [])]));
}
