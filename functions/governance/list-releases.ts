import {
  activeReleaseKey,
  activeReleaseRow,
  type ActiveReleaseRow,
  releaseRow,
} from '../../core/policy/release.ts';
import type { ReleaseView } from '../../core/policy/release-view.ts';
import { parseRow } from '../../core/row.ts';
import type { Registry } from '../aws/registry.ts';

const LIMIT = 10_000;

/** The releases stored so far, the newest first; at most one is in force. */
export async function listReleases(
  registry: Pick<Registry, 'load' | 'list'>,
): Promise<readonly ReleaseView[]> {
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
