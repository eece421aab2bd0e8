import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide } from '../../../core/policy/decide.ts';
import { usableTools } from '../../../core/policy/usable-tools.ts';
import { budget, order, someOrder, someRelease, someRequest, truck } from '../../harness/release.ts';
import { wholeRelease } from '../../harness/whole-release.ts';
import { runs } from '../property-runs.ts';

const ORDER = 'AutonomyOS::Action::"erp.create_purchase_order"';
const all = 'principal, action, resource';
const permit = `@id("coe-all") permit (${all});`;
const big = someOrder({ total: '1000.01' });

/** Small random releases: every kind of scope, in every layer, with conditions that sometimes fail. */
const scopes = {
  principal: [
    'principal',
    'principal == AutonomyOS::Agent::"agt_buyer"',
    'principal in AutonomyOS::Role::"reader"',
    'principal in AutonomyOS::BusinessUnit::"operations"',
    'principal is AutonomyOS::Agent',
    'principal is AutonomyOS::Agent in AutonomyOS::BusinessUnit::"logistics"',
  ],
  action: [
    'action',
    `action == ${ORDER}`,
    'action == AutonomyOS::Action::"payment"',
    'action == Else::Action::"erp.create_purchase_order"',
    'action in AutonomyOS::Action::"read"',
    'action in AutonomyOS::Action::"write"',
    'action in [AutonomyOS::Action::"payment", AutonomyOS::Action::"fleet.find_truck"]',
    'action in []',
  ],
  resource: [
    'resource',
    'resource == AutonomyOS::Tool::"erp.get_budget"',
    'resource in AutonomyOS::System::"erp"',
    'resource is AutonomyOS::Tool',
  ],
};
const conditions = [
  '',
  'when { context.purpose == "Requested by a colleague" }',
  'when { context has amount && context.amount.greaterThan(decimal("1000.00")) }',
  'when { context.input has quantity && context.input.quantity * 9223372036854775807 > 0 }',
  'when { principal.unit.lists has blockedVendors }',
  'when { context.input.town == "Oslo" }',
  'when { context has input.town }',
  'when { context.input == {"town": "Oslo"} }',
  'when { [context.input].contains({"unit": "operations"}) }',
  'when { (if context has amount then {"unit": ""} else context.input) has unit }',
  'when { [context].contains(context) && context.input == {"tons": 7} }',
  'unless { context has workflow }',
  'when { action in AutonomyOS::Action::"payment" }',
  'when { [AutonomyOS::Action::"read"].contains(action) || action in [AutonomyOS::Action::"read"] }',
  'when { AutonomyOS::Action::"erp.get_budget" in AutonomyOS::Action::"read" }',
  'when { principal in AutonomyOS::Role::"reader" && principal.stage == "production" }',
  'when { principal.unit in AutonomyOS::BusinessUnit::"logistics" }',
  'unless { principal == AutonomyOS::Agent::"agt_buyer" || principal has sponsor }',
  'when { principal.unit.lists == {"blockedVendors": ["Shady Supplies"]} }',
  'when { (if context.input == {"tons": 7} then principal else principal).unit.lists has partners }',
  'unless { resource.reviewed && resource.unit == "operations" }',
  'when { resource in AutonomyOS::System::"erp" || resource.effect == "keyed" }',
  'when { resource has owner || AutonomyOS::Tool::"erp.get_budget" has effect }',
  'when { context.purpose != ", action in [], resource" }',
];

/** The first, which leaves nothing out, as often as not: a policy that never matches tells nothing. */
const mostly = (all: readonly string[]) =>
  fc.oneof(
    { weight: all.length, arbitrary: fc.constant(all[0] ?? '') },
    ...all.map((each) => fc.constant(each)),
  );

const policy = fc.record({
  layer: fc.constantFrom('coe', 'operations', 'logistics'),
  effect: fc.constantFrom('permit', 'permit', 'forbid', '@approval("finance:1") forbid'),
  principal: mostly(scopes.principal),
  action: mostly(scopes.action),
  resource: mostly(scopes.resource),
  condition: fc.constantFrom(...conditions),
});

type RandomPolicy = typeof policy extends fc.Arbitrary<infer T> ? T : never;

function textOf({ layer, effect, principal, action, resource, condition }: RandomPolicy, n: number): string {
  const id = `${layer}-${n}`;
  const lift = effect.includes('@approval') ? `unless { context.approvals.contains("${id}") }` : '';
  return `@id("${id}") ${effect} (${principal}, ${action}, ${resource}) ${condition} ${lift};`;
}

const open: RandomPolicy = {
  layer: 'coe',
  effect: 'permit',
  principal: 'principal',
  action: 'action',
  resource: 'resource',
  condition: '',
};

/** One to eight policies of any layer, in two of three releases beside a permit of everything. */
const policies = fc
  .tuple(fc.array(policy, { minLength: 1, maxLength: 8 }), fc.constantFrom([open], [open], []))
  .map((parts) => {
    const texts = parts.flat().map((each, n) => ({ layer: each.layer, text: textOf(each, n) }));
    const layers = Map.groupBy(texts, ({ layer }) => layer);
    return Object.fromEntries(
      [...layers].map(([layer, of]) => [layer, of.map(({ text }) => text).join('\n')]),
    );
  });

const agentOf = (unit: string) =>
  fc.record({
    id: fc.constantFrom('agt_buyer', 'agt_other'),
    unit: fc.constant(unit),
    roles: fc.subarray(['buyer', 'reader']),
    stage: fc.constantFrom('production', 'pilot'),
    sponsor: fc.constantFrom('vera', 'ben'),
  });
const looking = { tool: budget.name, input: { unit: 'operations' } };
const foreign = { tool: order.name, input: someOrder() };
const own = {
  operations: [foreign, { tool: order.name, input: big }, looking],
  logistics: [
    { tool: truck.name, input: { town: 'Oslo' } },
    { tool: truck.name, input: { tons: 7 } },
    { tool: truck.name, input: { town: 'Oslo', tons: 7 } },
    looking,
    foreign,
  ],
};
const asked = fc.constantFrom('operations' as const, 'logistics' as const).chain((unit) =>
  fc
    .record({
      agent: agentOf(unit),
      ask: fc.constantFrom(...own[unit]),
      approvals: fc.subarray(['coe-0', 'operations-1', 'logistics-2', 'operations-3']),
    })
    .map(({ agent, ask, approvals }) => someRequest({ agent, ...ask, approvals })),
);

describe('a slice of a release', () => {
  it('decides what the whole would: same outcome, same reasons, same errors', () => {
    const questions = fc.array(asked, { minLength: 4, maxLength: 8 });
    const met = new Set<string>();
    fc.assert(
      fc.property(policies, questions, (policies, questions) => {
        const release = someRelease({ policies });
        const whole = wholeRelease(release);
        for (const question of questions) {
          const decision = decide(release, question);
          expect(decision).toEqual(decide(whole, question));
          met.add('reason' in decision ? decision.reason : decision.outcome);
        }
      }),
      runs(100),
    );
    expect([...met]).toEqual(
      expect.arrayContaining(['allow', 'hold', 'not-permitted', 'forbidden', 'error']),
    );
  });

  it('never asks what another unit wrote', () => {
    fc.assert(
      fc.property(policies, asked, (policies, question) => {
        const { coe = '', [question.agent.unit]: own = '' } = policies;
        const alone = someRelease({ policies: { coe, [question.agent.unit]: own } });
        const full = decide(someRelease({ policies }), question);
        expect({ ...full, release: '' }).toEqual({ ...decide(alone, question), release: '' });
      }),
      runs(100),
    );
  });

  it('lets no unit turn a denial or a hold of the centre into allow', () => {
    const open = `@id("operations-everything") permit (${all});`;
    fc.assert(
      fc.property(policies, asked, ({ coe = '', ...units }, question) => {
        const permitted = `@id("coe-everything") permit (${all});`;
        const central = decide(someRelease({ policies: { coe: `${coe}\n${permitted}` } }), question);
        const { operations = '', logistics = '' } = units;
        const loose = { coe, operations: `${operations}\n${open}`, logistics };
        const outcome = decide(someRelease({ policies: loose }), question).outcome;
        if (central.outcome !== 'allow') expect(outcome).not.toBe('allow');
      }),
      runs(100),
    );
  });

  it('shows an agent every tool it could ever get', () => {
    fc.assert(
      fc.property(policies, asked, (policies, question) => {
        const release = someRelease({ policies });
        if (decide(release, question).outcome === 'deny') return;
        expect(usableTools(release, question.agent).map(({ name }) => name)).toContain(question.tool);
      }),
      runs(100),
    );
  });
});

it.each([
  [
    'names another tool’s group',
    'AutonomyOS::Action::"erp.get_budget" in AutonomyOS::Action::"read"',
    'deny',
  ],
  ['names another group', 'AutonomyOS::Action::"erp.get_budget" in AutonomyOS::Action::"payment"', 'allow'],
  ['asks for its own', 'action in AutonomyOS::Action::"payment"', 'deny'],
  ['asks for a role', 'principal in AutonomyOS::Role::"buyer"', 'deny'],
  ['asks for another role', 'principal in AutonomyOS::Role::"reader"', 'allow'],
  ['asks for a system', 'resource in AutonomyOS::System::"erp"', 'deny'],
  ['asks whether it is', 'action is AutonomyOS::Action', 'deny'],
  ['takes the input as one value', 'context.input == {"vendor": "Northwind"}', 'allow'],
  [
    'takes the context as one value',
    'context == {"purpose": "Requested by a colleague", "approvals": []}',
    'allow',
  ],
  ['takes the input in a field called .', '{".": context.input} == {".": {"vendor": "Northwind"}}', 'allow'],
  ['takes lists as one value', 'principal.unit.lists == {"partners": ["Northwind"]}', 'allow'],
  [
    'takes the input as one value on the way to a list',
    '(if context.input == {"vendor": "Northwind"} then principal else AutonomyOS::Agent::"none").unit.lists has x',
    'deny',
  ],
  ['looks into the input', 'context.input has vendor && context has input.total', 'deny'],
  ['asks for a field nobody sent', 'context.input has lines || context has workflow', 'allow'],
  ['fails on a role', 'AutonomyOS::Role::"buyer".title == "x"', 'deny'],
])('a forbid whose condition %s sees as much in a slice', (_, when, outcome) => {
  const release = someRelease({
    policies: { coe: `${permit} @id("coe-no") forbid (${all}) when { ${when} };` },
  });
  const request = someRequest({ tool: order.name });
  expect(decide(release, request)).toEqual(decide(wholeRelease(release), request));
  expect(decide(release, request).outcome).toBe(outcome);
});

const looksLikeScope = ', action == AutonomyOS::Action::\"x\", resource';

it.each([
  [
    'a text',
    `forbid (${all}) when { context.purpose == "${looksLikeScope.replaceAll('"', '\\"')}" };`,
    'deny',
  ],
  ['a title', `@title("${looksLikeScope.replaceAll('"', '\\"')}") forbid (${all});`, 'deny'],
  [
    'a comment',
    `forbid (principal, // ${looksLikeScope}\n action == AutonomyOS::Action::"x", resource);`,
    'allow',
  ],
  [
    'its own, in lines',
    `forbid (principal, action\n in [ // all of it\n AutonomyOS::Action::"write"\n]\n, resource);`,
    'deny',
  ],
  ['its own, with a bracket', `forbid (principal, action == AutonomyOS::Action::"x]", resource);`, 'allow'],
])('a scope that stands in %s is not mistaken for another', (_, forbid, outcome) => {
  const release = someRelease({ policies: { coe: `${permit} @id("coe-no") ${forbid}` } });
  const request = someRequest({ tool: order.name, purpose: looksLikeScope.replaceAll('\\"', '"') });
  expect(decide(release, request)).toEqual(decide(wholeRelease(release), request));
  expect(decide(release, request).outcome).toBe(outcome);
});
