import { DatabaseSync } from 'node:sqlite';
import * as z from 'zod';

/** How far each mapping has come in its stream; on disk before the next batch is read. */
export type Checkpoints = {
  /** The last sequence number that needs no more work, `''` for none yet; `undefined` for a mapping never begun. */
  of(mapping: string, stream: string): string | undefined;
  set(mapping: string, stream: string, sequence: string): void;
  close(): void;
};

export function openCheckpoints(path: string): Checkpoints {
  const db = new DatabaseSync(path);
  db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
    CREATE TABLE IF NOT EXISTS checkpoint (mapping TEXT, stream TEXT, sequence TEXT, PRIMARY KEY (mapping, stream))`);
  const read = db.prepare('SELECT sequence FROM checkpoint WHERE mapping = ? AND stream = ?');
  const write = db.prepare('INSERT OR REPLACE INTO checkpoint VALUES (?, ?, ?)');
  return {
    of: (mapping, stream) => {
      const found = read.get(mapping, stream);
      return found && z.object({ sequence: z.string() }).parse(found).sequence;
    },
    set: (mapping, stream, sequence) => {
      write.run(mapping, stream, sequence);
    },
    close: () => db.close(),
  };
}
