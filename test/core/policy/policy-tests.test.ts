import { describe, expect, it } from 'vitest';
import type { Finding } from '../../../core/governance/manifest.ts';
import { readPolicyTests } from '../../../core/policy/policy-test.ts';
import { runPolicyTests } from '../../../core/policy/run-policy-tests.ts';
import { budget, order, someBundle, someOrder, truck } from '../../harness/release.ts';

type Fields = Readonly<Record<string, unknown>>;

const guardOver = (id: string, approval: string, amount: string) => `
@id("${id}") @title("Over ${amount}") @approval("${approval}")
forbid (principal, action == AutonomyOS::Action::"${order.name}", resource)
when { context.amount.greaterThan(decimal("${amount}")) }
unless { context.approvals.contains("${id}") };`;

const policies = {
  coe: '@id("coe-reviewed") @title("Reviewed tools only") forbid (principal, action, resource) when { !resource.reviewed };',
  operations: `@id("operations-buyers-order")
permit (principal in AutonomyOS::Role::"buyer", action == AutonomyOS::Action::"${order.name}", resource);
${guardOver('operations-over-1k', 'budget-owners:1', '1000.00')}
${guardOver('operations-over-5k', 'finance:2', '5000.00')}
@id("operations-blocked") @title("Blocked vendors get nothing")
forbid (principal, action == AutonomyOS::Action::"${order.name}", resource)
when { principal.unit.lists has blockedVendors && principal.unit.lists.blockedVendors.contains(context.input.vendor) };`,
  logistics:
    '@id("logistics-all-see-trucks") permit (principal, action == AutonomyOS::Action::"fleet.find_truck", resource);',
};
const bundle = someBundle({ policies });

const buyer = { unit: 'operations', roles: ['buyer'] };
const someCase = (fields: Fields = {}) => ({
  name: 'a small order',
  agent: buyer,
  tool: order.name,
  input: someOrder(),
  expect: 'allow',
  ...fields,
});
const totalling = (total: string, fields: Fields = {}) =>
  someCase({ input: someOrder({ total }), ...fields });
const blocked = (fields: Fields = {}) =>
  someCase({
    input: someOrder({ vendor: 'Shady Supplies' }),
    expect: { deny: ['operations-blocked'] },
    ...fields,
  });

/** Cases that each policy of operations determines one of. */
const enough = [
  someCase(),
  totalling('1000.01', { expect: { hold: ['operations-over-1k'] } }),
  totalling('5000.01', { expect: { hold: ['operations-over-1k', 'operations-over-5k'] } }),
  blocked(),
];

/** Reads and runs cases of a layer; the n-th stands on line n. */
function findings(documents: readonly Fields[], layer = 'operations'): readonly Finding[] {
  const sources = documents.map((document, n) => ({
    file: `${layer}.cedar.test.yaml`,
    line: n + 1,
    layer,
    document,
  }));
  const read = readPolicyTests({ tests: sources });
  return read.findings.length > 0 ? read.findings : runPolicyTests(bundle, read.tests);
}

describe('cases shipped with policies', () => {
  it('pass when every one comes as it says and every policy determines one', () => {
    expect(findings(enough)).toEqual([]);
  });

  it('are asked of no layer that ships none', () => {
    expect(readPolicyTests({})).toEqual({ tests: [], findings: [] });
    expect(findings([])).toEqual([]);
  });

  it.each<[string, Fields]>([
    [
      'guards in any order',
      totalling('9000.00', { expect: { hold: ['operations-over-5k', 'operations-over-1k'] } }),
    ],
    ['the groups they ask', totalling('9000.00', { expect: { hold: 'finance:2, budget-owners:1' } })],
    [
      'approvals that lift one of two',
      totalling('9000.00', { approvals: ['operations-over-1k'], expect: { hold: 'finance:2' } }),
    ],
    [
      'approvals that lift all',
      totalling('9000.00', { approvals: ['operations-over-1k', 'operations-over-5k'], expect: 'allow' }),
    ],
    [
      'a rate of the unit',
      someCase({ input: someOrder({ currency: 'EUR', total: '862.06' }), expect: 'allow' }),
    ],
    [
      'a denial by its reason',
      someCase({ agent: { ...buyer, roles: [] }, expect: { deny: 'not-permitted' } }),
    ],
    ['an input that does not fit', someCase({ input: { total: 5 }, expect: { deny: 'invalid-input' } })],
    ['a tool of another unit', someCase({ tool: truck.name, input: {}, expect: { deny: 'unknown-tool' } })],
    [
      'a shared tool nobody permits',
      someCase({ tool: budget.name, input: { unit: 'x' }, expect: { deny: 'not-permitted' } }),
    ],
    ['a tool as if unreviewed', someCase({ reviewed: false, expect: { deny: ['coe-reviewed'] } })],
  ])('may expect %s', (_, document) => {
    expect(findings([...enough, document])).toEqual([]);
  });

  it.each<[string, Fields, string]>([
    [
      'held where allow was expected',
      totalling('1000.01', { name: 'the limit' }),
      'test "the limit": expected allow; came hold by operations-over-1k (Over 1000.00; asks budget-owners:1)',
    ],
    [
      'allowed where a hold was expected',
      someCase({ expect: { hold: 'finance:2' } }),
      'test "a small order": expected hold by finance:2; came allow: permitted by operations-buyers-order',
    ],
    [
      'held by one guard more',
      totalling('5000.01', { expect: { hold: ['operations-over-5k'] } }),
      'test "a small order": expected hold by operations-over-5k; came hold by operations-over-1k (Over 1000.00; asks budget-owners:1), operations-over-5k (Over 5000.00; asks finance:2)',
    ],
    [
      'held by fewer people',
      totalling('1000.01', { expect: { hold: 'budget-owners:2' } }),
      'test "a small order": expected hold by budget-owners:2; came hold by operations-over-1k (Over 1000.00; asks budget-owners:1)',
    ],
    [
      'denied where allow was expected',
      blocked({ expect: 'allow' }),
      'test "a small order": expected allow; came deny by forbidden, operations-blocked: forbidden by: Blocked vendors get nothing',
    ],
    [
      'denied by another policy',
      blocked({ expect: { deny: ['coe-reviewed'] } }),
      'test "a small order": expected deny by coe-reviewed; came deny by forbidden, operations-blocked: forbidden by: Blocked vendors get nothing',
    ],
    [
      'denied for another reason',
      someCase({ agent: { ...buyer, roles: [] }, expect: { deny: 'forbidden' } }),
      'test "a small order": expected deny by forbidden; came deny by not-permitted: no rule permits this: ask your unit for one',
    ],
    [
      'allowed where a denial was expected',
      someCase({ expect: { deny: ['operations-blocked'] } }),
      'test "a small order": expected deny by operations-blocked; came allow: permitted by operations-buyers-order',
    ],
  ])('fail at their line, saying what came and why: %s', (_, document, reason) => {
    expect(findings([...enough, document])).toEqual([
      { file: 'operations.cedar.test.yaml', line: 5, reason },
    ]);
  });

  it.each<[string, Fields, string]>([
    ['no name', { name: undefined }, 'name: '],
    ['a word we do not know', { except: 'allow' }, 'except: there is no such field: did you mean expect?'],
    ['an agent without roles', { agent: { unit: 'operations' } }, 'agent.roles: '],
    [
      'a field of the agent we do not know',
      { agent: { ...buyer, team: 'a' } },
      'agent.team: there is no such field',
    ],
    ['a stage in which no agent acts', { agent: { ...buyer, stage: 'draft' } }, 'agent.stage: '],
    ['an id that is no agent’s', { agent: { ...buyer, id: 'buyer' } }, 'agent.id: '],
    ['an input that is no object', { input: 'all of it' }, 'input: '],
    ['a review it cannot give', { reviewed: true }, 'reviewed: '],
    ['an outcome there is not', { expect: 'permit' }, 'expect: write allow, '],
    ['a hold by nobody', { expect: { hold: [] } }, 'expect.hold: name at least one'],
    [
      'groups without a count',
      { expect: { hold: 'finance' } },
      'expect.hold: write groups as @approval does',
    ],
    ['a broken evaluation as the aim', { expect: { deny: 'error' } }, 'expect: write allow, '],
    ['two outcomes', { expect: { hold: 'finance:2', deny: 'forbidden' } }, 'expect: write allow, '],
  ])('are refused by field and line: %s', (_, fields, reason) => {
    const [first, ...others] = findings([...enough, someCase(fields)]);
    expect(first).toMatchObject({ file: 'operations.cedar.test.yaml', line: 5 });
    expect(first?.reason).toContain(reason);
    expect(others).toEqual([]);
  });

  it.each<[string, Fields, string]>([
    [
      'a role',
      { agent: { ...buyer, roles: ['byuer'] } },
      'agent.roles: there is no role byuer: did you mean buyer?',
    ],
    ['a tool', { tool: 'erp.buy', expect: { deny: 'unknown-tool' } }, 'tool: there is no tool erp.buy'],
    ['a guard', { approvals: ['operations-blocked'] }, 'approvals: there is no guard operations-blocked'],
    [
      'an agent of another unit',
      { agent: { unit: 'logistics', roles: [] }, tool: truck.name, input: {} },
      'agent.unit: tests of unit operations are about its own agents, not those of logistics',
    ],
  ])('name only what there is and a unit may ask about: %s', (_, fields, reason) => {
    expect(findings([someCase(fields)])).toEqual([{ file: 'operations.cedar.test.yaml', line: 1, reason }]);
  });

  it('of a folder without a unit are about nobody', () => {
    const document = someCase({ agent: { unit: 'sales', roles: [] } });
    expect(findings([document], 'sales').map(({ reason }) => reason)).toEqual([
      'agent.unit: there is no unit sales',
    ]);
  });

  it('of the centre are about agents of every unit', () => {
    const trucks = { agent: { unit: 'logistics', roles: [] }, tool: truck.name, input: {} };
    const unreviewed = { reviewed: false, expect: { deny: ['coe-reviewed'] } };
    expect(findings([someCase(unreviewed), someCase({ ...trucks, ...unreviewed })], 'coe')).toEqual([]);
  });
});

describe('a policy of a layer that ships cases', () => {
  it.each(enough.map((_, n) => [n] as const))('determines one, or its line says so: without case %i', (n) => {
    const ids = ['operations-buyers-order', 'operations-over-1k', 'operations-over-5k', 'operations-blocked'];
    const undetermined = n === 1 ? [] : [ids[n]];
    const without = enough.toSpliced(n, 1);
    expect(findings(without).map(({ reason }) => reason)).toEqual(
      undetermined.map(
        (id) => `no test case is determined by ${id}: add one to a .cedar.test.yaml of operations`,
      ),
    );
  });

  it('is named where it stands', () => {
    const source = bundle.policies.find(({ id }) => id === 'operations-blocked');
    expect(findings(enough.slice(0, 3))).toMatchObject([{ file: source?.file, line: source?.line }]);
  });

  it('is not covered by the cases of another layer', () => {
    const documents = [...enough, someCase({ reviewed: false, expect: { deny: ['coe-reviewed'] } })];
    const sources = documents.map((document) => ({ file: 'a', line: 1, layer: 'operations', document }));
    const central = { file: 'b', line: 1, layer: 'coe', document: someCase() };
    const { tests } = readPolicyTests({ tests: [...sources, central] });
    expect(runPolicyTests(bundle, tests).map(({ file }) => file)).toEqual(['coe.cedar']);
  });
});
