import { expect, it } from 'vitest';
import { decide } from '../../core/policy/decide.ts';
import { findingsOf, order, someRelease, someRequest } from '../harness/release.ts';
import { largeGovernance, largeRequests } from './large-governance.ts';
import { wholeRelease } from '../harness/whole-release.ts';

const all = 'principal, action, resource';
const permit = `@id("coe-all") permit (${all});`;

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
  ['takes the input as one value', 'context.input == {"vendor": "Northwind"}', 'allow'],
  [
    'takes the context as one value',
    'context == {"purpose": "Requested by a colleague", "approvals": []}',
    'allow',
  ],
  ['takes the input in a field called .', '{".": context.input} == {".": {"vendor": "Northwind"}}', 'allow'],
  ['takes lists as one value', 'principal.unit.lists == {"partners": ["Northwind"]}', 'allow'],
  [
    'takes the input as one value on the way to a list',
    '(if context.input == {"vendor": "Northwind"} then principal else AutonomyOS::Agent::"none").unit.lists has x',
    'deny',
  ],
  ['looks into the input', 'context.input has vendor && context has input.total', 'deny'],
  ['asks for a field nobody sent', 'context.input has lines || context has workflow', 'allow'],
  ['fails on a role', 'AutonomyOS::Role::"buyer".title == "x"', 'deny'],
])('a forbid whose condition %s sees as much in a slice', (_, when, outcome) => {
  const release = someRelease({
    policies: { coe: `${permit} @id("coe-no") forbid (${all}) when { ${when} };` },
  });
  const request = someRequest({ tool: order.name });
  expect(decide(release, request)).toEqual(decide(wholeRelease(release), request));
  expect(decide(release, request).outcome).toBe(outcome);
});

const looksLikeScope = ', action == AutonomyOS::Action::\"x\", resource';

it.each([
  [
    'a text',
    `forbid (${all}) when { context.purpose == "${looksLikeScope.replaceAll('"', '\\"')}" };`,
    'deny',
  ],
  ['a title', `@title("${looksLikeScope.replaceAll('"', '\\"')}") forbid (${all});`, 'deny'],
  [
    'a comment',
    `forbid (principal, // ${looksLikeScope}\n action == AutonomyOS::Action::"x", resource);`,
    'allow',
  ],
  [
    'its own, in lines',
    `forbid (principal, action\n in [ // all of it\n AutonomyOS::Action::"write"\n]\n, resource);`,
    'deny',
  ],
  ['its own, with a bracket', `forbid (principal, action == AutonomyOS::Action::"x]", resource);`, 'allow'],
])('a scope that stands in %s is not mistaken for another', (_, forbid, outcome) => {
  const release = someRelease({ policies: { coe: `${permit} @id("coe-no") ${forbid}` } });
  const request = someRequest({ tool: order.name, purpose: looksLikeScope.replaceAll('\\"', '"') });
  expect(decide(release, request)).toEqual(decide(wholeRelease(release), request));
  expect(decide(release, request).outcome).toBe(outcome);
});
