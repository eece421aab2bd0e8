import { join } from 'node:path';
import { openPrivateDatabase } from '../private-database.ts';

export type Message = {
  readonly id: number;
  readonly at: string;
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
};

/** Every mail that was sent, newest first. */
export type Inbox = {
  deliver(mail: Omit<Message, 'id' | 'at'>): number;
  list(): readonly Pick<Message, 'id' | 'at' | 'from' | 'to' | 'subject'>[];
  get(id: number): Message | undefined;
};

/** The inbox in a file of `directory`; it survives a restart. */
export function openInbox(directory: string): Inbox {
  const db = openPrivateDatabase(join(directory, 'inbox.db'));
  db.exec('PRAGMA journal_mode = WAL');
  db.exec(
    'CREATE TABLE IF NOT EXISTS mails (id INTEGER PRIMARY KEY, at TEXT, sender TEXT, recipient TEXT, subject TEXT, text TEXT, html TEXT)',
  );
  const insert = db.prepare(
    'INSERT INTO mails (at, sender, recipient, subject, text, html) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const head = 'id, at, sender AS "from", recipient AS "to", subject';
  const all = db.prepare(`SELECT ${head} FROM mails ORDER BY id DESC LIMIT 1000`);
  const one = db.prepare(`SELECT ${head}, text, html FROM mails WHERE id = ?`);
  return {
    deliver: ({ from, to, subject, text, html }) =>
      Number(insert.run(new Date().toISOString(), from, to, subject, text, html).lastInsertRowid),
    list: () => all.all() as Message[],
    get: (id) => one.get(id) as Message | undefined,
  };
}
