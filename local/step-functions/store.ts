import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { dueAt, type End, type Execution, type HistoryEvent, type Move, type Position } from './execution.ts';

export type StoredEvent = HistoryEvent & { readonly id: number; readonly at: number };

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

const SCHEMA = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  CREATE TABLE IF NOT EXISTS executions (
    arn TEXT PRIMARY KEY, machine TEXT, name TEXT, status TEXT, input TEXT, started INTEGER,
    revision INTEGER, position TEXT, ending TEXT, due INTEGER
  );
  CREATE INDEX IF NOT EXISTS started ON executions (started);
  CREATE INDEX IF NOT EXISTS due ON executions (due) WHERE due IS NOT NULL;
  CREATE INDEX IF NOT EXISTS running ON executions (status) WHERE status = 'RUNNING';
  CREATE TABLE IF NOT EXISTS events (arn TEXT, id INTEGER, at INTEGER, type TEXT, details TEXT, PRIMARY KEY (arn, id));
  CREATE TABLE IF NOT EXISTS tokens (token TEXT PRIMARY KEY, arn TEXT, attempt INTEGER);
`;

type Row = {
  readonly arn: string;
  readonly machine: string;
  readonly name: string;
  readonly status: Execution['status'];
  readonly input: string;
  readonly started: number;
  readonly revision: number;
  readonly position: string | null;
  readonly ending: string | null;
};

export function openExecutionStore(directory: string): ExecutionStore {
  const db = new DatabaseSync(join(directory, 'executions.db'));
  db.exec(SCHEMA);
  const insert = db.prepare('INSERT INTO executions VALUES (?, ?, ?, ?, ?, ?, 1, ?, NULL, ?)');
  const one = db.prepare('SELECT * FROM executions WHERE arn = ?');
  const update = db.prepare(
    'UPDATE executions SET status = ?, revision = revision + 1, position = ?, ending = ?, due = ? WHERE arn = ? AND revision = ?',
  );
  const last = db.prepare('SELECT coalesce(max(id), 0) AS id FROM events WHERE arn = ?');
  const append = db.prepare('INSERT INTO events VALUES (?, ?, ?, ?, ?)');
  const history = db.prepare('SELECT id, at, type, details FROM events WHERE arn = ? ORDER BY id');
  const keep = db.prepare('INSERT OR IGNORE INTO tokens VALUES (?, ?, ?)');
  const tokens = db.prepare('SELECT arn, attempt FROM tokens WHERE token = ?');
  const some = db.prepare(
    'SELECT * FROM executions WHERE (?1 IS NULL OR machine = ?1) AND (?2 IS NULL OR status = ?2) ORDER BY started DESC LIMIT ?3',
  );
  const alive = db.prepare("SELECT arn FROM executions WHERE status = 'RUNNING'");
  const due = db.prepare('SELECT arn FROM executions WHERE due <= ?');
  const next = db.prepare('SELECT min(due) AS due FROM executions WHERE due IS NOT NULL');
  const eventCount = (arn: string) => (last.get(arn) as { id: number }).id;

  const write = (arn: string, at: number, events: readonly HistoryEvent[]): void => {
    let id = eventCount(arn);
    for (const { type, details } of events)
      append.run(arn, (id += 1), at, type, JSON.stringify(details ?? {}));
  };
  const keepToken = (arn: string, { phase, attempt }: Position): void => {
    if (phase.kind === 'invoking' && phase.token !== undefined) keep.run(phase.token, arn, attempt);
  };
  const inTransaction = <T>(work: () => T): T => {
    db.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      db.exec('COMMIT');
      return result;
    } catch (error) {
      db.exec('ROLLBACK');
      throw error;
    }
  };

  return {
    create: ({ arn, machineArn, name, status, input, startedAt, position }, events) =>
      inTransaction(() => {
        const text = position ? JSON.stringify(position) : null;
        const dueTime = position ? (dueAt(position) ?? null) : null;
        insert.run(arn, machineArn, name, status, JSON.stringify(input), startedAt, text, dueTime);
        write(arn, startedAt, events);
      }),
    find: (arn) => {
      const row = one.get(arn) as Row | undefined;
      return row && read(row);
    },
    save: (from, move, at) =>
      inTransaction(() => {
        const position = 'position' in move ? move.position : undefined;
        const end: End | undefined = 'end' in move ? { ...move.end, stoppedAt: at } : undefined;
        const { changes } = update.run(
          end?.status ?? 'RUNNING',
          position ? JSON.stringify(position) : null,
          end ? JSON.stringify(end) : null,
          (position && dueAt(position)) ?? null,
          from.arn,
          from.revision,
        );
        if (changes === 0) return false;
        write(from.arn, at, move.events);
        if (position) keepToken(from.arn, position);
        return true;
      }),
    ofToken: (token) => tokens.get(token) as { arn: string; attempt: number } | undefined,
    list: ({ machineArn, status, limit }) =>
      (some.all(machineArn ?? null, status ?? null, limit) as Row[]).map(read),
    running: () => (alive.all() as { arn: string }[]).map(({ arn }) => arn),
    events: (arn) =>
      (history.all(arn) as { id: number; at: number; type: string; details: string }[]).map((event) => ({
        ...event,
        details: JSON.parse(event.details) as Record<string, unknown>,
      })),
    eventCount,
    due: (now) => (due.all(now) as { arn: string }[]).map(({ arn }) => arn),
    nextDue: () => (next.get() as { due: number | null }).due ?? undefined,
    close: () => db.close(),
  };
}

function read({ arn, machine, name, status, input, started, revision, position, ending }: Row): Execution {
  return {
    arn,
    machineArn: machine,
    name,
    status,
    input: JSON.parse(input) as unknown,
    startedAt: started,
    revision,
    position: position === null ? undefined : (JSON.parse(position) as Position),
    end: ending === null ? undefined : (JSON.parse(ending) as End),
  };
}
