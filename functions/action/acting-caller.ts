import { findStop } from '../../core/action/admission.ts';
import type { AgentId } from '../../core/id.ts';
import type { Registry } from '../aws/registry.ts';
import type { Authenticate } from '../http/authenticate.ts';
import { ProblemError } from '../http/problem.ts';
import { loadDoorFacts } from './door-facts.ts';

type Deps = {
  readonly authenticate: Authenticate;
  readonly registry: Pick<Registry, 'load'>;
  readonly now: () => Date;
};

/** Which agent calls, if it may act at all now: suspended or under a kill switch it sees nothing either. */
export async function actingCaller(
  deps: Deps,
  authorization: string | undefined,
): Promise<{ readonly agent: AgentId }> {
  const caller = await deps.authenticate(authorization);
  const agent = caller.claimedAgent;
  const now = deps.now();
  const stop = findStop(await loadDoorFacts(deps.registry, { agent, caller }, now), now);
  if (stop) throw new ProblemError({ status: 403, ...stop });
  return { agent };
}
