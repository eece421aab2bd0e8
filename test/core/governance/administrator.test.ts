import { describe, expect, it } from 'vitest';
import { administratorManifest, authorityOf, scopesOf } from '../../../core/governance/administrator.ts';
import { checkManifests } from '../../../core/governance/check-manifests.ts';
import { readManifests } from '../../../core/governance/manifest.ts';
import { someBody, someManifests } from '../../harness/release.ts';

const account = '111122223333';
const role = (name: string) => `arn:aws:iam::${account}:role/${name}`;
const session = (rest: string, of = account) => `arn:aws:sts::${of}:assumed-role/${rest}`;
const row = (...entries: [string, string][]) => ({
  entries: entries.map(([principal, scope], n) => ({ id: `a-${n}`, principal, scope })),
});

describe('who acts for what', () => {
  const some = row(
    [role('CloudTeam'), 'coe'],
    [role('Ops-*'), 'operations'],
    [`arn:aws:iam::${account}:user/teams/*`, 'sales'],
  );

  it.each<[string, string, string[]]>([
    ['a role by any of its sessions', session('CloudTeam/anna'), ['coe']],
    ['a session that calls itself another role', session('Visitor/CloudTeam'), []],
    ['a session name with slashes', session('Visitor/x/assumed-role/CloudTeam/y'), []],
    ['a session name with slashes that ends like a role', session('Visitor/../CloudTeam'), []],
    ['a role whose name goes on', session('CloudTeamVisitors/anna'), []],
    ['a role whose name begins otherwise', session('NotCloudTeam/anna'), []],
    ['a part of a name', session('Ops-Leads/anna'), ['operations']],
    ['a part of a name that crosses a slash', session('Ops-/CloudTeam'), ['operations']],
    ['the role of another account', session('CloudTeam/anna', '999988887777'), []],
    ['a user with a path', `arn:aws:iam::${account}:user/teams/tom`, ['sales']],
    ['a user deeper than the pattern', `arn:aws:iam::${account}:user/teams/deep/tom`, []],
    ['a user named like the role', `arn:aws:iam::${account}:user/CloudTeam`, []],
    ['the root of the account', `arn:aws:iam::${account}:root`, []],
    ['a federated user', `arn:aws:sts::${account}:federated-user/CloudTeam`, []],
    ['another partition', `arn:aws-cn:sts::${account}:assumed-role/CloudTeam/anna`, []],
  ])('%s', (_, arn, scopes) => {
    expect(scopesOf(some, arn)).toEqual(scopes);
  });

  it('is everyone for the centre while there is no administrator', () => {
    expect(scopesOf(undefined, session('Anyone/x'))).toEqual(['coe']);
    expect(scopesOf({ ...some, withdrawn: true }, session('Anyone/x'))).toEqual(['coe']);
  });

  it('takes a dot for a dot', () => {
    expect(scopesOf(row([role('a.b'), 'coe']), session('axb/s'))).toEqual([]);
  });
});

describe('whose doing it is', () => {
  const entry = (name: string, fields: object) => ({
    id: 'a',
    principal: role(name),
    scope: 'coe',
    ...fields,
  });
  const entries = [
    entry('Anna', { person: 'anna' }),
    entry('Anna', { scope: 'sales' }),
    entry('Both', { person: 'anna' }),
    entry('Both', { person: 'ben' }),
    entry('Team', {}),
  ];

  it.each([
    ['Anna', 'anna'],
    ['Both', undefined],
    ['Team', undefined],
    ['Visitor', undefined],
  ])('is known of %s by what its entries name: %s', (name, person) => {
    expect(authorityOf({ entries }, session(`${name}/x`)).person).toBe(person);
    expect(authorityOf({ entries, withdrawn: true }, session(`${name}/x`))).toEqual({ scopes: ['coe'] });
  });

  const tied = (fields: object) => {
    const administrator = { kind: 'Administrator', ...entry('a', fields) };
    const left = { kind: 'Person', id: 'lou', name: 'Lou', email: 'lou@example.com', status: 'left' };
    const manifests = { ...someManifests, coe: [...(someManifests['coe'] ?? []), left, administrator] };
    const body = someBody({ manifests });
    return checkManifests(readManifests(body).placed, body).map(({ reason }) => reason);
  };
  it.each([
    [{ person: 'nobody-here' }, 'person: there is no person nobody-here'],
    [{ person: 'lou' }, 'person: lou has left: name another, or take this administrator out'],
    [{ scope: 'sponsor' }, 'person: scope sponsor is for one person: name whose agents these are'],
  ])('is refused of %j', (fields, reason) => {
    expect(tied(fields)).toContain(reason);
  });

  it('leaves no unit the name of a scope', () => {
    const unit = { kind: 'BusinessUnit', id: 'sponsor', name: 'S', currency: 'USD' };
    const { findings } = readManifests(someBody({ manifests: { sponsor: [unit] } }));
    expect(findings.map(({ reason }) => reason)).toEqual([
      'id: sponsor is a scope of administrators: name it otherwise',
    ]);
  });
});

describe('an administrator’s manifest', () => {
  const fits = (principal: string) =>
    administratorManifest.safeParse({ kind: 'Administrator', id: 'a', principal, scope: 'coe' }).success;

  it.each([
    role('CloudTeam'),
    role('AWSReservedSSO_Ops_*'),
    `arn:aws:iam::${account}:user/a/b`,
    `arn:aws-us-gov:iam::${account}:role/x`,
  ])('takes %s', (principal) => {
    expect(fits(principal)).toBe(true);
  });

  it.each([
    '*',
    'arn:aws:iam::*:role/CloudTeam',
    role('path/CloudTeam'),
    role(''),
    session('CloudTeam/anna'),
    `${role('a')}\n`,
    `arn:aws:iam::${account}:root`,
  ])('refuses %j', (principal) => {
    expect(fits(principal)).toBe(false);
  });

  it.each([
    ['a unit that is not there', 'nowhere', 'scope: there is no unit nowhere'],
    [
      'nobody for the centre',
      'operations',
      'scope: nobody acts for the centre: add an Administrator of scope coe',
    ],
  ])('is checked against the others: %s', (_, scope, reason) => {
    const administrator = { kind: 'Administrator', id: 'a', principal: role('a'), scope };
    const manifests = { ...someManifests, coe: [...(someManifests['coe'] ?? []), administrator] };
    const body = someBody({ manifests });
    expect(checkManifests(readManifests(body).placed, body).map((each) => each.reason)).toContain(reason);
  });
});
