import { describe, expect, it } from 'vitest';
import { createIam } from '../../../local/iam/iam.ts';
import type { Permission, Resource } from '../../../local/service.ts';
import { iamWith, ROLE, role, type StatementSource } from './role-resource.ts';

const table = 'arn:aws:dynamodb:us-east-1:000000000000:table/T';
const put = { action: 'dynamodb:PutItem', resource: table };
const allow = (Action: string | string[], Resource: string | string[] = table) => ({
  Effect: 'Allow',
  Action,
  Resource,
});
const when = (Condition: unknown, statement: StatementSource = allow('dynamodb:PutItem')) => ({
  ...statement,
  Condition,
});
const enclosed = {
  ...put,
  context: { 'dynamodb:EnclosingOperation': 'TransactWriteItems' },
};
const mail = (...recipients: string[]) => ({ ...put, context: { 'ses:Recipients': recipients } });
const ours = { 'ses:Recipients': '*@example.com' };

describe('a policy', () => {
  it.each<[string, Permission, StatementSource[], boolean]>([
    ['allows what it grants', put, [allow('dynamodb:PutItem')], true],
    ['allows nothing when it is empty', put, [], false],
    ['allows no other action', put, [allow('dynamodb:GetItem')], false],
    ['allows no other resource', put, [allow('dynamodb:PutItem', `${table}2`)], false],
    ['matches actions whatever their case', put, [allow('DynamoDB:putitem')], true],
    ['matches resources by their case', put, [allow('dynamodb:PutItem', table.toLowerCase())], false],
    ['reads * as whatever run of characters', put, [allow('dynamodb:Put*', 'arn:aws:dynamodb:*')], true],
    ['reads ? as one character', put, [allow('dynamodb:PutIte?')], true],
    ['takes a dot for a dot', { ...put, resource: 'aXb' }, [allow('dynamodb:PutItem', 'a.b')], false],
    ['on a table does not reach its indexes', { ...put, resource: `${table}/index/I` }, [allow('*')], false],
    [
      'on index/* reaches every index',
      { ...put, resource: `${table}/index/I` },
      [allow('*', `${table}/index/*`)],
      true,
    ],
    [
      'denies before it allows',
      put,
      [allow('*', '*'), { Effect: 'Deny', Action: 'dynamodb:Put*', Resource: '*' }],
      false,
    ],
    [
      'holds its denial back where the condition fails',
      put,
      [
        allow('*'),
        when(
          { StringEquals: { 'dynamodb:EnclosingOperation': 'TransactWriteItems' } },
          { Effect: 'Deny', Action: '*', Resource: '*' },
        ),
      ],
      true,
    ],
  ])('%s', (_, permission, statements, expected) => {
    expect(iamWith(...statements).allows(ROLE, permission)).toBe(expected);
  });

  it.each<[string, Permission, unknown, boolean]>([
    ['StringEquals holds', enclosed, { StringEquals: enclosed.context }, true],
    ['StringEquals fails on an absent key', put, { StringEquals: enclosed.context }, false],
    [
      'keys match whatever their case',
      enclosed,
      { StringEquals: { 'dynamodb:enclosingoperation': 'TransactWriteItems' } },
      true,
    ],
    [
      'values are alternatives',
      enclosed,
      { StringEquals: { 'dynamodb:EnclosingOperation': ['X', 'TransactWriteItems'] } },
      true,
    ],
    [
      'StringEquals knows no wildcard',
      enclosed,
      { StringEquals: { 'dynamodb:EnclosingOperation': 'Transact*' } },
      false,
    ],
    [
      'StringLike knows wildcards',
      enclosed,
      { StringLike: { 'dynamodb:EnclosingOperation': 'Transact*' } },
      true,
    ],
    ['StringNotEquals fails on the value', enclosed, { StringNotEquals: enclosed.context }, false],
    ['StringNotEquals holds on an absent key', put, { StringNotEquals: enclosed.context }, true],
    ['IfExists holds on an absent key', put, { StringEqualsIfExists: enclosed.context }, true],
    [
      'IfExists tests a present key',
      enclosed,
      { StringEqualsIfExists: { 'dynamodb:EnclosingOperation': 'X' } },
      false,
    ],
    ['Null asks for absence', enclosed, { Null: { 'dynamodb:EnclosingOperation': 'true' } }, false],
    ['Null asks for presence', enclosed, { Null: { 'dynamodb:EnclosingOperation': 'false' } }, true],
    [
      'every line must hold',
      enclosed,
      { StringEquals: { ...enclosed.context, 'kms:ViaService': 'x' } },
      false,
    ],
    [
      'ForAllValues wants every value',
      mail('a@example.com', 'b@evil.test'),
      { 'ForAllValues:StringLike': ours },
      false,
    ],
    ['ForAllValues holds on none', put, { 'ForAllValues:StringLike': ours }, true],
    [
      'ForAnyValue wants one value',
      mail('a@example.com', 'b@evil.test'),
      { 'ForAnyValue:StringLike': ours },
      true,
    ],
    ['ForAnyValue fails on none', put, { 'ForAnyValue:StringLike': ours }, false],
  ])('%s', (_, permission, condition, expected) => {
    expect(iamWith(when(condition)).allows(ROLE, permission)).toBe(expected);
  });

  it.each<[string, StatementSource, string]>([
    ['an unknown operator', when({ IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } }), 'IpAddress'],
    ['an unknown quantifier', when({ 'ForSome:StringEquals': enclosed.context }), 'ForSome:StringEquals'],
    [
      'a variable in a condition',
      when({ StringEquals: { 'aws:username': '${aws:username}' } }),
      '${aws:username}',
    ],
    ['a variable in a resource', allow('s3:GetObject', 'arn:aws:s3:::b/${aws:username}/*'), 'aws:username'],
    ['NotAction', { Effect: 'Allow', NotAction: 'x', Resource: '*' }, 'NotAction'],
    ['NotResource', { Effect: 'Allow', Action: 'x', NotResource: '*' }, 'NotResource'],
    ['Principal', { ...allow('x'), Principal: '*' }, 'Principal'],
    [
      'an absent key that would pass',
      when({ StringNotEquals: { 'aws:PrincipalTag/a': 'b' } }),
      'PrincipalTag',
    ],
    [
      'a denial on a key that is never sent',
      when({ StringEquals: { 'aws:SourceVpc': 'v' } }, { Effect: 'Deny', Action: '*', Resource: '*' }),
      'aws:SourceVpc',
    ],
  ])('that the laptop cannot evaluate is refused by name: %s', (_, statement, named) => {
    expect(() => iamWith(statement)).toThrow(expect.objectContaining({ name: 'BootError' }) as Error);
    expect(() => iamWith(statement)).toThrow(named);
  });

  it('counts wherever it is attached', () => {
    const document = (action: string) => ({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: action, Resource: '*' }],
    });
    const managed = 'arn:aws:iam::000000000000:policy/M';
    const policy = (type: string, arn: string, properties: Record<string, unknown>): Resource => ({
      ...{ stack: 'Test', logicalId: arn, type, ref: arn, arn, properties },
    });
    const iam = createIam([
      role({
        ManagedPolicyArns: [managed, 'arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess'],
        Policies: [{ PolicyName: 'inline', PolicyDocument: document('a:Inline') }],
      }),
      policy('AWS::IAM::Policy', 'P', { PolicyDocument: document('a:Attached'), Roles: ['Clerk'] }),
      policy('AWS::IAM::Policy', 'Q', { PolicyDocument: document('a:Elsewhere'), Roles: ['Other'] }),
      policy('AWS::IAM::ManagedPolicy', managed, { PolicyDocument: document('a:Managed') }),
    ]);
    const asked = ['a:Inline', 'a:Attached', 'a:Managed', 'xray:PutTraceSegments', 'a:Elsewhere'];
    const allowed = asked.filter((action) => iam.allows(ROLE, { action, resource: '*' }));
    expect(allowed).toEqual(asked.slice(0, 4));
  });

  it('of AWS that is not known here is refused by name', () => {
    const unknown = role({ ManagedPolicyArns: ['arn:aws:iam::aws:policy/AdministratorAccess'] });
    expect(() => createIam([unknown])).toThrow('arn:aws:iam::aws:policy/AdministratorAccess');
  });
});

describe('what was asked of IAM', () => {
  const iam = iamWith(allow(['dynamodb:GetItem', 'dynamodb:PutItem']), {
    ...{ Effect: 'Deny', Action: 'dynamodb:Delete*', Resource: '*' },
  });
  const clerk = { kind: 'role', arn: ROLE, roleLogicalId: 'Clerk' } as const;

  it('is refused with action, resource and role', () => {
    const ask = (action: string) => () => iam.authorize(clerk, { action, resource: table });
    expect(ask('dynamodb:PutItem')).not.toThrow();
    expect(ask('dynamodb:Scan')).toThrow(
      `User: ${ROLE} is not authorized to perform: dynamodb:Scan on resource: ${table} because no identity-based policy allows the dynamodb:Scan action`,
    );
    expect(ask('dynamodb:DeleteItem')).toThrow('with an explicit deny in an identity-based policy');
  });

  it('is listed as granted, used and refused', () => {
    const grant = (action: string) => ({ role: 'Test/Clerk', action, resource: table });
    expect(iam.usage()).toEqual({
      granted: [grant('dynamodb:GetItem'), grant('dynamodb:PutItem')],
      used: [grant('dynamodb:PutItem')],
      refusals: [grant('dynamodb:Scan'), grant('dynamodb:DeleteItem')],
    });
  });

  it('in the name of a role that is not in the template is refused', () => {
    expect(iam.allows('arn:aws:iam::000000000000:role/Ghost', put)).toBe(false);
  });
});
