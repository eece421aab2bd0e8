import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildBundle, idOf } from '../../../core/governance/build-bundle.ts';
import { readManifests } from '../../../core/governance/manifest.ts';
import { releaseBundle, releaseHash } from '../../../core/policy/release.ts';
import { order, someBody, someBundle, someManifests } from '../../harness/release.ts';
import { runs } from '../property-runs.ts';

const policies = {
  coe: '@id("coe-b") permit (principal, action, resource);\n@id("coe-a") forbid (principal, action, resource);',
  operations: '@id("operations-a") permit (principal, action, resource);',
};
const body = someBody({ policies });
const bundle = someBundle({ policies });

describe('a release', () => {
  it('is the same whatever order its parts come in', () => {
    const shuffled = <T>(items: readonly T[]) =>
      fc.shuffledSubarray([...items], { minLength: items.length, maxLength: items.length });
    fc.assert(
      fc.property(shuffled(body.manifests), shuffled(body.policies), (manifests, policies) => {
        const { placed } = readManifests({ manifests, policies });
        expect(releaseHash(buildBundle(placed, { manifests, policies }, bundle.engine))).toBe(
          releaseHash(bundle),
        );
      }),
      runs(60),
    );
  });

  it('reads reviews of before they named a definition, and takes none for one that does', () => {
    const [first, ...others] = bundle.reviews ?? [];
    const { definition, ...unpinned } = first ?? {};
    const earlier = { ...bundle, reviews: [unpinned, ...others] };
    expect([definition, releaseBundle.parse(earlier)]).toEqual([
      expect.stringMatching(/^[0-9a-f]{64}$/),
      earlier,
    ]);
  });

  it('is stored and read as what it is', () => {
    expect(releaseBundle.parse(JSON.parse(JSON.stringify(bundle)))).toEqual(bundle);
  });

  const withUnit = (fields: object) => ({
    ...someManifests,
    operations: (someManifests['operations'] ?? []).map((each) =>
      each['kind'] === 'BusinessUnit' ? { ...each, ...fields } : each,
    ),
  });
  const withOrder = (fields: object) => ({
    ...someManifests,
    operations: (someManifests['operations'] ?? []).map((each) =>
      each['name'] === order.name ? { ...each, ...fields } : each,
    ),
  });
  it.each<[string, Parameters<typeof someBundle>[0]]>([
    [
      'a policy’s text',
      { policies: { ...policies, operations: policies.operations.replace('permit', 'forbid') } },
    ],
    ['a missing policy', { policies: { coe: policies.coe } }],
    ['a tool’s definition', { policies, manifests: withOrder({ timeoutSeconds: 3 }) }],
    [
      'a tool’s owner',
      {
        policies,
        manifests: {
          ...someManifests,
          operations: (someManifests['operations'] ?? []).slice(0, 1),
          logistics: [...(someManifests['logistics'] ?? []), order],
        },
      },
    ],
    ['a unit’s list', { policies, manifests: withUnit({ lists: { blockedVendors: [] } }) }],
    ['a unit’s rate', { policies, manifests: withUnit({ rates: [] }) }],
    [
      'a review',
      {
        policies,
        manifests: {
          ...someManifests,
          coe: (someManifests['coe'] ?? []).filter(({ kind }) => kind !== 'ToolReview'),
        },
      },
    ],
  ])('is another with %s', (_, governance) => {
    expect(releaseHash(someBundle(governance))).not.toBe(releaseHash(bundle));
  });

  it('is another under another engine', () => {
    const { placed } = readManifests(body);
    expect(releaseHash(buildBundle(placed, body, '0.0.0'))).not.toBe(releaseHash(bundle));
  });

  it('names a tool’s definition by a hash of all of it, its owner included', () => {
    const hashOf = (governance: Parameters<typeof someBundle>[0]) =>
      someBundle(governance).tools.find(({ name }) => name === order.name)?.hash;
    expect(hashOf({})).toMatch(/^[0-9a-f]{64}$/);
    for (const fields of [
      { description: 'x' },
      { groups: ['write'] },
      { effect: 'at-most-once' },
      { shared: true },
    ]) {
      expect(hashOf({ manifests: withOrder(fields) })).not.toBe(hashOf({}));
    }
  });

  it('takes the centre’s own tools as reviewed', () => {
    const own = { ...order, name: 'erp.central' };
    const manifests = { ...someManifests, coe: [...(someManifests['coe'] ?? []), own] };
    const found = someBundle({ manifests }).tools.map(({ name, reviewed }) => [name, reviewed]);
    expect(found).toContainEqual(['erp.central', true]);
  });

  it.each([
    ['@id("coe-a") permit', 'coe-a'],
    ['@title("x")\n@id( "coe-b" )\nforbid', 'coe-b'],
    ['permit', undefined],
    ["@id('coe-a') permit", undefined],
  ])('finds the id in %j', (text, id) => {
    expect(idOf(text)).toBe(id);
  });
});
