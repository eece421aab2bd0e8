import type { Change } from '../change.ts';
import type { Actor } from '../event.ts';
import {
  activeReleaseKey,
  type ActiveReleaseRow,
  type ReleaseBundle,
  releaseKey,
  type ReleaseRow,
} from './release.ts';

/**
 * Puts a stored release in force: its own row once, and the pointer every decision reads. `rollback` marks a step to
 * an earlier release in the audit log.
 */
export function activateRelease(
  facts: { readonly active: ActiveReleaseRow | undefined; readonly known: boolean },
  release: { readonly hash: string; readonly bundle: ReleaseBundle },
  by: { readonly actor: Actor; readonly now: Date; readonly rollback?: true },
): Change<ActiveReleaseRow> {
  const { hash, bundle } = release;
  const at = by.now.toISOString();
  const version = (facts.active?.version ?? 0) + 1;
  const pointer: ActiveReleaseRow = { ...activeReleaseKey, v: 1, version, release: hash, activatedAt: at };
  const event = { v: 1, at, actor: by.actor, release: hash } as const;
  const row: ReleaseRow = {
    ...releaseKey(hash),
    v: 1,
    version: 1,
    release: hash,
    engine: bundle.engine,
    policies: bundle.policies.length,
    tools: bundle.tools.length,
    publishedAt: at,
    listKind: 'RELEASE',
    listKey: at,
  };
  const publish = facts.known
    ? { writes: [], events: [] }
    : {
        writes: [{ kind: 'create' as const, row }],
        events: [{ ...event, subject: row.pk, version: 1, type: 'release.published' as const, data: {} }],
      };
  const point = facts.active
    ? ({ kind: 'replace', row: pointer, ifVersion: facts.active.version } as const)
    : ({ kind: 'create', row: pointer } as const);
  return {
    writes: [...publish.writes, point],
    events: [
      {
        ...event,
        subject: activeReleaseKey.pk,
        version,
        type: 'release.activated',
        data: { before: facts.active?.release ?? null, ...(by.rollback && { rollback: true }) },
      },
      ...publish.events,
    ],
    result: pointer,
  };
}
