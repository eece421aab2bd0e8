import type { Context } from 'hono';
import { agentKey, agentRow } from '../../core/agent/agent.ts';
import { isRefusal, type Refusal } from '../../core/change.ts';
import { agentId } from '../../core/id.ts';
import { issueWorkloadToken, notThisWorkload, type TokenClaims } from '../../core/identity/issue-token.ts';
import { principalOf } from '../../core/principal.ts';
import { parseRow } from '../../core/row.ts';
import { readSwitches, switchesKey } from '../../core/switch/switch.ts';
import { loadLending } from '../aws/lending.ts';
import { decideAndCommit } from '../aws/registry.ts';
import { type ApiContext, signerOf } from '../http/lambda.ts';
import { ProblemError } from '../http/problem.ts';
import { answerWith, type TokenDeps } from './answer-with.ts';

/** A token for the agent whose IAM role signed the request: no key is kept anywhere. */
export async function answerWorkload(deps: TokenDeps, c: Context<ApiContext>): Promise<Response> {
  const role = principalOf(signerOf(c.env.event));
  const issued = await grant(deps, c.req.param('id') ?? '', { role, delegation: c.req.query('delegation') });
  if (!isRefusal(issued)) return answerWith(deps, c, issued.committed.result);
  await deps.refused();
  throw new ProblemError({ status: 403, code: issued.refused, detail: issued.detail });
}

/** The caller's name for itself is API Gateway's word; that it is this agent is the agent's row of now. */
async function grant(
  deps: TokenDeps,
  id: string,
  { role, delegation }: { readonly role: string | undefined; readonly delegation: string | undefined },
) {
  const agent = agentId.safeParse(id);
  if (!agent.success || role === undefined) return notThisWorkload;
  return decideAndCommit<TokenClaims, Refusal>(deps.registry, async () => {
    const [row, switches] = await deps.registry.load([agentKey(agent.data), switchesKey]);
    const facts = {
      agent: row && parseRow(agentRow, row),
      switches: readSwitches(switches),
      lent: delegation === undefined ? undefined : await loadLending(deps.registry, delegation),
    };
    return issueWorkloadToken(facts, { role, issuer: deps.issuer, jti: deps.newJti() }, deps.now());
  });
}
