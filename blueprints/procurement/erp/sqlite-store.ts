import { DatabaseSync } from 'node:sqlite';
import type { JournalEntry, Order, OrderStore } from './order.ts';

/** The ERP's store on a laptop: one SQLite file that survives a restart. */
export function openSqliteStore(file: string): OrderStore {
  const db = new DatabaseSync(file);
  db.exec('PRAGMA journal_mode = WAL');
  db.exec('CREATE TABLE IF NOT EXISTS orders (key TEXT PRIMARY KEY, body TEXT NOT NULL)');
  db.exec('CREATE TABLE IF NOT EXISTS journal (id INTEGER PRIMARY KEY, body TEXT NOT NULL)');
  const insert = db.prepare('INSERT INTO orders (key, body) VALUES (?, ?) ON CONFLICT DO NOTHING');
  const find = db.prepare('SELECT body FROM orders WHERE key = ?');
  const note = db.prepare('INSERT INTO journal (body) VALUES (?)');
  const all = (table: 'orders' | 'journal') =>
    db
      .prepare(`SELECT body FROM ${table} ORDER BY rowid`)
      .all()
      .map((row) => JSON.parse(String(row['body'])) as unknown);
  return {
    place: async (order) => {
      insert.run(order.key, JSON.stringify(order));
      return JSON.parse(String(find.get(order.key)?.['body'])) as Order;
    },
    orders: async () => all('orders') as Order[],
    note: async (entry) => {
      note.run(JSON.stringify(entry));
    },
    journal: async () => all('journal') as JournalEntry[],
  };
}
