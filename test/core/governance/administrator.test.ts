import { describe, expect, it } from 'vitest';
import { administratorManifest, scopesOf } from '../../../core/governance/administrator.ts';
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
