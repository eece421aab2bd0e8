import { dayOf } from '../../core/action/admission.ts';
import type { Me } from '../../core/action/me-view.ts';
import { type Budget, spentKey, spentOn } from '../../core/budget/budget.ts';
import { fromTenThousandths } from '../../core/money.ts';
import { activeReleaseRow, type ReleaseBundle } from '../../core/policy/release.ts';
import { parseRow } from '../../core/row.ts';
import type { Claimant } from '../http/authenticate.ts';
import type { DoorDeps } from './answer-request.ts';
import { type DoorFacts, loadDoorFacts } from './door-facts.ts';

/** Tells an agent what it is and what it is held to, whether or not it may act now. */
export async function viewMe(deps: DoorDeps, caller: Claimant): Promise<Me> {
  const now = deps.now();
  const { delegation, claimedAgent } = caller;
  const facts = await loadDoorFacts(deps.registry, { agent: claimedAgent, caller }, now);
  const bundle = facts.active && (await deps.open(parseRow(activeReleaseRow, facts.active).release)).bundle;
  const { id, name, unit, purpose, roles, capabilities, release, recertifyBy, maxTasks } = facts.agent;
  const day = dayOf(now);
  const { gate } = facts;
  const used = gate.day === day ? gate.actionsToday : 0;
  return {
    ...{ id, name, unit, stage: gate.stage, purpose, roles, capabilities, release, recertifyBy, delegation },
    ...{ day, actions: { perDay: gate.dailyActions, used }, maxTasks },
    rates: ratesOf(facts, bundle),
    budgets: await budgetsOf(deps, facts, bundle?.budgets ?? []),
  };
}

function ratesOf({ agent }: DoorFacts, bundle: ReleaseBundle | undefined): Me['rates'] {
  const ofUnit = bundle?.units.find(({ id }) => id === agent.unit)?.requestsPerMinute;
  const rates = [
    { scope: `agent:${agent.id}`, perMinute: agent.requestsPerMinute },
    { scope: `unit:${agent.unit}`, perMinute: ofUnit },
  ];
  return rates.flatMap(({ scope, perMinute }) => (perMinute === undefined ? [] : [{ scope, perMinute }]));
}

async function budgetsOf(
  { registry, now }: DoorDeps,
  { agent }: DoorFacts,
  budgets: readonly Budget[],
): Promise<Me['budgets']> {
  const day = dayOf(now());
  const scopes = [`agent:${agent.id}`, `unit:${agent.unit}`];
  const own = budgets.filter(({ scope }) => scopes.includes(scope));
  if (own.length === 0) return [];
  const rows = await registry.load(own.map(({ scope, currency }) => spentKey(scope, day, currency)));
  return own.map(({ scope, currency, perDay, perMonth }, n) => {
    const used = spentOn(rows[n], day);
    return {
      scope,
      currency,
      perDay,
      perMonth,
      usedToday: money(used.day),
      usedThisMonth: money(used.month),
    };
  });
}

const money = (minor: number) => fromTenThousandths(BigInt(minor) * 100n);
