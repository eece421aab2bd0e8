import { grantIdOf, grantKey, type GrantRow, grantRow, usesKey, usesRow } from '../../core/action/grant.ts';
import { type GrantUse, useOf } from '../../core/action/use-grant.ts';
import { liftedGuards } from '../../core/approval/count-votes.ts';
import { digest } from '../../core/canonical-json.ts';
import type { DecisionRequest, Guard } from '../../core/policy/decision.ts';
import { parseRow } from '../../core/row.ts';
import { loadElectorate } from '../aws/electorate.ts';
import type { Registry, StoredRow } from '../aws/registry.ts';
import type { DoorFacts } from './door-facts.ts';
import type { Judge, OpenRelease, Verdict } from './judge.ts';
import { judgeWithShadow } from './judge-shadow.ts';

type Deps = {
  readonly registry: Pick<Registry, 'load'>;
  readonly judge: Judge;
  readonly open: OpenRelease;
};

/** A verdict, and the uses of standing grants it rests on; none when people have to be asked all the same. */
export type Granted = { readonly verdict: Verdict; readonly uses: readonly GrantUse[] };

/**
 * Judges again what guards alone hold, as if those agreed who granted it beforehand. Every guard must be lifted by a
 * grant of its own; when one is not, people are asked about all of them, as they are about what another agent lent.
 */
export async function liftByGrants(
  deps: Deps,
  facts: DoorFacts,
  { question, asked }: Pick<Sought, 'question' | 'asked'>,
  now: Date,
): Promise<Granted> {
  const { decision } = asked;
  if (decision.outcome !== 'hold' || facts.lent) return { verdict: asked, uses: [] };
  const uses = await findUses(deps, facts, { question, asked, guards: decision.guards, now });
  if (uses.length < decision.guards.length) return { verdict: asked, uses: [] };
  const approvals = decision.guards.map(({ id }) => id);
  const verdict = await judgeWithShadow(deps.judge, facts, { ...question, approvals });
  return verdict.decision.outcome === 'allow' ? { verdict, uses } : { verdict: asked, uses: [] };
}

type Sought = {
  readonly question: DecisionRequest;
  readonly asked: Verdict;
  readonly guards: readonly Guard[];
  readonly now: Date;
};

async function findUses(deps: Deps, facts: DoorFacts, sought: Sought): Promise<readonly GrantUse[]> {
  const { guards, question } = sought;
  const { agent } = facts;
  const ids = guards.map(({ id }) => grantIdOf({ agent: agent.id, tool: question.tool, guard: id }));
  const rows = await deps.registry.load([...ids.map(grantKey), ...ids.map(usesKey)]);
  if (rows.slice(0, ids.length).some((row) => row === undefined)) return [];
  const found = guards.map(async (guard, n) => {
    const use = await usable(deps, facts, {
      ...sought,
      guard,
      rows: { grant: rows[n], uses: rows[n + ids.length] },
    });
    return use && (await restsOnVotes(deps, facts, { use, guard, ...sought })) ? [use] : [];
  });
  return (await Promise.all(found)).flat();
}

type Rows = { readonly grant: StoredRow | undefined; readonly uses: StoredRow | undefined };

/** Whether it is for this very action and guard, as the deciding release has them. */
async function usable(
  { open }: Deps,
  { agent }: DoorFacts,
  sought: Sought & { readonly guard: Guard; readonly rows: Rows },
): Promise<GrantUse | undefined> {
  const { asked, guard, question, now } = sought;
  const { grant, uses } = sought.rows;
  const policy = (await open(asked.decision.release)).policies.get(guard.id);
  if (!policy || !asked.tool) return undefined;
  const input = question.input as Readonly<Record<string, unknown>>;
  const wanted = { agent: agent.id, unit: agent.unit, guard: guard.id, guardHash: digest(policy.json) };
  const standing = { grant: parseRow(grantRow, grant), uses: parseRow(usesRow, uses) };
  return useOf(standing, { ...wanted, tool: asked.tool, input }, now);
}

/** Whether the votes it was made by would lift the guard for this very action today. */
async function restsOnVotes(
  { registry }: Deps,
  { agent }: DoorFacts,
  { use, guard, question, now }: Sought & { readonly use: GrantUse; readonly guard: Guard },
): Promise<boolean> {
  const { votes, keepOut }: GrantRow = use.grant;
  const action = { agent: agent.id, tool: question.tool, input: {}, onBehalfOf: question.onBehalfOf };
  const electorate = await loadElectorate(registry, [guard], { agent, action, now, keepOut });
  return liftedGuards([guard], { votes, waiting: use.grant }, electorate).length === 1;
}
