import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { combineDecisions } from '../../../core/policy/combine-decisions.ts';
import { decide } from '../../../core/policy/decide.ts';
import type { Decision, DecisionRequest, Guard } from '../../../core/policy/decision.ts';
import { allow, deny, hold, someGuard } from '../../harness/facts.ts';
import { someOrder, someRelease, someRequest } from '../../harness/release.ts';
import { runs } from '../property-runs.ts';

const agentOf = (id: string, unit = 'operations'): DecisionRequest['agent'] => ({
  ...someRequest().agent,
  id,
  unit,
});
const told = (decision: Decision, n = 0, unit?: string) => ({ agent: agentOf(`agt_${n}`, unit), decision });
const guards = ['a', 'b', 'c'].map((id) => someGuard({ id }));
const rank = { deny: 0, hold: 1, allow: 2 } as const;

const someDecision = fc.oneof(
  fc.constant(allow),
  fc.constant(deny),
  fc
    .uniqueArray(fc.constantFrom(...guards), { minLength: 1, selector: ({ id }) => id })
    .map((some) => hold(...(some as [Guard, ...Guard[]]))),
);
const guardsOf = (decision: Decision) =>
  decision.outcome === 'hold' ? decision.guards.map(({ id }) => id).sort() : [];

describe('the answer for a chain of agents', () => {
  it('is exactly the strictest of theirs, and asks for the guards of all, each once', () => {
    fc.assert(
      fc.property(someDecision, fc.array(someDecision, { maxLength: 2 }), (own, others) => {
        const combined = combineDecisions(
          told(own),
          others.map((each, n) => told(each, n + 1)),
        );
        const all = [own, ...others];
        expect(rank[combined.outcome]).toBe(Math.min(...all.map(({ outcome }) => rank[outcome])));
        if (combined.outcome !== 'hold') return;
        expect(guardsOf(combined)).toEqual([...new Set(all.flatMap(guardsOf))].sort());
      }),
      runs(300),
    );
  });

  it('is an agent’s own, word for word, when it leans on nobody', () => {
    fc.assert(
      fc.property(someDecision, (own) => {
        expect(combineDecisions(told(own), [])).toEqual(own);
      }),
      runs(50),
    );
  });

  it.each([
    ['its own unit', 'operations', ['operations-blocked-vendors']],
    ['another unit', 'sales', []],
  ])('names who denies and the code; the rules only within %s', (_, unit, policies) => {
    const combined = combineDecisions(told(allow), [told(allow, 1), told(deny, 2, unit)]);
    expect(combined).toMatchObject({ outcome: 'deny', reason: 'forbidden', policies });
    const detail = 'agt_2, which lent its say, may not do this itself: forbidden';
    expect(combined).toHaveProperty('detail', detail);
  });
});

describe('the engine, asked about a chain', () => {
  const ORDER = 'principal, action == AutonomyOS::Action::"erp.create_purchase_order", resource';
  const ask = (id: string, who: string) =>
    `@id("operations-${id}") @title("${id}") @approval("${id}:1") @expires("PT4H")
     forbid (${ORDER}) when { principal == AutonomyOS::Agent::"${who}" }
     unless { context.approvals.contains("operations-${id}") };`;
  const release = someRelease({
    policies: {
      operations: `@id("operations-orders") permit (${ORDER}) when { principal.sponsor == "vera" };
        ${ask('first', 'agt_first')} ${ask('acting', 'agt_buyer')}`,
    },
  });
  const asked = (fields: Partial<DecisionRequest> = {}) =>
    decide(release, someRequest({ input: someOrder(), ...fields }));
  const links = [agentOf('agt_first'), agentOf('agt_second')];

  it('asks the same of each and holds for the guards of all', () => {
    expect(guardsOf(asked())).toEqual(['operations-acting']);
    expect(guardsOf(asked({ links }))).toEqual(['operations-acting', 'operations-first']);
  });

  it('allows only when the guards of all are lifted', () => {
    const outcome = (...approvals: string[]) => asked({ links, approvals }).outcome;
    expect(outcome('operations-acting')).toBe('hold');
    expect(outcome('operations-first')).toBe('hold');
    expect(outcome('operations-acting', 'operations-first')).toBe('allow');
  });

  it('denies when one of them is permitted nothing', () => {
    const stranger = { ...agentOf('agt_stranger'), sponsor: 'rita' };
    expect(asked({ links: [...links, stranger] })).toMatchObject({
      outcome: 'deny',
      reason: 'not-permitted',
    });
  });
});
