import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Component } from '../../../core/policy/component-view.ts';
import { seeComponents } from '../../../core/policy/see-components.ts';
import { runs } from '../property-runs.ts';

const every = { title: 'x', definition: 'd', more: {} };
const unit = fc.constantFrom<string>('coe', 'operations', 'sales', 'legal');
const agents = fc
  .array(
    unit.filter((each) => each !== 'coe'),
    { maxLength: 30 },
  )
  .map((units) =>
    units.map((each, n) => ({ id: `agt_${each}_${n}`, unit: each, sponsor: 'vera', permitted: true })),
  );
const rules = fc
  .array(unit)
  .map((units) => units.map((each, n) => ({ id: `${each}-rule-${n}`, unit: each })));
const tools = fc
  .array(fc.tuple(unit, fc.boolean()))
  .map((list) => list.map(([each, shared], n) => ({ id: `${each}.tool${n}`, unit: each, shared })));
const component: fc.Arbitrary<Component> = fc.oneof(
  fc.record({ unit, shared: fc.boolean(), agents, policies: rules }).map((some): Component => ({
    kind: 'tool',
    ...every,
    id: `${some.unit}.tool`,
    ...{ system: 'erp', effect: 'read', groups: ['read'], reviewed: true, units: [] },
    ...some,
  })),
  fc.record({ unit, tools }).map((some): Component => ({
    kind: 'policy',
    ...every,
    id: `${some.unit}-rule`,
    ...{ effect: 'permit', requires: [] },
    ...some,
  })),
  fc.record({ unit, agents }).map((some): Component => ({
    kind: 'step',
    ...every,
    id: `${some.unit}/work`,
    workflows: [],
    ...some,
  })),
);
type Ref = { readonly unit: string; readonly shared?: boolean };
const refsOf = (each: Component): readonly Ref[] =>
  ['agents', 'policies', 'tools', 'workflows'].flatMap(
    (list) => (Reflect.get(each, list) as readonly Ref[] | undefined) ?? [],
  );

describe('what a caller sees of the catalogue', () => {
  it('names nothing of another unit that is not shared, but to the owner of what it leans on', () => {
    fc.assert(
      fc.property(
        fc.array(component),
        fc.uniqueArray(unit.filter((each) => each !== 'coe')),
        (all, scopes) => {
          for (const each of seeComponents(all, scopes, {})) {
            const open = ({ unit: of, shared }: Ref) =>
              scopes.includes(of) || of === 'coe' || shared === true;
            expect(open(each as Ref)).toBe(true);
            if (!scopes.includes(each.unit)) expect(refsOf(each).every(open)).toBe(true);
          }
        },
      ),
      runs(200),
    );
  });

  it('is everything, to the centre', () => {
    fc.assert(
      fc.property(fc.array(component), (all) => {
        const seen = seeComponents(all, ['coe'], {});
        expect(seen.map(({ id }) => id)).toEqual(all.map(({ id }) => id));
        for (const [n, each] of seen.entries()) {
          const left = Object.values(each.more).reduce((sum, more) => sum + more, 0);
          expect(refsOf(each).length + left).toBe(refsOf(all[n] ?? each).length);
        }
      }),
      runs(100),
    );
  });

  it('is cut at ten of a list, and says so; of the one that is asked for it is whole', () => {
    const many = Array.from({ length: 12 }, (_, n) => ({ id: `sales-${n}`, unit: 'sales' }));
    const policy: Component = {
      kind: 'step',
      ...every,
      id: 'sales/work',
      unit: 'sales',
      workflows: [],
      agents: many,
    };
    expect(seeComponents([policy], ['sales'], {})).toMatchObject([
      { agents: many.slice(0, 10), more: { agents: 2 } },
    ]);
    expect(seeComponents([policy], ['sales'], { id: 'sales/work' })).toMatchObject([
      { agents: many, more: {} },
    ]);
    expect(seeComponents([policy], ['sales'], { kind: 'tool' })).toEqual([]);
    expect(seeComponents([policy], ['coe'], { unit: 'legal' })).toEqual([]);
  });
});
