import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { openPrivateDatabase } from '../private-database.ts';

const row = z.object({
  id: z.string(),
  body: z.string(),
  attributes: z.string(),
  sentAt: z.number(),
  visibleAt: z.number(),
  receives: z.number(),
  firstReceivedAt: z.number().nullable(),
  receipt: z.string().nullable(),
});

/** A message at rest; times in milliseconds, `attributes` JSON of its message attributes. */
export type StoredMessage = z.infer<typeof row>;

export type QueueStore = ReturnType<typeof openQueueStore>;

/** Messages of all queues on disk. */
export function openQueueStore(path: string) {
  const db = openPrivateDatabase(path);
  db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
    CREATE TABLE IF NOT EXISTS message (position INTEGER PRIMARY KEY, queue TEXT, id TEXT, body TEXT, attributes TEXT,
      sentAt INTEGER, visibleAt INTEGER, receives INTEGER, firstReceivedAt INTEGER, receipt TEXT);
    CREATE INDEX IF NOT EXISTS message_queue ON message (queue, visibleAt)`);
  const insert = db.prepare('INSERT INTO message VALUES (NULL, ?, ?, ?, ?, ?, ?, 0, NULL, NULL)');
  const visible = db.prepare(
    'SELECT * FROM message WHERE queue = ? AND visibleAt <= ? ORDER BY position LIMIT ?',
  );
  const hide = db.prepare(
    `UPDATE message SET visibleAt = ?, receives = receives + 1, receipt = ?,
       firstReceivedAt = coalesce(firstReceivedAt, ?) WHERE id = ? RETURNING *`,
  );
  const remove = db.prepare('DELETE FROM message WHERE queue = ? AND receipt = ?');
  const expire = db.prepare('DELETE FROM message WHERE queue = ? AND sentAt < ?');
  const count = db.prepare('SELECT count(*) AS n FROM message WHERE queue = ? AND visibleAt <= ?');
  const hidden = db.prepare('SELECT count(*) AS n FROM message WHERE queue = ? AND visibleAt > ?');
  const number = (found: unknown) => z.object({ n: z.number() }).parse(found).n;
  return {
    add: (queue: string, message: { body: string; attributes: string; now: number; visibleAt: number }) => {
      const id = randomUUID();
      insert.run(queue, id, message.body, message.attributes, message.now, message.visibleAt);
      return id;
    },
    take: (queue: string, now: number, options: { limit: number; hideUntil: number }): StoredMessage[] =>
      visible.all(queue, now, options.limit).map((found) => {
        const { id } = row.parse(found);
        return row.parse(hide.get(options.hideUntil, randomUUID(), now, id));
      }),
    remove: (queue: string, receipt: string) => {
      remove.run(queue, receipt);
    },
    expire: (queue: string, sentBefore: number) => {
      expire.run(queue, sentBefore);
    },
    counts: (queue: string, now: number) => ({
      visible: number(count.get(queue, now)),
      hidden: number(hidden.get(queue, now)),
    }),
    close: () => db.close(),
  };
}
