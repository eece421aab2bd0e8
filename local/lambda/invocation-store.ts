import * as z from 'zod';
import { openPrivateDatabase } from '../private-database.ts';

const row = z.object({
  id: z.number(),
  functionName: z.string(),
  payload: z.string(),
  attempts: z.number(),
  acceptedAt: z.number(),
  dueAt: z.number(),
});

/** One asynchronous invocation; `attempts` failed so far, times in milliseconds. */
export type QueuedInvocation = z.infer<typeof row>;

/** Asynchronous invocations on disk: written before they are accepted, removed when they are settled. */
export function openInvocationStore(path: string) {
  const db = openPrivateDatabase(path);
  db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
    CREATE TABLE IF NOT EXISTS invocation (id INTEGER PRIMARY KEY, functionName TEXT, payload TEXT,
      attempts INTEGER, acceptedAt INTEGER, dueAt INTEGER)`);
  const insert = db.prepare('INSERT INTO invocation VALUES (NULL, ?, ?, 0, ?, ?)');
  const remove = db.prepare('DELETE FROM invocation WHERE id = ?');
  const postpone = db.prepare('UPDATE invocation SET attempts = attempts + 1, dueAt = ? WHERE id = ?');
  const due = db.prepare('SELECT * FROM invocation WHERE dueAt <= ? ORDER BY id LIMIT 100');
  const next = db.prepare('SELECT min(dueAt) AS dueAt FROM invocation WHERE dueAt > ?');
  return {
    add: (functionName: string, payload: string, now: number) => {
      insert.run(functionName, payload, now, now);
    },
    remove: (id: number) => {
      remove.run(id);
    },
    postpone: (id: number, dueAt: number) => {
      postpone.run(dueAt, id);
    },
    due: (at: number): QueuedInvocation[] => due.all(at).map((each) => row.parse(each)),
    nextAfter: (at: number): number | null =>
      z.object({ dueAt: z.number().nullable() }).parse(next.get(at)).dueAt,
    close: () => db.close(),
  };
}
