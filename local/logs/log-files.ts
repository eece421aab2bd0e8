import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';

export type LogFiles = {
  /** Appends one line, stamped with its time in ISO 8601. */
  write(name: string, line: string): void;
  /** Resolves when every line is on disk. */
  stop(): Promise<void>;
};

/** One text file per name under `directory`, opened at its first line. */
export function createLogFiles(directory: string, now: () => number): LogFiles {
  mkdirSync(directory, { recursive: true });
  const files = new Map<string, WriteStream>();
  const fileOf = (name: string): WriteStream => {
    const open = files.get(name);
    if (open) return open;
    const path = join(directory, `${name.replaceAll(/[^\w.-]+/g, '_')}.log`);
    const file = createWriteStream(path, { flags: 'a' });
    files.set(name, file);
    return file;
  };
  return {
    write: (name, line) => {
      fileOf(name).write(`${new Date(now()).toISOString()} ${line}\n`);
    },
    stop: async () => {
      for (const file of files.values()) file.end();
      await Promise.all([...files.values()].map((file) => finished(file)));
    },
  };
}
