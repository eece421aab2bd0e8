import type { Context } from 'hono';
import { agentKey, agentRow } from '../../core/agent/agent.ts';
import { type Change, isRefusal, type Refusal } from '../../core/change.ts';
import { agentId } from '../../core/id.ts';
import { assertionKey, issueToken, type TokenClaims } from '../../core/identity/issue-token.ts';
import { claimedClient, verifyAssertion } from '../../core/identity/verify-assertion.ts';
import { parseRow } from '../../core/row.ts';
import { readSwitches, switchesKey } from '../../core/switch/switch.ts';
import { loadLending } from '../aws/lending.ts';
import { decideAndCommit } from '../aws/registry.ts';
import { createApi } from '../http/lambda.ts';
import { answerWith, type TokenDeps } from './answer-with.ts';
import { type TokenForm, tokenForm } from '../../core/identity/token-form.ts';
import { describeApi } from './describe-api.ts';
import { answerWorkload } from './workload-token.ts';

/**
 * OAuth 2 client credentials with `private_key_jwt` (RFC 6749, RFC 7523), the same token for an IAM role's signature,
 * and the documents that describe them.
 */
export function createTokenApi(deps: TokenDeps) {
  const app = createApi();
  app.post('/oauth/token', (c) => answerToken(deps, c));
  app.post('/v1/agents/:id/token', (c) => answerWorkload(deps, c));
  app.get('/.well-known/jwks.json', async (c) =>
    c.json({ keys: [await deps.key.jwk()] }, 200, { 'cache-control': 'public, max-age=300' }),
  );
  app.get('/.well-known/oauth-authorization-server', (c) => c.json(discovery(deps.issuer)));
  app.get('/openapi.json', describeApi);
  return app;
}

async function answerToken(deps: TokenDeps, c: Context): Promise<Response> {
  const form = tokenForm.safeParse(await c.req.parseBody().catch(() => ({})));
  const headers = { 'cache-control': 'no-store' };
  if (!form.success) {
    const detail = form.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');
    return c.json({ error: 'invalid_request', error_description: detail }, 400, headers);
  }
  const issued = await grant(deps, form.data);
  if (isRefusal(issued)) {
    await deps.refused();
    const [error, status] =
      issued.refused === 'invalid-grant'
        ? (['invalid_grant', 400] as const)
        : (['invalid_client', 401] as const);
    return c.json({ error, error_description: issued.detail }, status, headers);
  }
  return answerWith(deps, c, issued.committed.result);
}

/** Who asks is found in the assertion; that it is true is proven by the agent's registered key alone. */
async function grant(deps: TokenDeps, form: TokenForm) {
  const { client_assertion: assertion, client_id: clientId, delegation } = form;
  const client = agentId.safeParse(claimedClient(assertion));
  if (!client.success || (clientId !== undefined && clientId !== client.data)) {
    return unknownClient;
  }
  const row = (await deps.registry.load([agentKey(client.data)]))[0];
  if (!row) return unknownClient;
  const { keys, revokedKeys } = parseRow(agentRow, row);
  const audiences = [deps.issuer, `${deps.issuer}/oauth/token`];
  const verified = await verifyAssertion(
    assertion,
    { client: client.data, keys, revokedKeys, audiences },
    deps.now(),
  );
  if (isRefusal(verified)) return verified;
  return decideAndCommit<TokenClaims, Refusal>(
    deps.registry,
    async (): Promise<Change<TokenClaims> | Refusal> => {
      const keys = [agentKey(client.data), assertionKey(client.data, verified.jti), switchesKey];
      const [agent, used, switches] = await deps.registry.load(keys);
      const facts = {
        agent: parseRow(agentRow, agent),
        assertionUsed: used !== undefined,
        switches: readSwitches(switches),
        lent: delegation === undefined ? undefined : await loadLending(deps.registry, delegation),
      };
      return issueToken(facts, { assertion: verified, issuer: deps.issuer }, deps.now());
    },
  );
}

const unknownClient: Refusal = {
  refused: 'invalid-client',
  detail: 'the assertion does not name an agent registered here',
};

/** Nobody is sent to authorize anything; there is an address because clients in use read no metadata without one. */
const discovery = (issuer: string) => ({
  issuer,
  authorization_endpoint: `${issuer}/oauth/authorize`,
  token_endpoint: `${issuer}/oauth/token`,
  jwks_uri: `${issuer}/.well-known/jwks.json`,
  grant_types_supported: ['client_credentials'],
  token_endpoint_auth_methods_supported: ['private_key_jwt'],
  token_endpoint_auth_signing_alg_values_supported: ['EdDSA', 'ES256'],
  response_types_supported: [],
});
