import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { openPrivateDatabase } from '../private-database.ts';

const row = z.object({
  name: z.string(),
  arn: z.string(),
  value: z.string().nullable(),
  version: z.string(),
});

/** A secret at rest; `value` is `null` until one was put. */
export type Secret = z.infer<typeof row>;

export type SecretStore = ReturnType<typeof openSecretStore>;

/** Secrets in a file of `directory` that its owner alone reads. */
export function openSecretStore(directory: string) {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const db = openPrivateDatabase(join(directory, 'secrets.db'));
  db.exec('CREATE TABLE IF NOT EXISTS secrets (name TEXT PRIMARY KEY, arn TEXT, value TEXT, version TEXT)');
  const find = db.prepare('SELECT name, arn, value, version FROM secrets WHERE name = ?1 OR arn = ?1');
  const write = db.prepare('INSERT OR REPLACE INTO secrets (name, arn, value, version) VALUES (?, ?, ?, ?)');
  return {
    find: (nameOrArn: string): Secret | undefined => {
      const found = find.get(nameOrArn);
      return found && row.parse(found);
    },
    /** Gives the version that the value got. */
    write: ({ name, arn, value }: Omit<Secret, 'version'>): string => {
      const version = randomUUID();
      write.run(name, arn, value, version);
      return version;
    },
    close: () => db.close(),
  };
}
