import { describe, expect, it } from 'vitest';
import { checkToken, epochKey, type EpochRow, unfitKey } from '../../../core/identity/check-token.ts';
import { revokeAllTokens, revokeKey, revokeTokens } from '../../../core/identity/revoke.ts';
import { later, NOW, someAgent } from '../../harness/facts.ts';
import { refusalOf, whole } from '../whole-change.ts';

const use = { kid: 'k1', issuedAt: NOW };
const epochAt = (at: Date): EpochRow => ({ ...epochKey, v: 1, version: 1, notBefore: at.toISOString() });
const actor = { kind: 'administrator', id: 'arn:aws:iam::111122223333:user/ops' } as const;
const by = { actor, now: NOW };
const key = someAgent().keys[0];
if (!key) throw new Error('the agent has no key');

describe('a token with a good signature', () => {
  it('is good while nothing was revoked', () => {
    expect(checkToken({ agent: someAgent(), epoch: undefined }, use, NOW)).toBeUndefined();
  });

  it.each<[string, Partial<Parameters<typeof checkToken>[0]>]>([
    ['its key was revoked', { agent: someAgent({ revokedKeys: [{ kid: 'k1', at: NOW.toISOString() }] }) }],
    ['its key was taken away', { agent: someAgent({ keys: [{ ...key, kid: 'k2' }] }) }],
    ['its key ended', { agent: someAgent({ keys: [{ ...key, notAfter: NOW.toISOString() }] }) }],
    [
      'its agent’s tokens were revoked after it',
      { agent: someAgent({ tokensNotBefore: later(1).toISOString() }) },
    ],
    ['all tokens were revoked after it', { epoch: epochAt(later(1)) }],
    ['all were revoked within its second', { epoch: epochAt(new Date(NOW.getTime() + 1)) }],
  ])('is refused when %s', (_, changed) => {
    const facts = { agent: someAgent(), epoch: undefined, ...changed };
    expect(checkToken(facts, use, NOW)).toMatchObject({ refused: 'token-revoked' });
  });

  it.each<[string, Partial<Parameters<typeof checkToken>[0]>]>([
    [
      'another key was revoked',
      { agent: someAgent({ revokedKeys: [{ kid: 'k0', at: NOW.toISOString() }] }) },
    ],
    ['its key ends later', { agent: someAgent({ keys: [{ ...key, notAfter: later(1).toISOString() }] }) }],
    ['it was issued after its agent’s epoch', { agent: someAgent({ tokensNotBefore: NOW.toISOString() }) }],
    ['it was issued after everybody’s epoch', { epoch: epochAt(NOW) }],
  ])('stays good when %s', (_, changed) => {
    const facts = { agent: someAgent(), epoch: undefined, ...changed };
    expect(checkToken(facts, use, NOW)).toBeUndefined();
  });

  it('names the later of two epochs though the other passed', () => {
    const agent = someAgent({ tokensNotBefore: later(-60).toISOString() });
    expect(checkToken({ agent, epoch: epochAt(later(60)) }, use, NOW)).toHaveProperty('refused');
  });

  it.each(['../../k1', 'K1', 'k1 ', '', undefined, '__proto__'])('knows no key %j', (kid) => {
    expect(unfitKey(someAgent(), kid, NOW)).toContain('no key registered');
  });
});

describe('revoking', () => {
  it('a key adds it to those that are good for nothing, with one event', () => {
    const change = whole(revokeKey(someAgent({ version: 4 }), { ...by, kid: 'k1' }));
    expect(change.result).toMatchObject({ version: 5, revokedKeys: [{ kid: 'k1', at: NOW.toISOString() }] });
    expect(change.events).toEqual([
      expect.objectContaining({ type: 'agent.key-revoked', version: 5, actor, data: { kid: 'k1' } }),
    ]);
  });

  it('keeps the keys that were revoked before', () => {
    const before = someAgent({ revokedKeys: [{ kid: 'k0', at: NOW.toISOString() }] });
    expect(whole(revokeKey(before, { ...by, kid: 'k1' })).result.revokedKeys).toHaveLength(2);
  });

  it('a key twice changes nothing, and one there is not names those there are', () => {
    const revoked = whole(revokeKey(someAgent(), { ...by, kid: 'k1' })).result;
    expect(refusalOf(revokeKey(revoked, { ...by, kid: 'k1' }))).toBe('already');
    expect(revokeKey(someAgent(), { ...by, kid: 'k9' })).toMatchObject({
      refused: 'unknown-key',
      detail: 'agt_buyer has no key k9; it has: k1',
    });
  });

  it('an agent’s tokens leaves its keys good', () => {
    const { result, events } = whole(revokeTokens(someAgent(), by));
    expect(result).toMatchObject({ tokensNotBefore: NOW.toISOString(), revokedKeys: [] });
    expect(events[0]).toMatchObject({ type: 'agent.tokens-revoked' });
    expect(checkToken({ agent: result, epoch: undefined }, { ...use, issuedAt: later(1) }, later(1))).toBe(
      undefined,
    );
  });

  it('everybody’s tokens moves the one epoch, the first time and again', () => {
    const first = whole(revokeAllTokens(undefined, by));
    const again = whole(revokeAllTokens(first.result, { actor, now: later(60) }));
    expect(again.result).toMatchObject({ version: 2, notBefore: later(60).toISOString() });
    expect(again.writes).toEqual([expect.objectContaining({ kind: 'replace', ifVersion: 1 })]);
    expect(again.events[0]).toMatchObject({ subject: 'TOKENS', type: 'tokens.revoked', version: 2 });
  });
});
