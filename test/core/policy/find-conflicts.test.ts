import { describe, expect, it } from 'vitest';
import { ofKind, readManifests } from '../../../core/governance/manifest.ts';
import { buildBundle } from '../../../core/governance/build-bundle.ts';
import { findConflicts } from '../../../core/policy/find-conflicts.ts';
import { planConflicts } from '../../../functions/governance/plan-conflicts.ts';
import { change, organisation, withPolicy } from '../../harness/organisation.ts';

type Policy = readonly [text: string, layer?: string];
const conflicts = (policies: readonly Policy[], shared = false, reviewed = true) => {
  let body = change(organisation(), 'Tool erp.wipe', { shared });
  if (!reviewed) body = change(body, 'ToolReview erp.create_order', { effect: 'read' });
  for (const [text, layer] of policies) body = withPolicy(body, text, layer);
  const { placed } = readManifests(body);
  return planConflicts({ placed, bundle: buildBundle(placed, body, 'x') }).list;
};
const wipe = 'AutonomyOS::Action::"erp.wipe"';
const opens = (layer: string): Policy => [
  `@id("${layer}-wipes") permit (principal, action == ${wipe}, resource);`,
  layer,
];
const told = (...given: Parameters<typeof conflicts>) => conflicts(...given).map(({ detail }) => detail);

describe('a conflict with the centre', () => {
  it.each<[string, string, string, string]>([
    ['denies always', '', 'overruled', 'all it permits there is denied'],
    ['denies sometimes', 'when { context.purpose == "x" }', 'meets', 'denied where its conditions hold'],
  ])('is told with both rules and their places when a central rule %s', (_, conditions, kind, comes) => {
    const stop = `@id("coe-no-writes") @title("No writes") forbid (principal, action == ${wipe}, resource) ${conditions};`;
    const [first, ...others] = conflicts([opens('operations'), [stop, 'coe']]);
    expect(first).toMatchObject({ kind, tools: ['erp.wipe'] });
    expect(first?.detail).toContain(
      'operations-wipes (operations.cedar:9) meets the central coe-no-writes (coe.cedar:9), "No writes", on erp.wipe: ',
    );
    expect(first?.detail).toContain(comes);
    expect(others).toEqual([]);
  });

  it('names who lifts a central guard', () => {
    const guard = `@id("coe-ask") @approval("finance:2") forbid (principal, action, resource) unless { context.approvals.contains("coe-ask") };`;
    expect(told([[guard, 'coe']])[0]).toMatch(/all it permits there is held for finance:2$/);
  });

  it.each([
    ['another unit', 'principal in AutonomyOS::BusinessUnit::"sales", action, resource'],
    ['a role nobody of the unit has', 'principal in AutonomyOS::Role::"boss", action, resource'],
    ['another tool', `principal, action == AutonomyOS::Action::"erp.get_budget", resource`],
    ['another system', `principal, action, resource in AutonomyOS::System::"crm"`],
  ])('is none with a rule on %s', (_, scope) => {
    const only = conflicts([opens('operations'), [`@id("coe-x") forbid (${scope});`, 'coe']]);
    expect(only.filter(({ rules }) => rules.some(({ id }) => id === 'operations-wipes'))).toEqual([]);
  });

  it('is none with the rule on unreviewed tools while the tools are reviewed', () => {
    const rule: Policy = [
      '@id("coe-r") forbid (principal, action, resource) when { !resource.reviewed };',
      'coe',
    ];
    expect(conflicts([rule])).toEqual([]);
    expect(conflicts([rule], false, false).map(({ tools }) => tools)).toEqual([['erp.create_order']]);
  });

  it('has the same id until one of the texts changes', () => {
    const idOf = (text: string) => conflicts([opens('operations'), [text, 'coe']])[0]?.id;
    const stop = `@id("coe-x") forbid (principal, action == ${wipe}, resource)`;
    expect(idOf(`${stop};`)).toBe(idOf(`${stop};`));
    expect(idOf(`${stop};`)).not.toBe(idOf(`${stop} when { true };`));
  });
});

describe('a conflict between units', () => {
  const holds: Policy = [
    `@id("operations-asks") @title("Ask") @approval("finance:2") forbid (principal, action == ${wipe}, resource) unless { context.approvals.contains("operations-asks") };`,
    'operations',
  ];

  it('is told when one holds on a shared tool what another lets through', () => {
    const found = conflicts([opens('operations'), opens('sales'), holds], true);
    expect(found.map(({ kind, rules }) => [kind, rules.map(({ id }) => id)])).toEqual([
      ['units-differ', ['operations-asks', 'sales-wipes']],
    ]);
  });

  it('is none when both hold, when only one uses it, or when it is not shared', () => {
    const too: Policy = [(holds[0] ?? '').replaceAll('operations', 'sales'), 'sales'];
    expect(conflicts([opens('operations'), opens('sales'), holds, too], true)).toEqual([]);
    expect(conflicts([opens('operations'), holds], true)).toEqual([]);
    expect(conflicts([opens('operations'), opens('sales'), holds])).toEqual([]);
  });

  it('is told when tools of two layers reach the same operation', () => {
    const { placed } = readManifests(organisation());
    const bundle = buildBundle(placed, organisation(), 'x');
    const tools = bundle.tools.filter(({ name }) => name === 'erp.wipe');
    const copies = tools.map((tool) => ({ ...tool, name: 'crm.wipe', unit: 'sales' }));
    const agents = ofKind(placed, 'Agent').map(({ layer, manifest }) => ({ ...manifest, unit: layer }));
    const found = findConflicts({ ...bundle, tools: [...bundle.tools, ...copies] }, agents);
    expect(found.map(({ kind, tools: named }) => [kind, named])).toEqual([
      ['same-operation', ['erp.wipe', 'crm.wipe']],
    ]);
  });
});
