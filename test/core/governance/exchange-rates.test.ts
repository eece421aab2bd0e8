import { describe, expect, it } from 'vitest';
import { checkManifests } from '../../../core/governance/check-manifests.ts';
import { compareReleases } from '../../../core/governance/compare-releases.ts';
import { exportGovernance } from '../../../core/governance/export-governance.ts';
import { readManifests } from '../../../core/governance/manifest.ts';
import { decide } from '../../../core/policy/decide.ts';
import { releaseBundle, releaseHash } from '../../../core/policy/release.ts';
import {
  findingsOf,
  type Governance,
  someBody,
  someBundle,
  someManifests,
  someOrder,
  someRelease,
  someRequest,
} from '../../harness/release.ts';

const worth = (rate: string) => ({
  kind: 'ExchangeRates',
  id: 'coe',
  currency: 'USD',
  rates: [{ currency: 'EUR', rate, asOf: '2026-11-20' }],
});

/** The centre's rates if any, and those of the unit that orders. */
function manifests(
  central: readonly object[],
  unit: object = { rates: [] },
): Required<Governance>['manifests'] {
  const { coe = [], operations: [first, ...more] = [], ...others } = someManifests;
  return {
    ...others,
    coe: [...coe, ...(central as Readonly<Record<string, unknown>>[])],
    operations: [{ ...first, ...unit }, ...more],
  };
}

const coe = `@id("coe-all") permit (principal, action, resource);
@id("coe-large") @title("Never so much") forbid (principal, action in AutonomyOS::Action::"payment", resource)
when { context.amount.greaterThan(decimal("1000.00")) };`;
const reasonsOf = (given: Governance) => {
  const body = someBody(given);
  return [...checkManifests(readManifests(body).placed, body), ...findingsOf(given)].map(
    ({ file, line, reason }) => `${file}:${line}: ${reason}`,
  );
};
const outcome = (given: Governance, currency: string, total = '900.00') =>
  decide(someRelease(given), someRequest({ input: someOrder({ total, currency }) }));

describe('exchange rates of the centre', () => {
  const fixed = { manifests: manifests([worth('1.1600')]), policies: { coe } };

  it('are what every rule sees amounts by', () => {
    expect(reasonsOf(fixed)).toEqual([]);
    expect(['USD', 'EUR'].map((currency) => outcome(fixed, currency).outcome)).toEqual(['allow', 'deny']);
    expect(outcome(fixed, 'EUR', '862.06').outcome).toBe('allow');
  });

  it.each(['EUR', 'KWD', 'JPY'])('count whatever currency a unit calls its own: %s', (currency) => {
    const given = { ...fixed, manifests: manifests([worth('1.1600')], { currency, rates: [] }) };
    expect(outcome(given, 'USD', '1000.00').outcome).toBe('allow');
    expect(outcome(given, 'USD', '1000.01').outcome).toBe('deny');
  });

  it('leave an amount they do not know to nobody', () => {
    expect(outcome(fixed, 'CHF')).toMatchObject({
      reason: 'invalid-input',
      detail: 'currency: the centre has no rate from CHF to USD',
    });
  });

  it.each<[string, Governance, string]>([
    [
      'a unit’s rates beside them',
      { manifests: manifests([worth('1.1600')], {}) },
      'operations.yaml:1: rates: the centre fixes what currencies are worth',
    ],
    [
      'a worth of nothing',
      { manifests: manifests([worth('0.0000')]) },
      'EUR must be worth more than nothing',
    ],
    [
      'two worths',
      { manifests: manifests([{ ...worth('1.0000'), currency: 'EUR' }]) },
      'EUR has more than one worth',
    ],
    [
      'a central rule on amounts without them',
      { manifests: manifests([], {}), policies: { coe } },
      'coe.cedar:2: context.amount is by each unit’s own rates',
    ],
    [
      'a central rule that reads amounts by index',
      { manifests: manifests([], {}), policies: { coe: coe.replace('context.amount', 'context["amount"]') } },
      'coe.cedar:2: context.amount is by each unit’s own rates',
    ],
  ])('refuse %s', (_, given, reason) => {
    expect(reasonsOf(given).join('\n')).toContain(reason);
  });

  it('may stand once', () => {
    const twice = someBody({ manifests: manifests([worth('1.0000'), worth('2.0000')]) });
    expect(
      readManifests(twice)
        .findings.map(({ reason }) => reason)
        .join('\n'),
    ).toContain('ExchangeRates coe stands in');
  });

  it('are not asked for by a unit’s rule, nor by a central permit', () => {
    const operations = coe.replaceAll('coe-', 'operations-');
    expect(reasonsOf({ manifests: manifests([], {}), policies: { operations } })).toEqual([]);
    const small = `@id("coe-small") permit (principal, action in AutonomyOS::Action::"payment", resource)
      when { context.amount.lessThan(decimal("10.00")) };`;
    expect(reasonsOf({ manifests: manifests([], {}), policies: { coe: small } })).toEqual([]);
  });

  it('are part of the release: stored, compared, exported', () => {
    const [before, after] = [
      someBundle(fixed),
      someBundle({ ...fixed, manifests: manifests([worth('1.2000')]) }),
    ];
    expect(releaseHash(before)).not.toBe(releaseHash(after));
    expect(releaseBundle.parse(JSON.parse(JSON.stringify(after)))).toEqual(after);
    expect(compareReleases(before, after)).toMatchObject([
      { noun: 'rates', layers: ['coe'], action: 'changed' },
    ]);
    const documents = exportGovernance([], after).manifests.map(({ layer, document }) => ({
      layer,
      document,
    }));
    expect(documents).toContainEqual({ layer: 'coe', document: worth('1.2000') });
  });
});
