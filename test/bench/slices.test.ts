import { expect, it } from 'vitest';
import { decide } from '../../core/policy/decide.ts';
import { findingsOf, someRelease } from '../harness/release.ts';
import { wholeRelease } from '../harness/whole-release.ts';
import { largeGovernance, largeRequests } from './large-governance.ts';

it('a company made to be measured publishes without a finding, and slices of it decide like the whole', () => {
  const governance = largeGovernance(100);
  expect(findingsOf(governance, { finance: 1 })).toEqual([]);
  const release = someRelease(governance);
  const whole = wholeRelease(release);
  const outcomes = largeRequests(100, 70).map((request) => {
    const decision = decide(release, request);
    expect(decision).toEqual(decide(whole, request));
    return decision.outcome;
  });
  expect(new Set(outcomes)).toEqual(new Set(['allow', 'hold', 'deny']));
});
