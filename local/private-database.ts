import { chmodSync, closeSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

/** Opens a SQLite file that its owner alone can read; SQLite gives its journals the same rights. */
export function openPrivateDatabase(path: string): DatabaseSync {
  makePrivate(path);
  return new DatabaseSync(path);
}

/** Makes the file if need be, and takes everyone else's rights from it before anything is written. */
export function makePrivate(path: string): void {
  closeSync(openSync(path, 'a', 0o600));
  chmodSync(path, 0o600);
}
