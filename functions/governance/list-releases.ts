import {
  activeReleaseKey,
  activeReleaseRow,
  type ActiveReleaseRow,
  releaseRow,
} from '../../core/policy/release.ts';
import { parseRow } from '../../core/row.ts';
import type { Registry } from '../aws/registry.ts';

export type ListedRelease = {
  readonly release: string;
  readonly publishedAt: string;
  /** Version of the Cedar engine it was checked with. */
  readonly engine: string;
  readonly policies: number;
  readonly tools: number;
  /** Since when it is in force; absent on every other. */
  readonly activatedAt?: string;
};

const LIMIT = 10_000;

/** The releases stored so far, the newest first; at most one is in force. */
export async function listReleases(
  registry: Pick<Registry, 'load' | 'list'>,
): Promise<readonly ListedRelease[]> {
  const [active, rows] = await Promise.all([loadActive(registry), registry.list('list', 'RELEASE', LIMIT)]);
  return rows
    .map((row) => {
      const { release, publishedAt, engine, policies, tools } = parseRow(releaseRow, row);
      const inForce = active?.release === release && { activatedAt: active.activatedAt };
      return { release, publishedAt, engine, policies, tools, ...inForce };
    })
    .reverse();
}

/** Which release is in force, if any. */
export async function loadActive(registry: Pick<Registry, 'load'>): Promise<ActiveReleaseRow | undefined> {
  const [row] = await registry.load([activeReleaseKey]);
  return row && parseRow(activeReleaseRow, row);
}
