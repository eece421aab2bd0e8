import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { approvedDigest } from '../../../core/action/action-row.ts';
import { isRefusal } from '../../../core/change.ts';
import { digest } from '../../../core/canonical-json.ts';
import { delegationBody, type DelegationRow, whyNotLent } from '../../../core/delegation/delegation.ts';
import { makeDelegation } from '../../../core/delegation/make-delegation.ts';
import { revokeDelegation } from '../../../core/delegation/revoke-delegation.ts';
import { agentId, delegationIdOf } from '../../../core/id.ts';
import { ableAgent, later, NOW, someAction } from '../../harness/facts.ts';
import { runs } from '../property-runs.ts';

const a = ableAgent('agt_first');
const b = ableAgent('agt_middle');
const c = ableAgent('agt_last');
const madeBy = { kid: 'k1', issuedAt: NOW.toISOString() };

function lend(
  from: typeof a,
  to: typeof a,
  fields: object = {},
  under?: DelegationRow,
  at = NOW,
): DelegationRow {
  const body = delegationBody.parse({ to: to.id, purpose: 'Help', expiresSeconds: 600, ...fields });
  const lent = under && { delegation: under, above: [] };
  const id = delegationIdOf(from.id, JSON.stringify([to.id, fields]));
  const made = makeDelegation({ lender: from, lent, to }, { id, body, madeBy }, at);
  if (isRefusal(made)) throw new Error(made.refused);
  return made.result;
}

const someTools = fc.option(fc.uniqueArray(fc.constantFrom<string>('x', 'y', 'z'), { minLength: 1 }), {
  nil: undefined,
});

describe('a delegation under another', () => {
  it('never has a tool or a second that the one above has not', () => {
    fc.assert(
      fc.property(
        someTools,
        someTools,
        fc.integer({ min: 60, max: 3600 }),
        fc.integer({ min: 60, max: 3600 }),
        fc.integer({ min: 0, max: 59 }),
        (above, asked, first, next, waited) => {
          const upper = lend(a, b, { tools: above, expiresSeconds: first });
          const make = () => lend(b, c, { tools: asked, expiresSeconds: next }, upper, later(waited));
          const allowed = (tool: string) =>
            above?.includes(tool) !== false && asked?.includes(tool) !== false;
          if (!['x', 'y', 'z', 'other'].some(allowed)) {
            expect(make).toThrow('nothing-lent');
            return;
          }
          const lower = make();
          for (const tool of ['x', 'y', 'z', 'other']) {
            expect(lower.tools?.includes(tool) ?? true).toBe(allowed(tool));
          }
          expect(lower.expiresAt <= upper.expiresAt).toBe(true);
          expect(lower).toMatchObject({ chain: [a.id, b.id], above: [upper.id] });
        },
      ),
      runs(200),
    );
  });

  it('is good for whom it was made, until its last second, and while all above it are', () => {
    const upper = lend(a, b);
    const lower = lend(b, c, {}, upper);
    const why = (fields: object, borrower = c.id, at = NOW) =>
      whyNotLent({ delegation: lower, above: [upper], ...fields }, borrower, at)?.code;
    expect(why({}, c.id, later(599.999))).toBeUndefined();
    expect(why({}, c.id, later(600))).toBe('delegation-expired');
    expect(why({}, agentId.parse('agt_middle'))).toBe('delegation-unknown');
    expect(why({ delegation: undefined })).toBe('delegation-unknown');
    expect(why({ above: [undefined] })).toBe('delegation-revoked');
    expect(why({ above: [{ ...upper, revokedAt: NOW.toISOString() }] })).toBe('delegation-revoked');
    expect(why({ above: [{ ...upper, expiresAt: NOW.toISOString() }] })).toBe('delegation-expired');
    expect(why({ disowned: true })).toBe('delegation-revoked');
  });

  it('is revoked once, with one event', () => {
    const row = lend(a, b);
    const revoked = revokeDelegation(row, b.id, NOW);
    if (isRefusal(revoked)) throw new Error(revoked.refused);
    expect(revoked).toMatchObject({
      writes: [{ kind: 'replace', ifVersion: 1 }],
      events: [{ type: 'delegation.revoked', version: 2, actor: { id: b.id } }],
    });
    expect(revokeDelegation(revoked.result, a.id, NOW)).toHaveProperty('refused', 'already');
    expect(revokeDelegation(row, c.id, NOW)).toHaveProperty('refused', 'unknown-delegation');
  });
});

describe('what is approved', () => {
  const { agent, onBehalfOf, tool, toolHash, input } = someAction();
  const asked = { agent, onBehalfOf, tool, toolHash, input };
  const delegation = delegationIdOf(agent, 'lend-0001');

  it('has the digest it always had where nobody lent anything', () => {
    expect(approvedDigest(asked)).toBe(digest(asked));
  });

  it('is another for another chain or another delegation', () => {
    const via = (...ids: string[]) => ({ via: ids.map((id) => agentId.parse(id)), delegation });
    const all = [
      asked,
      { ...asked, ...via('agt_first') },
      { ...asked, ...via('agt_first', 'agt_middle') },
      { ...asked, ...via('agt_middle', 'agt_first') },
      { ...asked, ...via('agt_first'), delegation: delegationIdOf(agent, 'lend-0002') },
    ];
    expect(new Set(all.map(approvedDigest)).size).toBe(all.length);
  });
});
