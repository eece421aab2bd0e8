import { describe, expect, it } from 'vitest';
import { checkManifests } from '../../core/governance/check-manifests.ts';
import { readManifests } from '../../core/governance/manifest.ts';
import { didYouMean } from '../../core/did-you-mean.ts';
import { readPolicyTests } from '../../core/policy/policy-test.ts';
import { change, organisation } from '../harness/organisation.ts';

describe('a name nobody knows', () => {
  const known = ['vera', 'rita', 'finance', 'budget-owners', 'operations'];
  it.each([
    ['fiance', 'finance'],
    ['budget-owner', 'budget-owners'],
    ['oeprations', 'operations'],
    ['Vera', 'vera'],
    ['vear', 'vera'],
  ])('%s is close to %s', (word, meant) => {
    expect(didYouMean(word, known)).toBe(`: did you mean ${meant}?`);
  });

  it.each(['xyz', 'sales', 'approvers', '', 'f'])('%j is close to none', (word) => {
    expect(didYouMean(word, known)).toBe('');
  });

  it.each([
    ['Group finance', { members: ['cloe', 'dora'] }, 'members: there is no person cloe: did you mean cleo?'],
    ['Agent agt_buyer', { roles: ['buyr'] }, 'roles: there is no role buyr: did you mean buyer?'],
    ['Tool erp.get_budget', { system: 'erb' }, 'system: there is no system erb: did you mean erp?'],
    ['ToolReview erp.wipe', { tool: 'erp.wip' }, 'tool: there is no tool erp.wip: did you mean erp.wipe?'],
  ])('is answered with the one that was meant: %s', (name, fields, reason) => {
    const body = change(organisation(), name, fields);
    const found = checkManifests(readManifests(body).placed, body);
    expect(found.map((each) => each.reason)).toContain(reason);
  });
});

describe('a manifest that does not fit', () => {
  const reasonsOf = (name: string, fields: object) =>
    readManifests(change(organisation(), name, fields)).findings.map(({ reason }) => reason);

  it.each<[string, string, object, string]>([
    [
      'a field',
      'Agent agt_buyer',
      { sponser: 'vera' },
      'sponser: there is no such field: did you mean sponsor?',
    ],
    [
      'a nested field',
      'Workflow procurement',
      { baseline: { lable: 'x' } },
      'baseline.lable: there is no such field: did you mean label?',
    ],
    [
      'a field of a variant',
      'Tool erp.wipe',
      { connector: { type: 'http', method: 'POST', path: '/x', querry: [] } },
      'connector.querry: there is no such field: did you mean query?',
    ],
    [
      'a field of an entry',
      'BusinessUnit operations',
      { rates: [{ currency: 'EUR', rate: '1', asof: '2026-01-01' }] },
      'rates.0.asof: there is no such field: did you mean asOf?',
    ],
    ['a field like none', 'Person vera', { colour: 'red' }, 'colour: there is no such field'],
    ['a kind', 'Person vera', { kind: 'Persn' }, 'kind: there is no Persn: did you mean Person?'],
    [
      'a variant',
      'Tool erp.wipe',
      { connector: { type: 'htp', path: '/x' } },
      'connector.type: there is no htp: did you mean http?',
    ],
  ])('says what was meant: %s', (_, name, fields, reason) => {
    expect(reasonsOf(name, fields).join('; ').split('; ')).toContain(reason);
  });

  it('lists the kinds when none is close', () => {
    expect(reasonsOf('Person vera', { kind: 'Wizard' }).join()).toMatch(/^kind: use Person, Group, Role, /);
  });

  it('says so of test cases too', () => {
    const document = {
      name: 'x',
      agent: { unit: 'operations', roles: [] },
      tool: 'erp.wipe',
      inputs: {},
      expect: 'allow',
    };
    const { findings } = readPolicyTests({ tests: [{ file: 'a', line: 1, layer: 'operations', document }] });
    expect(findings[0]?.reason).toContain('inputs: there is no such field: did you mean input?');
  });
});
