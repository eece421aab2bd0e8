import type { Hono } from 'hono';
import { findStop } from '../../core/action/admission.ts';
import { agentKey, agentRow } from '../../core/agent/agent.ts';
import { digest } from '../../core/canonical-json.ts';
import { type Change, isRefusal, type Refusal } from '../../core/change.ts';
import {
  type DelegationBody,
  delegationBody,
  delegationKey,
  type DelegationRow,
  delegationRow,
} from '../../core/delegation/delegation.ts';
import type { DelegationView } from '../../core/delegation/delegation-view.ts';
import { makeDelegation } from '../../core/delegation/make-delegation.ts';
import { revokeDelegation } from '../../core/delegation/revoke-delegation.ts';
import { delegationIdOf } from '../../core/id.ts';
import { parseRow } from '../../core/row.ts';
import { decideAndCommit, type Registry } from '../aws/registry.ts';
import type { Authenticate, Claimant } from '../http/authenticate.ts';
import { callerOf } from '../http/caller.ts';
import { type ApiContext, idempotencyKeyOf } from '../http/lambda.ts';
import { ProblemError } from '../http/problem.ts';
import { readBody } from '../http/read-body.ts';
import { loadDoorFacts } from './door-facts.ts';

type Deps = {
  readonly registry: Registry;
  readonly authenticate: Authenticate;
  readonly now: () => Date;
};

/** An agent lends what it may to another, and whoever stands in a delegation ends it. */
export function addDelegationRoutes(app: Hono<ApiContext>, deps: Deps): void {
  app.post('/v1/delegations', async (c) => {
    const caller = await deps.authenticate(c.req.header('authorization'));
    const key = idempotencyKeyOf(c.req.header('idempotency-key'));
    const row = await make(deps, { caller, key, body: await readBody(c, delegationBody) });
    return c.json(view(row), 201);
  });
  app.post('/v1/delegations/:id/revoke', async (c) => {
    const { agent } = await callerOf(deps, c.req.header('authorization'));
    const key = delegationKey(c.req.param('id'));
    const revoked = await decideAndCommit(deps.registry, async () => {
      const [stored] = await deps.registry.load([key]);
      return revokeDelegation(stored && parseRow(delegationRow, stored), agent, deps.now());
    });
    if (!isRefusal(revoked)) return c.json(view(revoked.committed.result));
    if ('row' in revoked) return c.json(view(revoked.row));
    throw new ProblemError({ status: 404, code: revoked.refused, detail: revoked.detail });
  });
}

type Asked = { readonly caller: Claimant; readonly key: string; readonly body: DelegationBody };

async function make(deps: Deps, asked: Asked): Promise<DelegationRow> {
  const made = await decideAndCommit(deps.registry, () => decide(deps, asked));
  if (!isRefusal(made)) return made.committed.result;
  if ('row' in made) return made.row;
  const { refused: code, detail } = made;
  throw new ProblemError({ status: 422, code, detail });
}

type Again = Refusal<'repeated'> & { readonly row: DelegationRow };

async function decide(
  { registry, now }: Deps,
  { caller, key, body }: Asked,
): Promise<Change<DelegationRow> | Refusal | Again> {
  const { claimedAgent: agent, delegation, use } = caller;
  const at = now();
  const facts = await loadDoorFacts(registry, { agent, caller, delegation }, at);
  const stop = findStop(facts, at);
  if (stop) throw new ProblemError({ status: 403, ...stop });
  const id = delegationIdOf(agent, key);
  const [existing, borrower] = await registry.load([delegationKey(id), agentKey(body.to)]);
  if (existing) return repeated(parseRow(delegationRow, existing), body);
  const to = borrower && parseRow(agentRow, borrower);
  const madeBy = { kid: use.kid, issuedAt: use.issuedAt.toISOString() };
  return makeDelegation({ lender: facts.agent, lent: facts.lent, to }, { id, body, madeBy }, at);
}

function repeated(row: DelegationRow, body: DelegationBody): Refusal | Again {
  if (row.requestDigest === digest(body)) return { refused: 'repeated', detail: row.id, row };
  return {
    refused: 'key-reused',
    detail: 'this Idempotency-Key was used for another request: use a new key',
  };
}

const view = ({ id, chain, to, tools, purpose, expiresAt, revokedAt }: DelegationRow): DelegationView => ({
  id,
  chain,
  to,
  tools,
  purpose,
  expiresAt,
  revokedAt,
});
