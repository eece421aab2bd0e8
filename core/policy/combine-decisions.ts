import type { Decision, DecisionRequest } from './decision.ts';

type Told = { readonly agent: DecisionRequest['agent']; readonly decision: Decision };

/**
 * One answer from an agent's own and those of the agents it leans on, never more than any of them gives: whoever denies
 * denies for all, and the guards of each must be lifted. Another agent's denial says whose it is and its code alone.
 */
export function combineDecisions(own: Told, links: readonly Told[]): Decision {
  if (own.decision.outcome === 'deny') return own.decision;
  for (const link of links) {
    if (link.decision.outcome === 'deny') return denialOf(own, link, link.decision);
  }
  const all = [own, ...links].map(({ decision }) => decision);
  const { release } = own.decision;
  const holds = all.filter((decision) => decision.outcome === 'hold');
  const [first, ...rest] = new Map(
    holds.flatMap(({ guards }) => guards).map((guard) => [guard.id, guard]),
  ).values();
  if (first) return { outcome: 'hold', release, policies: policiesOf(holds), guards: [first, ...rest] };
  return { outcome: 'allow', release, policies: policiesOf(all) };
}

/** A hold is determined by its guards alone, as for one agent. */
const policiesOf = (all: readonly Decision[]) => [...new Set(all.flatMap(({ policies }) => policies))];

function denialOf(own: Told, { agent }: Told, denial: Decision & { outcome: 'deny' }): Decision {
  const policies = agent.unit === own.agent.unit ? denial.policies : [];
  const detail = `${agent.id}, which lent its say, may not do this itself: ${denial.reason}`;
  return { ...denial, policies, detail };
}
