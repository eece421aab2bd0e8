import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileRelease } from '../../../core/policy/compile-release.ts';
import { decide } from '../../../core/policy/decide.ts';
import type { Decision } from '../../../core/policy/decision.ts';
import { releaseHash } from '../../../core/policy/release.ts';
import { usableTools } from '../../../core/policy/usable-tools.ts';
import {
  budget,
  order,
  someBundle,
  someOrder,
  someRelease,
  someRequest,
  truck,
} from '../../harness/release.ts';
import { runs } from '../property-runs.ts';

const ORDER = 'AutonomyOS::Action::"erp.create_purchase_order"';
const all = 'principal, action, resource';
const orders = `principal, action == ${ORDER}, resource`;
const permitOrders = `@id("operations-orders") permit (${orders});`;

const guard = (id: string, group: string, when: string) =>
  `@id("${id}") @title("Ask ${group}") @approval("${group}") @expires("PT4H") forbid (${orders})
   when { ${when} } unless { context.approvals.contains("${id}") };`;
const overOneK = guard(
  'operations-over-1k',
  'budget-owners:1',
  'context.amount.greaterThan(decimal("1000.00"))',
);
const manyPieces = guard('operations-many', 'logistics:2', 'context.input.quantity > 100');
const blocked = `@id("operations-blocked") @title("Blocked vendors get no orders") forbid (${orders})
  when { principal.unit.lists has blockedVendors && principal.unit.lists.blockedVendors.contains(context.input.vendor) };`;

const inOperations = (...policies: string[]) =>
  someRelease({ policies: { operations: policies.join('\n') } });
const big = someOrder({ total: '1000.01' });
const bigAndMany = someOrder({ total: '1000.01', quantity: 101 });

describe('a decision', () => {
  const release = inOperations(permitOrders, overOneK, manyPieces, blocked);

  it('is allow when a rule permits and none forbids, and names the rule', () => {
    expect(decide(release, someRequest())).toEqual({
      outcome: 'allow',
      release: release.hash,
      policies: ['operations-orders'],
    });
  });

  it('is hold when a guard forbids, with who can lift it and how long they have', () => {
    expect(decide(release, someRequest({ input: big }))).toEqual({
      outcome: 'hold',
      release: release.hash,
      policies: ['operations-over-1k'],
      guards: [
        {
          id: 'operations-over-1k',
          title: 'Ask budget-owners:1',
          requires: [{ group: 'budget-owners', count: 1 }],
          expiresSeconds: 4 * 3600,
        },
      ],
    });
  });

  it('is hold with the union of all guards that forbid', () => {
    const decision = decide(release, someRequest({ input: bigAndMany }));
    expect(guardsOf(decision)).toEqual(['operations-many', 'operations-over-1k']);
  });

  it('asks only for what is left when some guards are lifted', () => {
    const request = { input: bigAndMany, approvals: ['operations-many'] };
    expect(guardsOf(decide(release, someRequest(request)))).toEqual(['operations-over-1k']);
  });

  it('is allow when every guard that forbids is lifted', () => {
    const approvals = ['operations-many', 'operations-over-1k'];
    expect(decide(release, someRequest({ input: bigAndMany, approvals })).outcome).toBe('allow');
  });

  it('is not moved by approvals of other guards', () => {
    const approvals = ['coe-over-1k', 'operations-many', 'operations-orders', ''];
    expect(guardsOf(decide(release, someRequest({ input: big, approvals })))).toEqual(['operations-over-1k']);
  });

  it('is deny when a plain forbid forbids, with its title, whatever guards and approvals there are', () => {
    for (const approvals of [[], ['operations-over-1k'], ['operations-blocked']]) {
      const input = someOrder({ vendor: 'Shady Supplies', total: '5000.00' });
      expect(decide(release, someRequest({ input, approvals }))).toEqual({
        outcome: 'deny',
        release: release.hash,
        policies: ['operations-blocked'],
        reason: 'forbidden',
        detail: 'forbidden by: Blocked vendors get no orders',
      });
    }
  });

  it('is deny when no rule permits', () => {
    const decision = decide(inOperations(blocked), someRequest());
    expect(decision).toMatchObject({ outcome: 'deny', reason: 'not-permitted', policies: [] });
  });

  it('is deny when approval would not help, because no rule permits it even then', () => {
    const decision = decide(inOperations(overOneK), someRequest({ input: big }));
    expect(decision).toMatchObject({ outcome: 'deny', reason: 'not-permitted' });
    expect(decision).not.toHaveProperty('guards');
  });

  it('is deny when lifting a guard makes another rule forbid', () => {
    const trap = `@id("operations-trap") @title("Never after approval") forbid (${all})
      when { context.approvals.contains("operations-over-1k") };`;
    const decision = decide(inOperations(permitOrders, overOneK, trap), someRequest({ input: big }));
    expect(decision).toMatchObject({ outcome: 'deny', reason: 'forbidden', policies: ['operations-trap'] });
  });

  it('is deny when a guard names another id to lift it: nobody can', () => {
    const crooked = overOneK.replace('contains("operations-over-1k")', 'contains("operations-many")');
    const decision = decide(inOperations(permitOrders, crooked), someRequest({ input: big }));
    expect(decision).toMatchObject({ outcome: 'deny', reason: 'not-permitted' });
  });

  it('treats a guard nobody can read as a plain forbid', () => {
    const unread = overOneK.replace('@approval("budget-owners:1")', '@approval("budget-owners")');
    const decision = decide(inOperations(permitOrders, unread), someRequest({ input: big }));
    expect(decision).toMatchObject({ outcome: 'deny', reason: 'forbidden' });
  });

  it.each([
    ['a tool nobody registered', { tool: 'erp.drop_tables' }],
    ['a tool named like a group', { tool: 'write' }],
    ['a tool of another unit', { tool: truck.name, input: {} }],
    ['no tool at all', { tool: '' }],
  ])('is deny for %s', (_, fields) => {
    const open = someRelease({ policies: { coe: `@id("coe-all") permit (${all});` } });
    expect(decide(open, someRequest(fields))).toMatchObject({ outcome: 'deny', reason: 'unknown-tool' });
  });

  it('lets every unit ask for a shared tool, and only the owner for one that is not', () => {
    const open = someRelease({ policies: { coe: `@id("coe-all") permit (${all});` } });
    const stranger = { ...someRequest().agent, unit: 'logistics' };
    const shared = { agent: stranger, tool: budget.name, input: { unit: 'operations' } };
    expect(decide(open, someRequest(shared)).outcome).toBe('allow');
    expect(decide(open, someRequest({ agent: stranger })).outcome).toBe('deny');
  });

  it.each<[string, unknown, string]>([
    ['no object', 'everything', '(input): must be an object'],
    ['an array', [someOrder()], '(input): must be an object'],
    ['a missing field', { ...someOrder(), vendor: undefined }, 'vendor: is required'],
    ['a field the tool does not have', { ...someOrder(), discount: '1' }, 'discount: is not a field'],
    ['an integer that is not', someOrder({ quantity: 2.5 }), 'quantity: must be an integer'],
    ['an integer JSON rounded', someOrder({ quantity: 2 ** 53 }), 'quantity: must be an integer'],
    ['a number where a decimal string belongs', someOrder({ total: 500 }), 'total: must be a decimal'],
    ['five decimal places', someOrder({ total: '500.00001' }), 'total: must be a decimal'],
    ['a negative amount', someOrder({ total: '-500.00' }), 'total: must not be negative'],
    ['a currency without a rate', someOrder({ currency: 'CHF' }), 'currency: unit operations has no rate'],
    ['less than its schema asks for', someOrder({ quantity: 0 }), 'quantity: Too small'],
    ['half a character', someOrder({ vendor: 'Shady\ud800' }), 'vendor: holds half a character'],
  ])('is deny for an input with %s, and names the field', (_, input, detail) => {
    const decision = decide(release, someRequest({ input }));
    expect(decision).toMatchObject({ outcome: 'deny', reason: 'invalid-input' });
    expect('detail' in decision && decision.detail).toContain(detail);
  });

  it('judges an amount in the currency of the unit', () => {
    const euros = (total: string) =>
      decide(release, someRequest({ input: someOrder({ total, currency: 'EUR' }) })).outcome;
    expect([euros('862.06'), euros('862.07')]).toEqual(['allow', 'hold']);
  });

  it('never takes its approvals, purpose or person from the input', () => {
    const sneaky = someOrder({ vendor: '{"approvals":["operations-over-1k"]}', total: '2000.00' });
    expect(decide(release, someRequest({ input: sneaky })).outcome).toBe('hold');
    const more = { ...sneaky, approvals: ['operations-over-1k'] };
    expect(decide(release, someRequest({ input: more }))).toMatchObject({ reason: 'invalid-input' });
  });

  it('sees whom the agent acts for and in which workflow only when there is one', () => {
    const needs = `@id("operations-workflow") permit (${orders})
      when { context has workflow && context.workflow == "procurement" && context has onBehalfOf };`;
    const known = { workflow: 'procurement', onBehalfOf: 'liam@example.com' };
    const strict = inOperations(needs);
    expect(decide(strict, someRequest(known)).outcome).toBe('allow');
    expect(decide(strict, someRequest({ workflow: 'procurement' })).outcome).toBe('deny');
    expect(decide(strict, someRequest({ ...known, workflow: 'other' })).outcome).toBe('deny');
  });

  it.each<[string, string, 'allow' | 'deny']>([
    ['id', 'permit (principal == AutonomyOS::Agent::"agt_buyer", action, resource)', 'deny'],
    ['role', 'permit (principal in AutonomyOS::Role::"buyer", action, resource)', 'deny'],
    ['stage', `permit (${all}) when { principal.stage == "production" }`, 'deny'],
    ['sponsor', `permit (${all}) when { principal.sponsor == "vera" }`, 'deny'],
    ['unit', 'permit (principal in AutonomyOS::BusinessUnit::"operations", action, resource)', 'allow'],
    ['lists', `permit (${all}) when { principal.unit.lists has blockedVendors }`, 'allow'],
    ['tool', 'permit (principal, action, resource in AutonomyOS::System::"erp")', 'allow'],
    ['effect', `permit (${all}) when { resource.effect == "keyed" && resource.reviewed }`, 'allow'],
  ])('tells agents and tools apart by %s', (_, permit, colleague) => {
    const release = inOperations(`@id("operations-one") ${permit};`);
    const agent = { id: 'agt_x', unit: 'operations', roles: [], stage: 'pilot', sponsor: 'tom' };
    expect(decide(release, someRequest()).outcome).toBe('allow');
    expect(decide(release, someRequest({ agent })).outcome).toBe(colleague);
  });
});

const guardsOf = (decision: Decision) =>
  decision.outcome === 'hold' ? decision.guards.map(({ id }) => id) : decision;

describe('rules that can not be evaluated', () => {
  const broken = [
    'context.input.quantity * 9223372036854775807 > 0',
    '-9223372036854775808 - context.input.quantity < 0',
    'decimal(context.input.vendor).greaterThan(decimal("1.00"))',
    'context.nothing == "here"',
    'context.input.vendor > 3',
    'principal.unit.lists.unknown.contains("x")',
    'ip(context.input.vendor).isLoopback()',
  ];
  const around = [
    `@id("coe-all") permit (${all});`,
    permitOrders,
    overOneK,
    manyPieces,
    blocked,
    `@id("coe-none") @title("No") forbid (${all});`,
  ];
  const failing = fc
    .record({
      effect: fc.constantFrom('permit', 'forbid', '@approval("finance:1") forbid'),
      scope: fc.constantFrom(
        all,
        orders,
        'principal, action in AutonomyOS::Action::"write", resource',
        'principal in AutonomyOS::Role::"buyer", action, resource',
      ),
      when: fc.constantFrom(...broken),
      tail: fc.constantFrom('', 'unless { context.approvals.contains("coe-broken") }'),
    })
    .map(
      ({ effect, scope, when, tail }) => `@id("coe-broken") ${effect} (${scope}) when { ${when} } ${tail};`,
    );

  it('deny, whatever else permits, forbids or is approved', () => {
    const everything = fc.record({
      failing,
      others: fc.subarray(around),
      approvals: fc.subarray(['operations-over-1k', 'operations-many', 'coe-broken']),
      input: fc.constantFrom(
        someOrder(),
        big,
        bigAndMany,
        someOrder({ quantity: 9_007_199_254_740_991 }),
        someOrder({ vendor: 'Shady Supplies' }),
      ),
    });
    fc.assert(
      fc.property(everything, ({ failing, others, approvals, input }) => {
        const layer = (own: string) =>
          [...others, failing].filter((text) => text.startsWith(`@id("${own}-`)).join('\n');
        const policies = { coe: layer('coe'), operations: layer('operations') };
        const decision = decide(someRelease({ policies }), someRequest({ input, approvals }));
        expect(decision).toMatchObject({ outcome: 'deny', reason: 'error', policies: [] });
      }),
      runs(100),
    );
  });

  it('deny when only the question after approval fails', () => {
    const late = `@id("coe-late") permit (${all})
      when { context.approvals.contains("operations-over-1k") && context.input.quantity * 9223372036854775807 > 0 };`;
    const policies = { coe: late, operations: [permitOrders, overOneK].join('\n') };
    expect(decide(someRelease({ policies }), someRequest({ input: big })).outcome).toBe('deny');
  });

  it('deny without telling the agent what is in them', () => {
    const secret = `@id("coe-secret") forbid (${all}) when { context.nothing == "s3cret" };`;
    const decision = decide(someRelease({ policies: { coe: secret } }), someRequest());
    expect(JSON.stringify(decision)).not.toContain('s3cret');
  });
});

describe('the tools an agent is shown', () => {
  const release = someRelease({
    policies: {
      coe: '@id("coe-read") permit (principal in AutonomyOS::Role::"reader", action in AutonomyOS::Action::"read", resource);',
      operations: permitOrders,
      logistics: `@id("logistics-all") permit (${all});`,
    },
  });
  const shown = (unit: string, roles: readonly string[]) =>
    usableTools(release, { id: 'agt_a', unit, roles }).map(({ name }) => name);

  it.each([
    ['its unit permits', 'operations', [], [order.name]],
    ['its unit and its role permit', 'operations', ['reader'], [order.name, budget.name]],
    ['are its unit’s own or shared', 'logistics', [], [budget.name, truck.name]],
    ['are shared, when its unit has none', 'elsewhere', ['reader'], [budget.name]],
    ['nobody permits: none', 'elsewhere', [], []],
  ])('are those %s', (_, unit, roles, names) => {
    expect(shown(unit, roles)).toEqual(names);
  });
});

describe('a release that does not parse', () => {
  const bundle = someBundle({ policies: { coe: `@id("coe-all") permit (${all});` } });
  const first = bundle.policies[0];

  it.each([
    ['a policy that is none', [{ ...first, text: 'allow everything' }]],
    ['a template', [{ ...first, text: 'permit (principal == ?principal, action, resource);' }]],
    ['two policies in one', [{ ...first, text: `permit (${all}); permit (${all});` }]],
    ['two policies of one id', [first, first]],
  ])('is a fault: %s', (_, policies) => {
    const broken = { ...bundle, policies: policies as typeof bundle.policies };
    expect(() => compileRelease(broken, releaseHash(broken))).toThrow(
      expect.objectContaining({ name: 'ReleaseUnreadable' }),
    );
  });
});
