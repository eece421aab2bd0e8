import { describe, expect, it } from 'vitest';
import { actionsWithoutResource } from '../../lib/permissions.ts';
import { statementsOf, textOf } from './statements.ts';
import { deployments, synthesized } from './synthesis.ts';

const inTransaction = { StringEquals: { 'dynamodb:EnclosingOperation': 'TransactWriteItems' } };

describe.each(deployments)('roles of %s %j', (stage, overrides) => {
  const app = synthesized(stage, overrides);
  const statements = statementsOf(app);
  const on = (name: RegExp) =>
    statements.filter(({ Resource }) => Resource.some((each) => name.test(textOf(each))));
  const onAudit = on(/Audit3D8ADE0A/);

  it('have every permission in a policy this test reads', () => {
    expect(statements.length).toBeGreaterThan(50);
    for (const { Properties } of app.ofType('AWS::IAM::Role')) {
      expect(Properties).not.toHaveProperty('Policies');
      expect(Properties).not.toHaveProperty('ManagedPolicyArns');
    }
    expect(app.ofType('AWS::IAM::ManagedPolicy')).toEqual([]);
  });

  it('hold no action with a star', () => {
    expect(statements.filter(({ Action }) => Action.some((action) => action.includes('*')))).toEqual([]);
  });

  it('stand on every resource only with actions that take none', () => {
    const starred = on(/^\*$/);
    expect(starred.length).toBeGreaterThan(0);
    for (const { Action, Resource, policy } of starred) {
      expect(Resource).toEqual(['*']);
      for (const action of Action) expect(Object.keys(actionsWithoutResource), policy).toContain(action);
    }
  });

  it('may append to the audit log only inside a transaction', () => {
    const puts = onAudit.filter(({ Action }) => Action.includes('dynamodb:PutItem'));
    expect(puts.length).toBeGreaterThan(5);
    for (const { Condition, policy } of puts) expect(Condition, policy).toEqual(inTransaction);
  });

  it('may not change or remove an audit event', () => {
    const actions = new Set(onAudit.flatMap(({ Action }) => Action));
    const allowed = [
      'dynamodb:PutItem',
      'dynamodb:Scan',
      'dynamodb:DescribeStream',
      'dynamodb:GetRecords',
      'dynamodb:GetShardIterator',
    ];
    expect([...actions].filter((action) => !allowed.includes(action))).toEqual([]);
  });

  it('change rows only inside a transaction, save the renewal of a lease, the fencing of a gate and what only counts', () => {
    const writes = on(/Registry4DB9CCA5/).filter(({ Action }) =>
      Action.some((action) => /Put|Update|Delete|Write/.test(action)),
    );
    const countsOf = (...rows: string[]) => {
      const condition = { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': rows } };
      return writes.filter(({ Condition }) => JSON.stringify(Condition) === JSON.stringify(condition));
    };
    const mails = countsOf('MAILBOX#*');
    expect(mails.map(({ Action, roles }) => [Action, roles])).toEqual([
      [['dynamodb:UpdateItem'], [expect.stringMatching(/^RequestApprovalRole/)]],
      [['dynamodb:UpdateItem'], [expect.stringMatching(/^MailDigestsRole/)]],
    ]);
    const calls = countsOf('RATE#*', 'BREAKER#*');
    expect(calls.map(({ Action, roles }) => [Action, roles])).toEqual([
      [['dynamodb:UpdateItem'], [expect.stringMatching(/^ActionsRole/)]],
      [['dynamodb:UpdateItem'], [expect.stringMatching(/^McpRole/)]],
      [['dynamodb:UpdateItem'], [expect.stringMatching(/^ExecuteActionRole/)]],
    ]);
    const counts = [...mails, ...calls];
    const free = writes.filter(({ Condition }) => Condition === undefined);
    expect(free.map(({ Action, roles }) => [Action, roles])).toEqual([
      [['dynamodb:UpdateItem'], [expect.stringMatching(/^TasksRole/)]],
      [['dynamodb:UpdateItem'], [expect.stringMatching(/^SwitchesRole/)]],
      [['dynamodb:UpdateItem'], [expect.stringMatching(/^ContainSwitchesRole/)]],
    ]);
    for (const { Condition } of writes.filter((each) => !free.includes(each) && !counts.includes(each)))
      expect(Condition).toEqual(inTransaction);
  });

  it('write decisions as the relay alone, and list the bucket by its two prefixes', () => {
    const rolesFor = (action: string, place: RegExp) =>
      on(place)
        .filter(({ Action }) => Action.includes(action))
        .flatMap(({ roles }) => roles.map((role) => role.replace(/Role\w+$/, '')));
    expect(rolesFor('s3:PutObject', /Releases.*decisions/)).toEqual(['Relay']);
    expect(rolesFor('s3:GetObject', /Releases.*decisions/)).toEqual(['Apply']);
    expect(rolesFor('s3:PutObject', /Releases.*releases\/\*/)).toEqual(['Apply']);
    const lists = statements.filter(({ Action }) => Action.includes('s3:ListBucket'));
    expect(lists.map(({ Condition }) => Condition)).toEqual([
      { StringLike: { 's3:prefix': ['decisions/*', 'releases/*'] } },
    ]);
  });

  it('never delete anything', () => {
    expect(
      statements.filter(({ Action }) => Action.some((action) => /:Delete(?!LogDelivery)/.test(action))),
    ).toEqual([]);
  });

  it('use the data key through DynamoDB alone', () => {
    const decrypts = statements.filter(({ Action }) => Action.includes('kms:Decrypt'));
    expect(decrypts.length).toBeGreaterThan(5);
    for (const { Condition } of decrypts)
      expect(JSON.stringify(Condition)).toContain(
        '{"StringEquals":{"kms:ViaService":{"Fn::Join":["",["dynamodb."',
      );
  });

  it('answer only steps of machines they belong to', () => {
    const answers = statements.filter(({ Action }) =>
      Action.some((action) => action.startsWith('states:SendTask')),
    );
    const machines = app.ofType('AWS::StepFunctions::StateMachine').map(({ id }) => `<${id}>`);
    expect(machines).toHaveLength(2);
    for (const { Resource } of answers) for (const each of Resource) expect(machines).toContain(textOf(each));
    const ofStep = (role: RegExp) =>
      answers
        .filter(({ roles }) => roles.some((each) => role.test(each)))
        .flatMap(({ Resource }) => Resource);
    expect(ofStep(/^RequestApprovalRole/).map(textOf)).toEqual([expect.stringMatching(/^<ApprovalMachine/)]);
    expect(ofStep(/^AwaitActionRole/).map(textOf)).toEqual([expect.stringMatching(/^<ProcurementMachine/)]);
  });

  it('send mail only as the configured sender', () => {
    const sends = statements.filter(({ Action }) => Action.some((action) => action.startsWith('ses:')));
    for (const { Action, Condition } of sends) {
      expect(Action).toEqual(['ses:SendEmail']);
      expect(Condition).toEqual({ StringEquals: { 'ses:FromAddress': 'approvals@example.com' } });
    }
    expect(sends.flatMap(({ roles }) => roles.map((role) => role.replace(/Role\w+$/, ''))).sort()).toEqual([
      'Inbox',
      'MailDigests',
      'RequestApproval',
      'WatchCertifications',
    ]);
  });

  it('let a machine invoke the functions of its definition and no other', () => {
    for (const machine of app.ofType('AWS::StepFunctions::StateMachine')) {
      const named = new Set(textOf(machine.Properties['DefinitionString']).match(/<\w+Function\w+\.Arn>/g));
      const role = textOf(machine.Properties['RoleArn']).slice(1, -'.Arn>'.length);
      const granted = statements
        .filter(({ Action, roles }) => roles.includes(role) && Action.includes('lambda:InvokeFunction'))
        .flatMap(({ Resource }) => Resource.map(textOf));
      expect(new Set(granted)).toEqual(named);
      expect(named.size).toBe(3);
    }
  });
});
