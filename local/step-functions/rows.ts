import type { End, Execution, HistoryEvent, Position } from './execution.ts';

export type StoredEvent = HistoryEvent & { readonly id: number; readonly at: number };

/** A token is kept as long as its execution: an old one is refused as timed out, not as unknown. */
export const SCHEMA = `
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

export type Row = {
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

export type EventRow = {
  readonly id: number;
  readonly at: number;
  readonly type: string;
  readonly details: string;
};

export function readExecution({
  arn,
  machine,
  name,
  status,
  input,
  started,
  revision,
  position,
  ending,
}: Row): Execution {
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

export const readEvent = (row: EventRow): StoredEvent => ({
  ...row,
  details: JSON.parse(row.details) as Record<string, unknown>,
});
