import { type Allowance, type Rate, rateHeaders } from '../../core/action/rate.ts';
import type { AgentRow } from '../../core/agent/agent.ts';
import type { AgentId } from '../../core/id.ts';
import { ProblemError } from '../http/problem.ts';
import type { TakeRate } from '../aws/rates.ts';
import type { Verdict } from './judge.ts';

export type RateDeps = {
  readonly takeRate: TakeRate;
  /** Counts what was refused so, without filling the log. */
  readonly limited: (agent: AgentId) => Promise<void>;
  readonly now: () => Date;
};

/**
 * Takes this request off every rate that concerns it: the agent's, its unit's, and the tool's if it may be called.
 * Ends it with 429 and when to come again if one is used up; gives the header fields otherwise.
 */
export async function requireRate(
  deps: RateDeps,
  agent: AgentRow,
  { rates = [], decision }: Verdict,
): Promise<Readonly<Record<string, string>>> {
  const own = agent.requestsPerMinute;
  const all: readonly Rate[] = [
    ...(own === undefined ? [] : [{ scope: `agent:${agent.id}`, perMinute: own }]),
    ...rates.filter(({ scope }) => decision.outcome === 'allow' || !scope.startsWith('tool:')),
  ];
  const taken: Allowance[] = [];
  for (const rate of all) {
    const allowance = await deps.takeRate(rate, deps.now());
    taken.push(allowance);
    if (!allowance.allowed) await refuse(deps, agent.id, taken);
  }
  return rateHeaders(taken);
}

async function refuse(deps: RateDeps, agent: AgentId, taken: readonly Allowance[]): Promise<never> {
  const { rate, resetSeconds } = taken.at(-1) as Allowance;
  await deps.limited(agent);
  throw new ProblemError({
    status: 429,
    code: 'rate-limited',
    detail: `${rate.scope} may make ${rate.perMinute} requests a minute: ask again in ${resetSeconds} s with the same key`,
    headers: { ...rateHeaders(taken), 'retry-after': `${resetSeconds}` },
  });
}
