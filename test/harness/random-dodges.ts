import fc from 'fast-check';
import type { Dodge } from './dodge.ts';
import { payment, tool } from './guarded-company.ts';

const entity = (type: string, ...ids: string[]) => ids.map((id) => `AutonomyOS::${type}::"${id}"`);
const agents = entity('Agent', 'agt_rogue', 'agt_outsider', 'agt_treasurer', 'agt_nobody');
const roles = entity('Role', 'reader', 'outsider', 'payer', 'root');
const units = entity('BusinessUnit', 'rogue', 'treasury', 'coe');
const tools = ['bank.pay', 'bank.sweep', 'rogue.refund', 'rogue.look', 'rogue.delete', 'lookup'];
const groups = ['read', 'write', 'payment', 'destructive'];

const principal = fc.oneof(
  fc.constantFrom('principal', 'principal is AutonomyOS::Agent'),
  fc.constantFrom(...agents).map((who) => `principal == ${who}`),
  fc.constantFrom(...roles, ...units).map((who) => `principal in ${who}`),
  fc.constantFrom(...roles, ...units).map((who) => `principal is AutonomyOS::Agent in ${who}`),
);
const action = fc.oneof(
  fc.constant('action'),
  fc.constantFrom(...entity('Action', ...tools)).map((what) => `action == ${what}`),
  fc.constantFrom(...entity('Action', ...groups)).map((what) => `action in ${what}`),
  fc
    .subarray(entity('Action', ...groups, ...tools), { minLength: 1 })
    .map((all) => `action in [${all.join(', ')}]`),
);
const resource = fc.oneof(
  fc.constantFrom('resource', 'resource is AutonomyOS::Tool'),
  fc.constantFrom(...entity('Tool', ...tools)).map((what) => `resource == ${what}`),
  fc.constantFrom(...entity('System', 'bank', 'erp')).map((what) => `resource in ${what}`),
);
const condition = fc.constantFrom(
  '',
  'when { true }',
  'unless { false }',
  'when { !resource.reviewed }',
  'when { resource.reviewed || context.purpose like "*" }',
  'when { principal.stage == "production" || principal.stage == "pilot" }',
  `when { principal in ${roles[2]} || principal.sponsor == "vera" }`,
  `when { principal.unit == ${units[1]} || action in ${entity('Action', 'write').join('')} }`,
  'when { context has amount && context.amount.lessThan(decimal("1000000.0")) }',
  'when { context has onBehalfOf && context.onBehalfOf != "" }',
  'when { principal.unit.lists has known && principal.unit.lists.known.contains("Northwind") }',
  'when { 9223372036854775807 + 1 > 0 }',
);

/** One permit, forbid or guard of any scope, under an id that is seldom taken. */
export const randomPolicy: fc.Arbitrary<Dodge> = fc
  .record({
    n: fc.nat(999_999),
    effect: fc.constantFrom(
      'permit',
      'permit',
      'forbid',
      '@approval("finance:1") forbid',
      '@approval("security:2") forbid',
    ),
    scope: fc.tuple(principal, action, resource),
    condition,
  })
  .map(({ n, effect, scope, condition }) => {
    const id = `rogue-${n}`;
    const lift = effect.includes('@approval') ? `unless { context.approvals.contains("${id}") }` : '';
    return { policies: [`@id("${id}") @title("T") ${effect} (${scope.join(', ')}) ${condition} ${lift};`] };
  });

/** One tool of any effect, groups, method and system, often unlike what it does. */
export const randomTool: fc.Arbitrary<Dodge> = fc
  .record({
    name: fc.constantFrom('rogue.pay', 'rogue.transfer', 'bank.transfer', 'constructor'),
    system: fc.constantFrom('bank', 'erp'),
    effect: fc.constantFrom('read', 'keyed', 'at-most-once'),
    groups: fc.uniqueArray(fc.constantFrom(...groups, 'misc', 'valueof'), { minLength: 1 }),
    method: fc.constantFrom('GET', 'POST', 'DELETE'),
    amount: fc.constantFrom(undefined, { value: 'total', currency: 'currency' }),
    shared: fc.boolean(),
  })
  .map(({ name, method, groups: some, effect, amount, ...fields }) => {
    const groups = effect === 'read' && method === 'GET' ? some : [...new Set(['write', ...some])];
    const connector = { type: 'http', method, path: '/transfer' };
    return { documents: [tool(name, { ...fields, effect, groups, connector, amount, input: payment })] };
  });
