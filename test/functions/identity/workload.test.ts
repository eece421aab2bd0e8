import { decodeJwt } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SYSTEM_AGENT } from '../../../core/agent/agent.ts';
import type { TokenClaims } from '../../../core/identity/issue-token.ts';
import { createActionsApi } from '../../../functions/action/actions-api.ts';
import { createGovernanceApi } from '../../../functions/governance/governance-api.ts';
import { createAuthenticate } from '../../../functions/http/authenticate.ts';
import { createTokenApi } from '../../../functions/identity/token-api.ts';
import { buyer, second, startWorld, type World } from '../../harness/door.ts';
import { later, NOW } from '../../harness/facts.ts';
import { type Answered, answered, signedBy } from '../../harness/http.ts';
import { change, organisation } from '../../harness/organisation.ts';
import { tokenKey as key } from '../../harness/token-key.ts';

const ISSUER = 'https://api.example.com';
const ROLE = 'arn:aws:iam::111122223333:role/Buyer';
const SESSION = 'arn:aws:sts::111122223333:assumed-role/Buyer/lambda-7';
const ops = 'arn:aws:iam::111122223333:user/ops';
let world: World;
let refusals = 0;
const refused = async () => {
  refusals += 1;
};
/** The buyer is the role, and has no key at all. */
const company = (fields: object = {}) =>
  change(organisation(), `Agent ${buyer}`, { keys: [], workloads: [ROLE], ...fields });
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());
beforeEach(async () => {
  refusals = 0;
  world.clock.now = later((world.clock.now.getTime() - NOW.getTime()) / 1000 + 60);
  await world.apply(company());
});

async function ask(caller: string | undefined, id: string = buyer): Promise<Answered> {
  const { deps } = world;
  const newJti = () => crypto.randomUUID();
  const api = createTokenApi({
    registry: deps.registry,
    key,
    issuer: ISSUER,
    now: deps.now,
    newJti,
    refused,
  });
  const signed = caller === undefined ? { event: { requestContext: {} } } : signedBy(caller);
  return answered(await api.request(`/v1/agents/${id}/token`, { method: 'POST' }, signed));
}
const tokenOf = async (caller: string) => String((await ask(caller)).body['access_token']);

async function use(token: string): Promise<number> {
  const authenticate = createAuthenticate({ key, issuer: ISSUER, now: world.deps.now, refused });
  const api = createActionsApi({ ...world.deps, authenticate });
  return (await api.request('/v1/tools', { headers: { authorization: `Bearer ${token}` } })).status;
}
const forge = (claims: Partial<TokenClaims>) => {
  const iat = Math.floor(world.clock.now.getTime() / 1000);
  const whole = { iss: ISSUER, aud: ISSUER, sub: buyer, client_id: buyer, jti: 'j', iat, exp: iat + 600 };
  return key.sign({ ...whole, kid: `role:${ROLE}`, ...claims });
};
const govern = async (path: string, method: 'GET' | 'POST') => {
  const { registry, now } = world.deps;
  const api = createGovernanceApi({ registry, releases: world.releases, now });
  return answered(await api.request(path, { method }, signedBy(ops)));
};

describe('a workload', () => {
  it('gets a token of its role without any key, which the door takes, and one event names the role', async () => {
    const { status, body } = await ask(SESSION);
    expect(status).toBe(200);
    const token = String(body['access_token']);
    expect(decodeJwt(token)).toMatchObject({ sub: buyer, kid: `role:${ROLE}` });
    expect(await use(token)).toBe(200);
    const issued = (await world.database.events()).filter(({ type }) => type === 'token.issued');
    expect(issued.at(-1)).toMatchObject({ agent: buyer, data: { kid: `role:${ROLE}` } });
    expect(issued).toHaveLength(1);
  });

  it.each<[string, string, string]>([
    ['another role', 'arn:aws:sts::111122223333:assumed-role/Seller/x', buyer],
    ['a role whose name begins with it', 'arn:aws:sts::111122223333:assumed-role/Buyer2/x', buyer],
    ['the role of this name in another account', 'arn:aws:sts::999922223333:assumed-role/Buyer/x', buyer],
    [
      'the role of this name in another partition',
      'arn:aws-cn:sts::111122223333:assumed-role/Buyer/x',
      buyer,
    ],
    ['a session that is called like the role', 'arn:aws:sts::111122223333:assumed-role/Other/Buyer', buyer],
    ['a user of this name', 'arn:aws:iam::111122223333:user/Buyer', buyer],
    ['a federated user of this name', 'arn:aws:sts::111122223333:federated-user/Buyer', buyer],
    ['an ARN that holds the role', 'arn:aws:iam::111122223333:user/role/Buyer', buyer],
    ['its own role, for another agent', SESSION, second],
    ['its own role, for another unit’s agent', SESSION, 'agt_seller'],
    ['its own role, for an agent nobody registered', SESSION, 'agt_nobody'],
    ['its own role, for the system’s agent', SESSION, SYSTEM_AGENT],
    ['its own role, for what is no id', SESSION, 'x'],
  ])('is not %s, and the answer is one for all', async (_, caller, id) => {
    const answer = await ask(caller, id);
    expect(answer).toMatchObject({ status: 403, body: { title: 'invalid-client' } });
    expect(answer.body['detail']).toMatch(/^the role that signed is not among the workloads of this agent/);
    expect(refusals).toBe(1);
  });

  it('is nobody without API Gateway’s word for it', async () => {
    expect((await ask(undefined)).status).toBe(401);
  });

  it('gets nothing while its agent is suspended', async () => {
    await world.apply(company({ stage: 'suspended' }));
    expect(await ask(SESSION)).toMatchObject({ status: 403, body: { title: 'invalid-client' } });
    await world.apply(company({ stage: 'pilot' }));
    expect((await ask(SESSION)).status).toBe(200);
  });

  it('ends with the role in the manifest, in the middle of a token', async () => {
    const token = await tokenOf(SESSION);
    expect(await use(token)).toBe(200);
    await world.apply(company({ workloads: ['arn:aws:iam::111122223333:role/Other'] }));
    expect(await use(token)).toBe(401);
    expect((await ask(SESSION)).status).toBe(403);
  });

  it.each<[string, Partial<TokenClaims>]>([
    ['an agent that never had it', { sub: second }],
    ['another unit’s agent', { sub: 'agt_seller' }],
    ['a role nobody registered', { kid: 'role:arn:aws:iam::111122223333:role/Ghost' }],
    ['no role at all', { kid: 'role:' }],
  ])('a token by a role does not stand for %s', async (_, claims) => {
    expect(await use(await forge({}))).toBe(200);
    expect(await use(await forge(claims))).toBe(401);
  });
});

it('a revoked role ends like a key: at once, by its name, and whatever a manifest lists', async () => {
  const token = await tokenOf(SESSION);
  expect((await govern(`/v1/agents/${buyer}/keys/role:Buye/revoke`, 'POST')).status).toBe(404);
  expect(await use(token)).toBe(200);
  expect((await govern(`/v1/agents/${buyer}/keys/role:Buyer/revoke`, 'POST')).status).toBe(200);
  expect(await use(token)).toBe(401);
  const { warnings } = await world.apply(company());
  expect(warnings).toContainEqual(expect.stringContaining(`${ROLE} was revoked`));
  expect((await ask(SESSION)).status).toBe(403);
  expect((await govern(`/v1/agents/${buyer}/keys/role:Buyer/revoke`, 'POST')).status).toBe(200);
  const shown = await govern(`/v1/agents/${buyer}`, 'GET');
  expect(shown.body['keys']).toContainEqual(
    expect.objectContaining({ kid: `role:${ROLE}`, revokedAt: expect.any(String) as string }),
  );
});

describe('a manifest', () => {
  const administrator = (principal: string) => ({
    kind: 'Administrator',
    id: 'ops',
    principal,
    scope: 'coe',
  });
  const withAdministrator = (principal: string) => {
    const body = company();
    const document = administrator(principal);
    return { ...body, manifests: [...body.manifests, { file: 'coe.yaml', line: 1, layer: 'coe', document }] };
  };
  it.each<[string, () => ReturnType<typeof company>, string]>([
    ['with neither key nor role', () => company({ workloads: [] }), 'keys: an agent signs in with'],
    [
      'with a role path',
      () => company({ workloads: [ROLE.replace('role/', 'role/a/')] }),
      'without its path',
    ],
    ['with a wildcard', () => company({ workloads: [`${ROLE}*`] }), 'no wildcard'],
    ['with a user', () => company({ workloads: [ops] }), 'role/<name>'],
    [
      'with six roles',
      () => company({ workloads: Array.from({ length: 6 }, (_, n) => `${ROLE}${n}`) }),
      'workloads',
    ],
    [
      'whose role is another agent',
      () => change(company(), 'Agent agt_seller', { workloads: [ROLE] }),
      `is ${buyer} already: a role is one agent`,
    ],
    [
      'whose key is named like a role',
      () => company({ keys: [{ kty: 'OKP', crv: 'Ed25519', x: 'AAAA', kid: `role:${ROLE}` }] }),
      'stands for a workload',
    ],
    [
      'whose role is an administrator',
      () => withAdministrator('arn:aws:iam::111122223333:role/Buy*'),
      'no agent makes its own rules',
    ],
  ])('%s is refused', async (_, body, reason) => {
    await expect(world.apply(body())).rejects.toThrow(reason);
  });

  it('may give a retired agent’s role to its successor', async () => {
    await world.apply(company({ stage: 'retired', workloads: ['arn:aws:iam::111122223333:role/Old'] }));
    const heir = change(
      company({ stage: 'retired', workloads: ['arn:aws:iam::111122223333:role/Old'] }),
      `Agent ${second}`,
      { workloads: ['arn:aws:iam::111122223333:role/Old'] },
    );
    await expect(world.apply(heir)).resolves.toBeDefined();
  });
});
