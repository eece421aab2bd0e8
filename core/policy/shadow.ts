import type { Change, Refusal } from '../change.ts';
import type { Actor } from '../event.ts';
import { activeReleaseRow, type ActiveReleaseRow } from './release.ts';

/** Which release decides beside the one in force, without effect: a pointer like its own, empty while none does. */
export const shadowKey = { pk: 'SHADOW', sk: 'SHADOW' } as const;
export const shadowRow = activeReleaseRow;
export type ShadowRow = ActiveReleaseRow;

/** Puts a release in the shadow of the one in force, or with an empty `release` takes it out again. */
export function setShadow(
  row: ShadowRow | undefined,
  release: string,
  { actor, now }: { readonly actor: Actor; readonly now: Date },
): Change<ShadowRow> | Refusal<'in-shadow'> {
  const before = row?.release ?? '';
  if (before === release) return { refused: 'in-shadow', detail: 'nothing is to change' };
  const version = (row?.version ?? 0) + 1;
  const at = now.toISOString();
  const next: ShadowRow = { ...shadowKey, v: 1, version, release, activatedAt: at };
  const type = release === '' ? 'release.unshadowed' : 'release.shadowed';
  const event = { v: 1, subject: shadowKey.pk, version, type, at, actor } as const;
  return {
    writes: [row ? { kind: 'replace', row: next, ifVersion: row.version } : { kind: 'create', row: next }],
    events: [{ ...event, release: release || before, data: { before: before || null } }],
    result: next,
  };
}
