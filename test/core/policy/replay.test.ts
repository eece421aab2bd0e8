import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide } from '../../../core/policy/decide.ts';
import type { DecisionRequest } from '../../../core/policy/decision.ts';
import { type GuardsOf, guardsIn, replay } from '../../../core/policy/replay.ts';
import { addReports, flipKinds, nothingReplayed } from '../../../core/policy/replay-report.ts';
import { recordOf } from '../../harness/records.ts';
import {
  type Governance,
  order,
  someManifests,
  someOrder,
  someRelease,
  someRequest,
} from '../../harness/release.ts';
import { runs } from '../property-runs.ts';

const ACTION = `AutonomyOS::Action::"${order.name}"`;
const permit = (id = 'operations-buy') =>
  `@id("${id}") permit (principal in AutonomyOS::Role::"buyer", action == ${ACTION}, resource);`;
const limit = (amount: string, approval: string, expires = 'PT4H') =>
  `@id("operations-limit") @title("Large") @approval("${approval}") @expires("${expires}")
   forbid (principal, action == ${ACTION}, resource) when { context.amount.greaterThan(decimal("${amount}")) }
   unless { context.approvals.contains("operations-limit") };`;
const never = (amount: string) =>
  `@id("operations-never") forbid (principal, action == ${ACTION}, resource)
   when { context.amount.greaterThan(decimal("${amount}")) };`;
const rules = (...texts: string[]) => someRelease({ policies: { operations: texts.join('\n') } });

const then = rules(permit(), limit('1000.00', 'finance:1'), never('9000.00'));
const releases = new Map([[then.hash, then]]);
const guardsOf: GuardsOf = (hash) => {
  const release = releases.get(hash);
  return release && guardsIn(release.bundle);
};
const totals = ['500.00', '2000.00', '10000.00'];
const requests = totals.map((total) => someRequest({ input: someOrder({ total }) }));
const history = requests.map((request, n) => recordOf(then, request, n));
const under = (...texts: string[]) => replay(rules(...texts), history, guardsOf);
const counts = ({ flips }: ReturnType<typeof replay>) => flips.map(({ kind, count }) => [kind, count]);

describe('a replay', () => {
  it('finds nothing different under the release that decided, held ones included', () => {
    expect(history.map(({ decided }) => decided.outcome)).toEqual(['allow', 'hold', 'deny']);
    expect(replay(then, history, guardsOf)).toEqual({ ...nothingReplayed, decided: 3 });
  });

  it.each<[string, string[], (readonly [string, number])[]]>([
    [
      'a forbid lifted for people to decide',
      [permit(), limit('1000.00', 'finance:1')],
      [['deny-to-hold', 1]],
    ],
    [
      'everything allowed',
      [permit()],
      [
        ['deny-to-allow', 1],
        ['hold-to-allow', 1],
      ],
    ],
    ['a lower limit', [permit(), limit('100.00', 'finance:1'), never('9000.00')], [['allow-to-hold', 1]]],
    [
      'a lower forbid',
      [permit(), limit('1000.00', 'finance:1'), never('100.00')],
      [
        ['allow-to-deny', 1],
        ['hold-to-deny', 1],
      ],
    ],
    [
      'nothing permitted',
      [never('9000.00')],
      [
        ['allow-to-deny', 1],
        ['hold-to-deny', 1],
      ],
    ],
    ['another quorum', [permit(), limit('1000.00', 'finance:2'), never('9000.00')], [['hold-otherwise', 1]]],
    ['another group', [permit(), limit('1000.00', 'legal:1'), never('9000.00')], [['hold-otherwise', 1]]],
    [
      'another deadline',
      [permit(), limit('1000.00', 'finance:1', 'PT1H'), never('9000.00')],
      [['hold-otherwise', 1]],
    ],
    [
      'another permit of the same',
      [permit('operations-buys'), limit('1000.00', 'finance:1'), never('9000.00')],
      [],
    ],
  ])('counts what flips by %s, what loosens first', (_, texts, expected) => {
    const report = under(...texts);
    expect(report.decided).toBe(3);
    expect(counts(report)).toEqual(expected);
    const kinds = report.flips.map(({ kind }) => flipKinds.indexOf(kind));
    expect(kinds).toEqual(kinds.toSorted((a, b) => a - b));
  });

  it('lists denials that would be allowed before all else, whatever came first', () => {
    const tightened = rules(permit(), never('100.00'));
    const [allowed, , denied] = history;
    const loosened = addReports(
      replay(tightened, [allowed!], guardsOf),
      replay(rules(permit()), [denied!], guardsOf),
    );
    expect(counts(loosened)).toEqual([
      ['deny-to-allow', 1],
      ['allow-to-deny', 1],
    ]);
    expect(flipKinds.slice(0, 3)).toEqual(['deny-to-allow', 'hold-to-allow', 'deny-to-hold']);
  });

  it('shows both answers of a flip, with what each was determined by', () => {
    const { flips } = under(permit(), limit('1000.00', 'finance:2'), never('400.00').replace('never', 'not'));
    expect(flips[0]?.examples[0]).toEqual({
      kind: 'allow-to-deny',
      action: 'act_000000000000',
      agent: 'agt_buyer',
      tool: order.name,
      at: history[0]?.at,
      from: { outcome: 'allow', policies: ['operations-buy'] },
      to: {
        outcome: 'deny',
        reason: 'forbidden',
        detail: 'forbidden by: operations-not',
        policies: ['operations-not'],
      },
    });
    const other = under(permit(), limit('1000.00', 'finance:2'), never('9000.00'));
    expect(other.flips[0]?.examples[0]).toMatchObject({
      from: { asks: ['operations-limit: finance:1 within 240 min'] },
      to: { asks: ['operations-limit: finance:2 within 240 min'] },
    });
  });

  it('decides with the facts recorded then: roles, stage, and the guards that were lifted', () => {
    const clerk = { ...someRequest().agent, roles: [] };
    const lifted = someRequest({ input: someOrder({ total: '2000.00' }), approvals: ['operations-limit'] });
    const records = [recordOf(then, someRequest({ agent: clerk }), 5), recordOf(then, lifted, 6)];
    expect(records.map(({ decided }) => decided.outcome)).toEqual(['deny', 'allow']);
    expect(replay(then, records, guardsOf).flips).toEqual([]);
    expect(counts(replay(rules(permit(), never('9000.00')), records, guardsOf))).toEqual([]);
  });

  it('takes a tool that is gone for a denial, a flip like any other', () => {
    const operations = (someManifests['operations'] ?? []).filter(({ name }) => name !== order.name);
    const coe = (someManifests['coe'] ?? []).filter(({ tool }) => tool !== order.name);
    const without: Governance = { manifests: { ...someManifests, coe, operations } };
    const report = replay(someRelease(without), history, guardsOf);
    expect(counts(report)).toEqual([
      ['allow-to-deny', 1],
      ['hold-to-deny', 1],
    ]);
    expect(report.flips[0]?.examples[0]?.to).toMatchObject({ reason: 'unknown-tool' });
  });

  it('counts what it could not decide again by its reason, and never as the same', () => {
    const held = { ...history[1]!, release: 'f'.repeat(64) };
    const records = [{ unreadable: 'no JSON' }, held, { unreadable: 'no JSON' }, history[0]!];
    expect(replay(then, records, guardsOf)).toEqual({
      ...nothingReplayed,
      decided: 1,
      unreadable: [
        { why: 'no JSON', count: 2 },
        { why: 'the release it was held under is not to be had', count: 1 },
      ],
    });
  });

  it('sets denials aside that no rule was asked about, and keeps those a rule failed in', () => {
    const failing = rules(
      permit(),
      `@id("operations-odd") forbid (principal, action == ${ACTION}, resource)
      when { context.input.quantity * 9223372036854775807 > 0 };`,
    );
    const failed = recordOf(failing, someRequest(), 7);
    expect(failed.decided).toMatchObject({ outcome: 'deny', reason: 'error' });
    const denied = (reason: string) => ({
      ...history[0]!,
      ...{ toolHash: '', release: '', decided: { ...failed.decided, reason } },
    });
    expect(replay(failing, [failed, denied('no-release'), denied('error')], guardsOf)).toEqual({
      ...nothingReplayed,
      decided: 1,
      undecided: 2,
    });
    expect(counts(replay(then, [failed], guardsOf))).toEqual([['deny-to-allow', 1]]);
  });

  it('keeps ten examples of a kind and counts all', () => {
    const many = Array.from({ length: 25 }, (_, n) => recordOf(then, requests[2]!, n));
    const [flips] = replay(rules(permit()), many, guardsOf).flips;
    expect(flips?.count).toBe(25);
    expect(flips?.examples.map(({ at }) => at)).toEqual(many.slice(0, 10).map(({ at }) => at));
  });

  it('finds exactly the flips that deciding twice finds, for random orders and rules', () => {
    const amount = fc.integer({ min: 1, max: 20_000 }).map((units) => `${units}.00`);
    const texts = fc.record({
      limit: amount,
      never: amount,
      quorum: fc.constantFrom('finance:1', 'finance:2'),
    });
    const asked = fc.array(fc.record({ total: amount, roles: fc.constantFrom(['buyer'], ['reader']) }), {
      minLength: 1,
    });
    const compile = (r: { limit: string; never: string; quorum: string }) =>
      rules(permit(), limit(r.limit, r.quorum), never(r.never));
    fc.assert(
      fc.property(texts, texts, asked, (before, after, orders) => {
        const [old, fresh] = [compile(before), compile(after)];
        const questions = orders.map(({ total, roles }): DecisionRequest =>
          someRequest({ input: someOrder({ total }), agent: { ...someRequest().agent, roles } }),
        );
        const records = questions.map((question, n) => recordOf(old, question, n));
        const report = replay(fresh, records, () => guardsIn(old.bundle));
        const differing = questions.filter((question) => {
          const [a, b] = [decide(old, question), decide(fresh, question)];
          const held = a.outcome === 'hold' && b.outcome === 'hold';
          return a.outcome !== b.outcome || (held && before.quorum !== after.quorum);
        });
        expect(report.flips.reduce((sum, { count }) => sum + count, 0)).toBe(differing.length);
        expect(replay(old, records, () => guardsIn(old.bundle)).flips).toEqual([]);
      }),
      runs(30),
    );
  });
});
