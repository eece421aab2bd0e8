import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { openPrivateDatabase } from '../private-database.ts';
import { dueAt, type End, type Execution, type HistoryEvent, type Move, type Position } from './execution.ts';
import { type EventRow, readEvent, readExecution, type Row, SCHEMA, type StoredEvent } from './rows.ts';

/** Executions, their histories and the tokens they wait for, durable: each change is one transaction on disk. */
export type ExecutionStore = {
  create(execution: Omit<Execution, 'revision' | 'end'>, events: readonly HistoryEvent[]): void;
  find(arn: string): Execution | undefined;
  /** Applies a step unless the execution changed since it was read; `false` then. */
  save(from: Execution, move: Move, at: number): boolean;
  /** The execution and attempt a token was made for; `undefined` for text that never was a token. */
  ofToken(token: string): { readonly arn: string; readonly attempt: number } | undefined;
  list(filter: {
    readonly machineArn?: string;
    readonly status?: string;
    readonly limit: number;
  }): readonly Execution[];
  running(): readonly string[];
  events(arn: string): readonly StoredEvent[];
  eventCount(arn: string): number;
  /** Running executions that time moves on by now, and when the next will be. */
  due(now: number): readonly string[];
  nextDue(): number | undefined;
  close(): void;
};

export function openExecutionStore(directory: string): ExecutionStore {
  const db = openPrivateDatabase(join(directory, 'executions.db'));
  db.exec(SCHEMA);
  return { ...readerOf(db), ...writerOf(db), ...clockOf(db), close: () => db.close() };
}

function readerOf(
  db: DatabaseSync,
): Pick<ExecutionStore, 'find' | 'ofToken' | 'list' | 'running' | 'events'> {
  const one = db.prepare('SELECT * FROM executions WHERE arn = ?');
  const token = db.prepare('SELECT arn, attempt FROM tokens WHERE token = ?');
  const some = db.prepare(
    'SELECT * FROM executions WHERE (?1 IS NULL OR machine = ?1) AND (?2 IS NULL OR status = ?2) ORDER BY started DESC, rowid DESC LIMIT ?3',
  );
  const running = db.prepare("SELECT arn FROM executions WHERE status = 'RUNNING'");
  const history = db.prepare('SELECT id, at, type, details FROM events WHERE arn = ? ORDER BY id');
  return {
    find: (arn) => {
      const row = one.get(arn) as Row | undefined;
      return row && readExecution(row);
    },
    ofToken: (text) => token.get(text) as { arn: string; attempt: number } | undefined,
    list: ({ machineArn, status, limit }) =>
      (some.all(machineArn ?? null, status ?? null, limit) as Row[]).map(readExecution),
    running: () => (running.all() as { arn: string }[]).map(({ arn }) => arn),
    events: (arn) => (history.all(arn) as EventRow[]).map(readEvent),
  };
}

function clockOf(db: DatabaseSync): Pick<ExecutionStore, 'due' | 'nextDue'> {
  const due = db.prepare('SELECT arn FROM executions WHERE due <= ?');
  const next = db.prepare('SELECT min(due) AS due FROM executions WHERE due IS NOT NULL');
  return {
    due: (now) => (due.all(now) as { arn: string }[]).map(({ arn }) => arn),
    nextDue: () => (next.get() as { due: number | null }).due ?? undefined,
  };
}

function writerOf(db: DatabaseSync): Pick<ExecutionStore, 'create' | 'save' | 'eventCount'> {
  const insert = db.prepare('INSERT INTO executions VALUES (?, ?, ?, ?, ?, ?, 1, ?, NULL, ?)');
  const update = db.prepare(
    'UPDATE executions SET status = ?, revision = revision + 1, position = ?, ending = ?, due = ? WHERE arn = ? AND revision = ?',
  );
  const history = historyOf(db);
  const keepToken = db.prepare('INSERT OR IGNORE INTO tokens VALUES (?, ?, ?)');
  return {
    eventCount: history.count,
    create: ({ arn, machineArn, name, status, input, startedAt, position }, events) =>
      inTransaction(db, () => {
        insert.run(arn, machineArn, name, status, JSON.stringify(input), startedAt, ...columnsOf(position));
        history.append(arn, startedAt, events);
      }),
    save: (from, move, at) =>
      inTransaction(db, () => {
        const position = 'position' in move ? move.position : undefined;
        const end: End | undefined = 'end' in move ? { ...move.end, stoppedAt: at } : undefined;
        const [text, due] = columnsOf(position);
        const ending = end ? JSON.stringify(end) : null;
        const { changes } = update.run(end?.status ?? 'RUNNING', text, ending, due, from.arn, from.revision);
        if (changes === 0) return false;
        history.append(from.arn, at, move.events);
        const token = position && tokenIn(position);
        if (token !== undefined) keepToken.run(token, from.arn, position?.attempt ?? 0);
        return true;
      }),
  };
}

function historyOf(db: DatabaseSync) {
  const last = db.prepare('SELECT coalesce(max(id), 0) AS id FROM events WHERE arn = ?');
  const append = db.prepare('INSERT INTO events VALUES (?, ?, ?, ?, ?)');
  const count = (arn: string): number => (last.get(arn) as { id: number }).id;
  return {
    count,
    append: (arn: string, at: number, events: readonly HistoryEvent[]): void => {
      const before = count(arn);
      for (const [n, { type, details = {} }] of events.entries()) {
        append.run(arn, before + n + 1, at, type, JSON.stringify(details));
      }
    },
  };
}

/** The columns `position` and `due`. */
function columnsOf(position: Position | undefined): [string | null, number | null] {
  return position ? [JSON.stringify(position), dueAt(position) ?? null] : [null, null];
}

const tokenIn = ({ phase }: Position): string | undefined =>
  phase.kind === 'invoking' ? phase.token : undefined;

function inTransaction<T>(db: DatabaseSync, work: () => T): T {
  db.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    db.exec('COMMIT');
    return result;
  } catch (error) {
    db.exec('ROLLBACK');
    throw error;
  }
}
