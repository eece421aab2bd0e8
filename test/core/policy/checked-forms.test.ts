import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CompiledRelease } from '../../../core/policy/compile-release.ts';
import { decide } from '../../../core/policy/decide.ts';
import { someManifests, someRelease, someRequest } from '../../harness/release.ts';
import { runs } from '../property-runs.ts';

const tool = {
  kind: 'Tool',
  name: 'erp.plan',
  title: 'Plan',
  system: 'erp',
  effect: 'read',
  groups: ['read'],
  connector: { type: 'http', method: 'GET', path: '/plans' },
  input: {
    type: 'object',
    properties: {
      note: { type: 'string' },
      count: { type: 'integer' },
      paid: { type: 'boolean' },
      tags: { type: 'array', items: { type: 'string' } },
      place: { type: 'object', properties: { town: { type: 'string' }, floor: { type: 'integer' } } },
    },
  },
} as const;
const review = { kind: 'ToolReview', tool: tool.name, effect: tool.effect, groups: tool.groups };
const governance = {
  manifests: {
    ...someManifests,
    coe: [...(someManifests['coe'] ?? []), review],
    operations: [...(someManifests['operations'] ?? []), tool],
  },
  policies: {
    operations: `@id("operations-plans") permit (principal, action == AutonomyOS::Action::"erp.plan", resource)
when { !(context.input has count) || context.input.count > 3 };`,
  },
};
const release = someRelease(governance);
/** The same, in which every request is held against the schema. */
const always: CompiledRelease = { ...someRelease(governance), isChecked: () => false };

const input = fc.record(
  {
    note: fc.string(),
    count: fc.integer({ min: -10, max: 10 }),
    paid: fc.boolean(),
    tags: fc.array(fc.string(), { maxLength: 3 }),
    place: fc.record({ town: fc.string(), floor: fc.nat() }, { requiredKeys: [] }),
  },
  { requiredKeys: [] },
);

describe('a request of a form that was held against the schema before', () => {
  it('is decided as if it were held against it again', () => {
    fc.assert(
      fc.property(input, (each) => {
        const request = someRequest({ tool: tool.name, input: each });
        expect(decide(release, request)).toEqual(decide(always, request));
      }),
      runs(150),
    );
  });

  it('is known by the fields there are, not by their values; another form is held against it', () => {
    const asked: string[] = [];
    const spied: CompiledRelease = {
      ...release,
      isChecked: (form) => {
        asked.push(form);
        return release.isChecked(form);
      },
    };
    for (const each of [{ count: 1 }, { count: 5 }, { note: 'x' }, { place: {} }, { place: { floor: 2 } }])
      decide(spied, someRequest({ tool: tool.name, input: each }));
    expect(new Set(asked).size).toBe(4);
  });
});
