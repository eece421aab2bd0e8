import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import type { GovernanceBody } from '../core/governance/manifest.ts';

type Files = Pick<GovernanceBody, 'manifests' | 'policies' | 'tests'>;

/** Governance as files: each document, policy and case in the file it names, in the order given. */
export function filesOf({ manifests, policies, tests = [] }: Files): ReadonlyMap<string, string> {
  const documents = grouped(
    [...manifests, ...tests],
    ({ document }) => stringify(document, { lineWidth: 100 }),
    '---\n',
  );
  return new Map([...documents, ...grouped(policies, ({ text }) => `${text}\n`, '\n')]);
}

function grouped<T extends { readonly file: string }>(
  items: readonly T[],
  textOf: (item: T) => string,
  between: string,
) {
  const byFile = Map.groupBy(items, ({ file }) => file);
  return [...byFile].map(([file, of]) => [file, of.map(textOf).join(between)] as const);
}

/** Whether something stands in this directory already. */
export function isOccupied(directory: string): boolean {
  try {
    return readdirSync(directory).length > 0;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw error;
  }
}

/** Writes the files below a directory; gives how many. A file that leads out of coe/ and units/ is refused. */
export function writeGovernance(directory: string, body: Files): number {
  const files = filesOf(body);
  for (const [file, text] of files) {
    if (!/^(coe|units\/[a-z0-9-]+)(\/[\w-][\w.-]*)+$/.test(file)) {
      throw new Error(`${file}: is no place for governance; nothing more was written`);
    }
    mkdirSync(dirname(join(directory, file)), { recursive: true });
    writeFileSync(join(directory, file), text);
  }
  return files.size;
}
