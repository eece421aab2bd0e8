import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { BootError } from './boot-error.ts';

/**
 * Holds a directory for this process until `release` or until the process ends in whatever way: the operating system
 * drops a SQLite lock with its holder, so that a crash never leaves one behind. A directory in use is a `BootError`.
 */
export function lockDirectory(directory: string): { release(): void } {
  const pidFile = join(directory, 'cloud.pid');
  const db = openLock(directory);
  try {
    db.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; CREATE TABLE IF NOT EXISTS held (by INTEGER)');
  } catch {
    db.close();
    const holder = existsSync(pidFile) ? readFileSync(pidFile, 'utf8').trim() : 'of another cloud';
    throw new BootError(
      `${directory} is in use by process ${holder}: end it, or set AUTONOMY_HOME to another directory`,
    );
  }
  writeFileSync(pidFile, `${process.pid}\n`);
  return { release: () => db.close() };
}

function openLock(directory: string): DatabaseSync {
  try {
    return new DatabaseSync(join(directory, 'cloud.lock'), { timeout: 0 });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new BootError(`${directory} cannot be written: ${why}`);
  }
}
