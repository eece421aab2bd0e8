import { type GenerateKeyPairResult, SignJWT } from 'jose';
import type { ActionBody } from '../../core/action/action.ts';
import type { DelegationBody } from '../../core/delegation/delegation.ts';
import type { GovernanceBody } from '../../core/governance/manifest.ts';
import type { TokenClaims } from '../../core/identity/issue-token.ts';
import { createActionsApi } from '../../functions/action/actions-api.ts';
import type { DoorDeps } from '../../functions/action/answer-request.ts';
import { createAuthenticate } from '../../functions/http/authenticate.ts';
import { createTokenApi } from '../../functions/identity/token-api.ts';
import { buyer, order, second, type World } from './door.ts';
import { type Answered, answered, signedBy } from './http.ts';
import { change, organisation } from './organisation.ts';
import { tokenKey as key } from './token-key.ts';

export const clerk = 'agt_clerk';
export const seller = 'agt_seller';

const roleOf = (id: string) => `arn:aws:iam::111122223333:role/${id}`;
const agents = [buyer, second, clerk, seller];

/** Three buyers, each with a sponsor of its own, and a seller that may buy nothing; each signs in by its role. */
export function lendingCompany(): GovernanceBody {
  const sponsors = ['vera', 'rita', 'ada', 'cleo'];
  const signIn = agents.reduce(
    (body, id, n) => change(body, `Agent ${id}`, { keys: [], workloads: [roleOf(id)], sponsor: sponsors[n] }),
    organisation(),
  );
  return change(signIn, `Agent ${clerk}`, { roles: ['buyer'] });
}

type OwnKey = Pick<GenerateKeyPairResult, 'privateKey'> & { readonly kid: string };

/** Agents that sign in for real, lend and act over the world's registry. */
export function lending(world: World, replaced: Partial<DoorDeps> = {}, issuer = 'https://api.example.com') {
  const deps = { ...world.deps, ...replaced };
  const refused = async () => undefined;
  const authenticate = createAuthenticate({ key, issuer, now: deps.now, refused });
  const api = createActionsApi({ ...deps, authenticate });
  const newJti = () => crypto.randomUUID();
  const tokens = createTokenApi({ registry: deps.registry, key, issuer, now: deps.now, newJti, refused });
  const post = async (token: string, path: string, body: object = {}, idempotencyKey: string = newJti()) =>
    answered(
      await api.request(path, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${token}`,
          'content-type': 'application/json',
          'idempotency-key': idempotencyKey,
        },
        body: JSON.stringify(body),
      }),
    );
  const signIn = async (id: string, delegation?: string): Promise<Answered> => {
    const caller = `arn:aws:sts::111122223333:assumed-role/${id}/session`;
    const query = delegation === undefined ? '' : `?delegation=${delegation}`;
    return answered(
      await tokens.request(`/v1/agents/${id}/token${query}`, { method: 'POST' }, signedBy(caller)),
    );
  };
  const tokenOf = async (id: string, delegation?: string) => {
    const { body, text } = await signIn(id, delegation);
    if (typeof body['access_token'] !== 'string') throw new Error(text);
    return body['access_token'];
  };
  const lend = async (token: string, to: string, fields: Partial<DelegationBody> = {}, with_?: string) =>
    post(token, '/v1/delegations', { to, purpose: 'Help me buy', expiresSeconds: 600, ...fields }, with_);
  const lent = async (token: string, to: string, fields: Partial<DelegationBody> = {}) => {
    const { status, body, text } = await lend(token, to, fields);
    if (status !== 201) throw new Error(text);
    return String(body['id']);
  };
  return {
    /** Both APIs as one, as programs reach them. */
    answer: (path: string, init: RequestInit) =>
      (path.startsWith('/oauth/') ? tokens : api).request(path, init),
    post,
    signIn,
    tokenOf,
    lend,
    lent,
    /** The token of the last of these, each having lent to the next. */
    chain: async (...ids: readonly string[]) => {
      const [first = '', ...rest] = ids;
      let token = await tokenOf(first);
      const made: string[] = [];
      for (const id of rest) {
        made.push(await lent(token, id));
        token = await tokenOf(id, made.at(-1));
      }
      return { token, made };
    },
    act: (token: string, ask: Partial<ActionBody> = {}, idempotencyKey?: string) =>
      post(
        token,
        '/v1/actions',
        { tool: 'erp.create_order', input: order, purpose: 'Asked for by a colleague', ...ask },
        idempotencyKey,
      ),
    revoke: (token: string, id: string) => post(token, `/v1/delegations/${id}/revoke`),
    /** A token with claims of our choice under the true signature. */
    forge: (id: string, claims: Partial<TokenClaims>) => {
      const iat = Math.floor(deps.now().getTime() / 1000);
      const whole = { iss: issuer, aud: issuer, sub: id, client_id: id, jti: newJti(), iat, exp: iat + 600 };
      return key.sign({ ...whole, kid: `role:${roleOf(id)}`, ...claims });
    },
    /** Asks for a token with an assertion of the agent's own key. */
    byAssertion: async (id: string, own: OwnKey, delegation: string) => {
      const assertion = await new SignJWT({})
        .setProtectedHeader({ alg: 'EdDSA', kid: own.kid })
        .setIssuer(id)
        .setSubject(id)
        .setAudience(`${issuer}/oauth/token`)
        .setJti(newJti())
        .setExpirationTime(Math.floor(deps.now().getTime() / 1000) + 60)
        .sign(own.privateKey);
      const body = new URLSearchParams({
        grant_type: 'client_credentials',
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: assertion,
        delegation,
      });
      return answered(await tokens.request('/oauth/token', { method: 'POST', body }));
    },
  };
}
