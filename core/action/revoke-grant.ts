import type { Change, Refusal } from '../change.ts';
import type { Actor } from '../event.ts';
import type { GrantRow } from './grant.ts';
import { grantEvent } from './make-grant.ts';

/** Ends a grant for good: from this commit on no action starts under it. What started before goes on. */
export function revokeGrant(
  grant: GrantRow,
  reason: string,
  by: { readonly actor: Actor; readonly now: Date },
): Change<GrantRow> | Refusal<'revoked'> {
  if (grant.revoked) return { refused: 'revoked', detail: `it was revoked at ${grant.revoked.at}` };
  const revoked = { by: by.actor, at: by.now.toISOString(), reason };
  const row: GrantRow = { ...grant, version: grant.version + 1, revoked };
  const event = grantEvent(row, 'grant.revoked', by);
  return {
    writes: [{ kind: 'replace', row, ifVersion: grant.version }],
    events: [{ ...event, data: { ...event.data, reason } }],
    result: row,
  };
}
