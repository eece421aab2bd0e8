import type { Change, Refusal } from '../change.ts';
import type { AgentId } from '../id.ts';
import type { DelegationRow } from './delegation.ts';
import { delegationEvent } from './make-delegation.ts';

/** Ends a delegation at once, and with it every one made under it. Whoever stands in it may; to others there is none. */
export function revokeDelegation(
  delegation: DelegationRow | undefined,
  by: AgentId,
  now: Date,
): Change<DelegationRow> | Refusal<'unknown-delegation'> | (Refusal<'already'> & { row: DelegationRow }) {
  if (!delegation || ![...delegation.chain, delegation.to].includes(by)) {
    return { refused: 'unknown-delegation', detail: 'there is no delegation of this id that you stand in' };
  }
  if (delegation.revokedAt !== undefined) {
    return { refused: 'already', detail: `it was revoked at ${delegation.revokedAt}`, row: delegation };
  }
  const row: DelegationRow = { ...delegation, version: delegation.version + 1, revokedAt: now.toISOString() };
  return {
    writes: [{ kind: 'replace', row, ifVersion: delegation.version }],
    events: [delegationEvent(row, by, now)],
    result: row,
  };
}
