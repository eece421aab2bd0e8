import { type GrantRow, grantRow, usesKey, usesRow } from '../../core/action/grant.ts';
import { digest } from '../../core/canonical-json.ts';
import { fromTenThousandths } from '../../core/money.ts';
import { type CompiledRelease, compileRelease } from '../../core/policy/compile-release.ts';
import { parseRow } from '../../core/row.ts';
import type { ApplyDeps } from './apply-governance.ts';
import { loadActive } from './list-releases.ts';

const LIMIT = 10_000;

/** Every grant that was ever made, with what is used of it and whether it still can be. */
export async function listGrants({ registry, releases }: ApplyDeps, now: Date) {
  const rows = (await registry.list('list', 'GRANT', LIMIT)).map((row) => parseRow(grantRow, row));
  if (rows.length === 0) return [];
  const active = await loadActive(registry);
  const release = active && compileRelease(await releases.load(active.release), active.release);
  const stored = await registry.load(rows.map(({ id }) => usesKey(id)));
  return rows.map((row, n) => grantView(row, parseRow(usesRow, stored[n]), { release, now }));
}

function grantView(
  row: GrantRow,
  { uses, spent }: { readonly uses: number; readonly spent: number },
  { release, now }: { readonly release: CompiledRelease | undefined; readonly now: Date },
) {
  const { id, agent, unit, tool, guard, title, limits, count, money, until, reason } = row;
  return {
    ...{ id, agent, unit, tool, guard, title, limits, count, used: uses },
    ...(money && { money: { ...money, spent: fromTenThousandths(BigInt(spent)) } }),
    ...{ until, reason, requestedBy: row.requestedBy, approvedBy: row.votes.map(({ person }) => person) },
    ...{ madeAt: row.madeAt, action: row.action, approval: row.approval, revoked: row.revoked },
    state: stateOf(row, { uses, release, now }),
  };
}

/** Whether the guard or the tool are not those any more that it was made for. */
function isOvertaken({ guard, guardHash, tool, toolHash }: GrantRow, release: CompiledRelease | undefined) {
  const policy = release?.policies.get(guard);
  const hash = release?.bundle.tools.find(({ name }) => name === tool)?.hash;
  return !policy || digest(policy.json) !== guardHash || hash !== toolHash;
}

function stateOf(
  row: GrantRow,
  { uses, release, now }: { uses: number; release: CompiledRelease | undefined; now: Date },
): 'live' | 'revoked' | 'over' | 'used-up' | 'void' {
  if (row.revoked) return 'revoked';
  if (Date.parse(row.until) <= now.getTime()) return 'over';
  if (uses >= row.count) return 'used-up';
  return isOvertaken(row, release) ? 'void' : 'live';
}
