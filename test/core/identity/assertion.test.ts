import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { PublicKey } from '../../../core/agent/agent.ts';
import { assertionKey, issueToken, TOKEN_SECONDS } from '../../../core/identity/issue-token.ts';
import { claimedClient, verifyAssertion } from '../../../core/identity/verify-assertion.ts';
import { noSwitches } from '../../../core/switch/switch.ts';
import { type AgentKeys, type AssertionParts, makeKeys, signAssertion } from '../../harness/agents.ts';
import { later, NOW, someAgent, stopped } from '../../harness/facts.ts';
import { runs } from '../property-runs.ts';
import { refusalOf, whole } from '../whole-change.ts';

const URL = 'https://api.example.com/oauth/token';
let ed: AgentKeys;
let es: AgentKeys;
let both: readonly PublicKey[];
beforeAll(async () => {
  ed = await makeKeys('k1');
  es = await makeKeys('k2', 'ES256');
  both = [ed.publicJwk, es.publicJwk] as readonly PublicKey[];
});

const expected = (fields: Partial<Parameters<typeof verifyAssertion>[1]> = {}) => ({
  client: 'agt_buyer',
  keys: both,
  revokedKeys: [],
  audiences: ['https://api.example.com', URL],
  ...fields,
});
const verify = async (parts: AssertionParts = {}, by: AgentKeys = ed, now = NOW) =>
  verifyAssertion(await signAssertion(by, URL, NOW, parts), expected(), now);

describe('a client assertion', () => {
  it('is good by any of the agent’s registered keys, each with its own algorithm', async () => {
    expect(await verify({ jti: 'first-one' })).toMatchObject({ jti: 'first-one', kid: 'k1' });
    expect(await verify({ alg: 'ES256' }, es)).toMatchObject({ kid: 'k2', expiresAt: later(60) });
  });

  it.each<[string, AssertionParts, number]>([
    ['as it just begins', {}, 0],
    ['a moment before it ends, with two clocks a minute apart', {}, 119],
    ['of five minutes', { seconds: 300 }, 0],
    ['of five minutes from a clock a minute ahead', { seconds: 300, issuedAt: later(60) }, 0],
  ])('is good %s', async (_, parts, seconds) => {
    expect(await verify(parts, ed, later(seconds))).toHaveProperty('jti');
  });

  it.each<[string, AssertionParts, number]>([
    ['that ended', {}, 121],
    ['that lives too long', { seconds: 361 }, 0],
    ['for another audience', { audience: 'https://api.example.com/' }, 0],
    ['in another agent’s name', { client: 'agt_other' }, 0],
    ['about another subject', { subject: 'agt_other' }, 0],
    ['under the name of another of its keys', { kid: 'k2' }, 0],
    ['under a name no key has', { kid: 'k3' }, 0],
    ['whose jti is too short', { jti: '1234567' }, 0],
    ['whose jti is too long', { jti: 'x'.repeat(201) }, 0],
  ])('%s is refused', async (_, parts, seconds) => {
    expect(refusalOf(await verify(parts, ed, later(seconds)))).toBe('invalid-client');
  });

  it('that names no key is by the only one its agent has, and of two it is by neither', async () => {
    const nameless = await signAssertion(ed, URL, NOW, { header: { kid: undefined } });
    const alone = (keys: AgentKeys) => expected({ keys: [keys.publicJwk] as readonly PublicKey[] });
    expect(await verifyAssertion(nameless, alone(ed), NOW)).toMatchObject({ kid: 'k1' });
    expect(refusalOf(await verifyAssertion(nameless, alone(es), NOW))).toBe('invalid-client');
    expect(refusalOf(await verifyAssertion(nameless, expected(), NOW))).toBe('invalid-client');
    const revokedKeys = [{ kid: 'k1', at: NOW.toISOString() }];
    const dead = { ...alone(ed), revokedKeys };
    expect(refusalOf(await verifyAssertion(nameless, dead, NOW))).toBe('invalid-client');
  });

  it('of a key that was taken away is refused', async () => {
    const assertion = await signAssertion(ed, URL, NOW);
    const rest = expected({ keys: both.slice(1) });
    expect(refusalOf(await verifyAssertion(assertion, rest, NOW))).toBe('invalid-client');
  });

  it('of a key that was revoked is refused, though it is still listed', async () => {
    const revokedKeys = [{ kid: 'k1', at: NOW.toISOString() }];
    const refused = await verifyAssertion(await signAssertion(ed, URL, NOW), expected({ revokedKeys }), NOW);
    expect(refused).toMatchObject({
      refused: 'invalid-client',
      detail: expect.stringContaining('revoked') as string,
    });
    const other = await signAssertion(es, URL, NOW, { alg: 'ES256' });
    expect(await verifyAssertion(other, expected({ revokedKeys }), NOW)).toMatchObject({ kid: 'k2' });
  });

  it.each([
    ['a moment before its key ends', 1, true],
    ['from when its key ended', 0, false],
  ])('is good, or not, %s', async (_, seconds, good) => {
    const keys = [{ ...ed.publicJwk, notAfter: later(seconds).toISOString() }, both[1]] as PublicKey[];
    const answer = await verifyAssertion(await signAssertion(ed, URL, NOW), expected({ keys }), NOW);
    expect('jti' in answer).toBe(good);
    if (!good) expect(answer).toMatchObject({ detail: expect.stringContaining('ended at') as string });
    const other = await signAssertion(es, URL, NOW, { alg: 'ES256' });
    expect(await verifyAssertion(other, expected({ keys }), NOW)).toMatchObject({ kid: 'k2' });
  });

  it('changed in any one character is refused', async () => {
    const assertion = await signAssertion(ed, URL, NOW, { jti: 'not-to-be-changed' });
    const last = assertion.length - 1;
    await fc.assert(
      fc.asyncProperty(fc.nat(last), fc.constantFrom('A', 'b', '-', '.', 'é'), async (at, letter) => {
        const changed = assertion.slice(0, at) + letter + assertion.slice(at + 1);
        const same = Buffer.from(changed.split('.')[2] ?? '', 'base64url').equals(
          Buffer.from(assertion.split('.')[2] ?? '', 'base64url'),
        );
        if (changed === assertion || (same && at > assertion.lastIndexOf('.'))) return;
        expect(refusalOf(await verifyAssertion(changed, expected(), NOW))).toBe('invalid-client');
      }),
      runs(60),
    );
  });

  it('may be any text at all: it is refused, never an exception', async () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc
        .array(
          fc.json().map((json) => Buffer.from(json).toString('base64url')),
          { maxLength: 4 },
        )
        .map((parts) => parts.join('.')),
      fc.constant(
        `${Buffer.from('{"alg":"EdDSA","kid":"k1","crit":["x"],"x":1}').toString('base64url')}.e30.`,
      ),
    );
    await fc.assert(
      fc.asyncProperty(text, async (assertion) => {
        expect(refusalOf(await verifyAssertion(assertion, expected(), NOW))).toBe('invalid-client');
        const client = claimedClient(assertion);
        expect(client === undefined || typeof client === 'string').toBe(true);
      }),
      runs(200),
    );
  });
});

describe('a token', () => {
  const assertion = { jti: 'first-one', expiresAt: later(60), kid: 'k1' };
  const request = { assertion, issuer: 'https://api.example.com' };
  const fresh = { agent: someAgent(), assertionUsed: false, switches: noSwitches };

  it('is the agent’s, for ten minutes, and leaves one event with the key that was used', () => {
    const change = whole(issueToken(fresh, request, NOW));
    const { iat, exp } = change.result;
    expect(change.result).toMatchObject({ iss: request.issuer, aud: request.issuer, sub: 'agt_buyer' });
    expect([iat, exp - iat]).toEqual([NOW.getTime() / 1000, TOKEN_SECONDS]);
    expect(change.events).toEqual([
      expect.objectContaining({
        type: 'token.issued',
        agent: 'agt_buyer',
        data: { kid: 'k1', seconds: 600 },
      }),
    ]);
  });

  it('uses its assertion up: the row must not exist and outlives the assertion', () => {
    const [write] = whole(issueToken(fresh, request, NOW)).writes;
    expect(write).toMatchObject({ kind: 'create', row: assertionKey('agt_buyer', 'first-one') });
    const ttl = write?.kind === 'create' ? Number(write.row['ttl']) : 0;
    expect(ttl).toBeGreaterThan(later(60 + 60).getTime() / 1000);
    expect(refusalOf(issueToken({ ...fresh, assertionUsed: true }, request, NOW))).toBe('invalid-client');
  });

  it('takes two agents’ assertions of one jti for two', () => {
    expect(assertionKey('agt_a', 'same-jti')).not.toEqual(assertionKey('agt_b', 'same-jti'));
  });

  it.each(['draft', 'suspended', 'retired'] as const)('is not given in stage %s', (stage) => {
    expect(refusalOf(issueToken({ ...fresh, agent: someAgent({ stage }) }, request, NOW))).toBe(
      'invalid-client',
    );
  });

  it.each(['everything', 'unit:operations', 'agent:agt_buyer'])(
    'is not given while %s is stopped',
    (scope) => {
      expect(refusalOf(issueToken({ ...fresh, switches: stopped(scope) }, request, NOW))).toBe(
        'invalid-client',
      );
    },
  );

  it('bears the name of the key it was asked for with, so that it can die with it', () => {
    expect(whole(issueToken(fresh, request, NOW)).result).toMatchObject({ kid: 'k1' });
  });

  it.each([
    ['whose key was revoked meanwhile', { revokedKeys: [{ kid: 'k1', at: NOW.toISOString() }] }],
    ['whose key was taken away meanwhile', { keys: [] }],
    ['whose certification ended', { recertifyBy: '2026-11-22' }],
  ])('is not given to an agent %s', (_, fields) => {
    const agent = { ...someAgent(), ...fields };
    expect(refusalOf(issueToken({ ...fresh, agent }, request, NOW))).toBe('invalid-client');
  });

  it('is given on the last day of a certification', () => {
    whole(issueToken({ ...fresh, agent: someAgent({ recertifyBy: '2026-11-23' }) }, request, NOW));
  });

  it.each(['pilot', 'production'] as const)('is given in stage %s', (stage) => {
    whole(issueToken({ ...fresh, agent: someAgent({ stage }) }, request, NOW));
  });
});
