import { expect, it } from 'vitest';
import { decide } from '../../core/policy/decide.ts';
import { findingsOf, order, someRelease, someRequest } from '../harness/release.ts';
import { largeGovernance, largeRequests } from './large-governance.ts';
import { unsliced } from './unsliced.ts';

const all = 'principal, action, resource';
const permit = `@id("coe-all") permit (${all});`;

it('a company made to be measured publishes without a finding, and slices of it decide like the whole', () => {
  const governance = largeGovernance(100);
  expect(findingsOf(governance, { finance: 1 })).toEqual([]);
  const release = someRelease(governance);
  const whole = unsliced(release);
  const outcomes = largeRequests(100, 70).map((request) => {
    const decision = decide(release, request);
    expect(decision).toEqual(decide(whole, request));
    return decision.outcome;
  });
  expect(new Set(outcomes)).toEqual(new Set(['allow', 'hold', 'deny']));
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
  ['fails on a role', 'AutonomyOS::Role::"buyer".title == "x"', 'deny'],
])('a forbid whose condition %s sees as much by the schema of one tool', (_, when, outcome) => {
  const release = someRelease({
    policies: { coe: `${permit} @id("coe-no") forbid (${all}) when { ${when} };` },
  });
  const request = someRequest({ tool: order.name });
  expect(decide(release, request)).toEqual(decide(unsliced(release), request));
  expect(decide(release, request).outcome).toBe(outcome);
});
