import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { decodeJwt, exportJWK, SignJWT } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type AgentRow, SYSTEM_AGENT } from '../../../core/agent/agent.ts';
import { createTokenApi } from '../../../functions/identity/token-api.ts';
import { createAuthenticate } from '../../../functions/http/authenticate.ts';
import type { TokenKey } from '../../../functions/aws/token-key.ts';
import { type AgentKeys, type AssertionParts, makeKeys, signAssertion } from '../../harness/agents.ts';
import { startDatabase, type TestDatabase } from '../../harness/dynamodb.ts';
import { NOW, someAgent } from '../../harness/facts.ts';

const ISSUER = 'https://api.example.com';
const TOKEN_URL = `${ISSUER}/oauth/token`;
let database: TestDatabase;
let keys: AgentKeys;
let now = NOW;
let refusals = 0;
const pair = generateKeyPairSync('ed25519');

beforeAll(async () => {
  database = await startDatabase();
  keys = await makeKeys();
});
afterAll(() => database.stop());
beforeEach(() => {
  now = NOW;
  refusals = 0;
});

/** The token key with its private half in this process: KMS makes the same bytes. */
const key: TokenKey = {
  publicKey: async () => pair.publicKey,
  jwk: async () => ({ ...(await exportJWK(pair.publicKey)), kid: 'token-key', alg: 'EdDSA', use: 'sig' }),
  sign: async (claims) => {
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const signed = `${encode({ alg: 'EdDSA', typ: 'at+jwt', kid: 'token-key' })}.${encode(claims)}`;
    return `${signed}.${sign(null, Buffer.from(signed), pair.privateKey).toString('base64url')}`;
  },
};

const refused = async () => {
  refusals += 1;
};
const api = () =>
  createTokenApi({
    registry: database.registry,
    key,
    issuer: ISSUER,
    now: () => now,
    newJti: () => crypto.randomUUID(),
    refused,
  });
const authenticate = () => createAuthenticate({ key, issuer: ISSUER, now: () => now, refused });

async function register(fields: Partial<AgentRow> & { id: AgentRow['id'] }): Promise<void> {
  const pk = `AGENT#${fields.id}`;
  const row = { ...someAgent({ keys: [keys.publicJwk] as AgentRow['keys'], ...fields }), pk };
  const [known] = await database.registry.load([{ pk, sk: 'AGENT' }]);
  const version = known ? Number(known['version']) + 1 : 1;
  await database.registry.commit({
    writes: [{ kind: 'put', row: { ...row, version } }],
    events: [
      {
        v: 1,
        subject: pk,
        version,
        type: 'agent.registered',
        at: NOW.toISOString(),
        actor: { kind: 'system', id: 'test' },
        data: {},
      },
    ],
    result: undefined,
  });
}

async function ask(assertion: string, more: Record<string, string> = {}) {
  const response = await api().request('/oauth/token', {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion,
      ...more,
    }).toString(),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

const assert = (parts: AssertionParts = {}) => signAssertion(keys, TOKEN_URL, NOW, parts);
const agent = (id: string) => id as AgentRow['id'];

describe('a token request', () => {
  beforeAll(() => register({ id: agent('agt_buyer') }));

  it('gives a token of ten minutes that the door accepts, and one event', async () => {
    const { status, body } = await ask(await assert());
    expect(status).toBe(200);
    expect(body).toMatchObject({ token_type: 'Bearer', expires_in: 600 });
    const claims = decodeJwt(String(body['access_token']));
    expect((claims.exp ?? 0) - (claims.iat ?? 0)).toBe(600);
    await expect(authenticate()(`Bearer ${String(body['access_token'])}`)).resolves.toMatchObject({
      claimedAgent: 'agt_buyer',
    });
    const issued = (await database.events()).filter(({ type }) => type === 'token.issued');
    expect(issued).toHaveLength(1);
  });

  it('refuses an assertion that was used before', async () => {
    const assertion = await assert({ jti: 'used-once-only' });
    expect((await ask(assertion)).status).toBe(200);
    const again = await ask(assertion);
    expect(again).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
    expect(String(again.body['error_description'])).toContain('used before');
  });

  it('gives one token for one assertion under any concurrency', async () => {
    const assertion = await assert({ jti: 'all-at-once-01' });
    const answers = await Promise.all(Array.from({ length: 8 }, () => ask(assertion)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  it.each<[string, AssertionParts]>([
    ['another audience', { audience: 'https://elsewhere.example.com/oauth/token' }],
    ['another subject than issuer', { subject: 'agt_other' }],
    ['an unknown kid', { kid: 'k9' }],
    ['a kid that climbs out', { kid: '../../etc/passwd' }],
    ['an expiry that passed', { issuedAt: new Date(NOW.getTime() - 600_000) }],
    ['a life of an hour', { seconds: 3600 }],
    ['an agent nobody registered', { client: 'agt_nobody' }],
    ['a jti too short to be one', { jti: 'x' }],
  ])('refuses %s', async (_, parts) => {
    expect(await ask(await assert(parts))).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
    expect(refusals).toBe(1);
  });

  it('refuses algorithm none', async () => {
    const [, payload = ''] = (await assert()).split('.');
    const header = Buffer.from(JSON.stringify({ alg: 'none', kid: 'k1' })).toString('base64url');
    expect((await ask(`${header}.${payload}.`)).status).toBe(401);
  });

  it('refuses HS256 signed with the public key', async () => {
    const secret = Buffer.from(String(keys.publicJwk.x), 'base64url');
    const forged = await new SignJWT({})
      .setProtectedHeader({ alg: 'HS256', kid: 'k1' })
      .setIssuer('agt_buyer')
      .setSubject('agt_buyer')
      .setAudience(TOKEN_URL)
      .setJti('forged-forged')
      .setIssuedAt(Math.floor(NOW.getTime() / 1000))
      .setExpirationTime(Math.floor(NOW.getTime() / 1000) + 60)
      .sign(secret);
    expect((await ask(forged)).status).toBe(401);
  });

  it('ignores keys that the header offers', async () => {
    const thief = await makeKeys('k1');
    const elsewhere = 'https://thief.example.com/keys';
    const header = { jwk: thief.publicJwk, jku: elsewhere, x5u: elsewhere };
    expect((await ask(await signAssertion(thief, TOKEN_URL, NOW, { header }))).status).toBe(401);
  });

  it('accepts an ES256 key', async () => {
    const es = await makeKeys('es1', 'ES256');
    await register({ id: agent('agt_es'), keys: [es.publicJwk] as AgentRow['keys'] });
    const assertion = await signAssertion(es, TOKEN_URL, NOW, { client: 'agt_es', alg: 'ES256' });
    expect((await ask(assertion)).status).toBe(200);
  });

  it.each(['draft', 'suspended', 'retired'] as const)(
    'gives nothing to an agent in stage %s',
    async (stage) => {
      await register({ id: agent(`agt_${stage}`), stage });
      expect((await ask(await assert({ client: `agt_${stage}` }))).status).toBe(401);
    },
  );

  it('gives none to the agent of the system itself, which has no key', async () => {
    await register({ id: SYSTEM_AGENT, keys: [] });
    expect((await ask(await assert({ client: SYSTEM_AGENT }))).status).toBe(401);
  });

  it('names what is wrong with a form', async () => {
    const answer = await ask('', { grant_type: 'password' });
    expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
    expect(String(answer.body['error_description'])).toContain('grant_type');
  });
});

describe('authentication at the door', () => {
  const claims = { iss: ISSUER, aud: ISSUER, sub: 'agt_buyer', jti: 'j', kid: 'k1', client_id: 'agt_buyer' };
  const token = (changes: object = {}, typ = 'at+jwt', by: KeyObject = pair.privateKey) => {
    const iat = Math.floor(NOW.getTime() / 1000);
    return new SignJWT({ ...claims, iat, exp: iat + 600, ...changes })
      .setProtectedHeader({ alg: 'EdDSA', typ })
      .sign(by);
  };
  const other = generateKeyPairSync('ed25519').privateKey;
  const unsigned = (signed: string) => {
    const header = Buffer.from(JSON.stringify({ alg: 'none', typ: 'at+jwt' })).toString('base64url');
    return `${header}.${signed.split('.')[1] ?? ''}.AA`;
  };
  const confused = () => {
    const iat = Math.floor(NOW.getTime() / 1000);
    const secret = pair.publicKey.export({ type: 'spki', format: 'der' });
    return new SignJWT({ ...claims, iat, exp: iat + 600 })
      .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid: 'token-key' })
      .sign(secret);
  };

  it('takes the very token that all of these are changed from', async () => {
    await expect(authenticate()(`Bearer ${await token()}`)).resolves.toHaveProperty('claimedAgent');
  });

  it.each<[string, () => Promise<string>]>([
    ['another issuer', () => token({ iss: 'https://elsewhere.example.com' })],
    ['another audience', () => token({ aud: 'https://elsewhere.example.com' })],
    ['an expired token', () => token({ exp: Math.floor(NOW.getTime() / 1000) - 61 })],
    ['an assertion in place of a token', () => token({}, 'JWT')],
    ['another signer', () => token({}, 'at+jwt', other)],
    ['no expiry', () => token({ exp: undefined })],
    ['a token that begins later', () => token({ nbf: Math.floor(NOW.getTime() / 1000) + 120 })],
    ['no key it was asked for with', () => token({ kid: undefined })],
    ['no time of issue', () => token({ iat: undefined })],
    ['algorithm none', async () => unsigned(await token())],
    ['HS256 signed with the public key', () => confused()],
  ])('refuses %s', async (_, make) => {
    await expect(authenticate()(`Bearer ${await make()}`)).rejects.toMatchObject({
      problem: { status: 401 },
    });
    expect(refusals).toBe(1);
  });

  it.each(['', 'Bearer ', 'Basic abc', 'Bearer not-a-token'])('refuses %j', async (header) => {
    await expect(authenticate()(header)).rejects.toMatchObject({ problem: { status: 401 } });
  });

  it('publishes the key it signs with', async () => {
    const response = await api().request('/.well-known/jwks.json');
    const { keys: published } = (await response.json()) as { keys: { x: string; d?: string }[] };
    expect(published[0]?.x).toBe(
      (
        await exportJWK(
          createPublicKey(createPrivateKey(pair.privateKey.export({ type: 'pkcs8', format: 'pem' }))),
        )
      ).x,
    );
    expect(published[0]).not.toHaveProperty('d');
  });
});
