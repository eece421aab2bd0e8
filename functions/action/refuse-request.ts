import type { Registry } from '../aws/registry.ts';
import type { Claimant } from '../http/authenticate.ts';
import { ProblemError } from '../http/problem.ts';
import { loadDoorFacts } from './door-facts.ts';

type Deps = {
  readonly registry: Pick<Registry, 'load' | 'commit'>;
  readonly newKey: () => string;
  readonly now: () => Date;
};

/**
 * Records that an agent's request could not even be read, by the reason's code: one event, as for every request of an
 * agent we know. Nothing of what it sent is kept. Then the request ends with its problem.
 */
export async function refuseRequest(
  { registry, newKey, now }: Deps,
  caller: Claimant,
  error: unknown,
): Promise<never> {
  if (!(error instanceof ProblemError)) throw error;
  const at = now();
  const { agent } = await loadDoorFacts(registry, { agent: caller.claimedAgent, caller }, at);
  const { status, code } = error.problem;
  const actor = { kind: 'agent', id: agent.id } as const;
  const subject = `REQUEST#${newKey()}`;
  const fixed = { v: 1, version: 1, type: 'request.refused', at: at.toISOString() } as const;
  const event = { ...fixed, subject, actor, agent: agent.id, unit: agent.unit, data: { status, code } };
  await registry.commit({ writes: [], events: [event], result: undefined });
  throw error;
}
