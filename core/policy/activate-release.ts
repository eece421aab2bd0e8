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
 * an earlier release in the audit log; `person` is whose doing it is, where that is known.
 */
export function activateRelease(
  facts: { readonly active: ActiveReleaseRow | undefined; readonly known: boolean },
  release: { readonly hash: string; readonly bundle: ReleaseBundle },
  by: {
    readonly actor: Actor;
    readonly now: Date;
    readonly rollback?: true;
    readonly person?: string | undefined;
  },
): Change<ActiveReleaseRow> {
  const { hash, bundle } = release;
  const at = by.now.toISOString();
  const version = (facts.active?.version ?? 0) + 1;
  const { person } = by;
  const pointer: ActiveReleaseRow = {
    ...activeReleaseKey,
    v: 1,
    version,
    release: hash,
    activatedAt: at,
    ...(person !== undefined && { activatedBy: person }),
  };
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
    ...(person !== undefined && { publishedBy: person }),
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
        data: {
          before: facts.active?.release ?? null,
          ...(by.rollback && { rollback: true }),
          ...(person !== undefined && { person }),
        },
      },
      ...publish.events,
    ],
    result: pointer,
  };
}
