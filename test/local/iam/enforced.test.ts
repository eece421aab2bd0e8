import { Key } from 'aws-cdk-lib/aws-kms';
import { AttributeType, StreamViewType, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callAws, sendSigned } from '../fixtures/call-aws.ts';
import { keysOf, resourceOf, startCloud, type TestCloud } from '../fixtures/start-cloud.ts';

const viaDynamoDb = { StringEquals: { 'kms:ViaService': 'dynamodb.us-east-1.amazonaws.com' } };
const inTransaction = { StringEquals: { 'dynamodb:EnclosingOperation': 'TransactWriteItems' } };

let test: TestCloud;
beforeAll(async () => {
  test = await startCloud(({ stack, probe, table }) => {
    const open = table('Open', { stream: StreamViewType.NEW_IMAGE });
    open.addGlobalSecondaryIndex({
      indexName: 'byName',
      partitionKey: { name: 'name', type: AttributeType.STRING },
    });
    const key = new Key(stack, 'Key');
    const sealed = table('Sealed', { encryption: TableEncryption.CUSTOMER_MANAGED, encryptionKey: key });
    const may = (id: string, ...statements: PolicyStatement[]) => {
      const fn = probe(id);
      for (const statement of statements) fn.addToRolePolicy(statement);
    };
    const on = (resources: string[], actions: string[], conditions = {}) =>
      new PolicyStatement({ actions, resources, conditions });
    may('Transactor', on([open.tableArn], ['dynamodb:PutItem'], inTransaction));
    const counters = { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['COUNT#*'] } };
    may('Counter', on([open.tableArn], ['dynamodb:UpdateItem'], counters));
    may('Reader', on([open.tableArn], ['dynamodb:Query', 'dynamodb:GetItem', 'dynamodb:BatchGetItem']));
    may('IndexReader', on([`${open.tableArn}/index/byName`], ['dynamodb:Query']));
    const sealedActions = ['dynamodb:PutItem', 'dynamodb:GetItem'];
    may('Keyless', on([sealed.tableArn], sealedActions));
    may('ByService', on([sealed.tableArn], sealedActions), on([key.keyArn], ['kms:Decrypt'], viaDynamoDb));
    may('Stranger');
  });
}, 60_000);
afterAll(() => test.stop());

const TableName = (id: string) => resourceOf(test.cloud, id).ref;
const Item = { pk: { S: 'a' }, name: { S: 'n' } };
const aws = (id: string, call: string, input: unknown) => test.ask(id, { do: 'aws', call, input });

describe('a role’s call', () => {
  it('PutItem passes inside a transaction where the policy wants one', async () => {
    const input = { TransactItems: [{ Put: { TableName: TableName('Open'), Item } }] };
    expect(await aws('Transactor', 'TransactWriteItems', input)).toEqual({});
  });

  it('PutItem outside the transaction is refused', async () => {
    const answer = await aws('Transactor', 'PutItem', { TableName: TableName('Open'), Item });
    expect(answer).toMatchObject({
      error: 'AccessDeniedException',
      message: expect.stringContaining('dynamodb:PutItem') as string,
    });
  });

  it.each([
    ['COUNT#1', {}],
    ['ELSE#1', { error: 'AccessDeniedException' }],
  ])('UpdateItem on %s is answered as the policy says of its key', async (pk, expected) => {
    const Key = { pk: { S: pk } };
    const input = { TableName: TableName('Open'), Key, UpdateExpression: 'SET n = :n' };
    const ExpressionAttributeValues = { ':n': { N: '1' } };
    const answer = await aws('Counter', 'UpdateItem', { ...input, ExpressionAttributeValues });
    expect(answer).toMatchObject(expected);
  });

  it('a transaction is refused as a whole when one of its items is not allowed', async () => {
    const Key = { pk: { S: 'a' } };
    const input = {
      TransactItems: [
        { Put: { TableName: TableName('Open'), Item: { pk: { S: 'whole' } } } },
        { Delete: { TableName: TableName('Open'), Key } },
      ],
    };
    expect(await aws('Transactor', 'TransactWriteItems', input)).toMatchObject({
      message: expect.stringContaining('dynamodb:DeleteItem') as string,
    });
    const read = { TableName: TableName('Open'), Key: { pk: { S: 'whole' } } };
    expect(await aws('Reader', 'GetItem', read)).toEqual({});
  });

  it('Query on an index asks for the index’s own ARN', async () => {
    const input = {
      TableName: TableName('Open'),
      IndexName: 'byName',
      KeyConditionExpression: '#name = :name',
      ExpressionAttributeNames: { '#name': 'name' },
      ExpressionAttributeValues: { ':name': { S: 'n' } },
    };
    expect(await aws('IndexReader', 'Query', input)).toMatchObject({ Count: 1 });
    expect(await aws('Reader', 'Query', input)).toMatchObject({
      error: 'AccessDeniedException',
      message: expect.stringContaining(`${resourceOf(test.cloud, 'Open').arn}/index/byName`) as string,
    });
  });

  it.each(['BatchGetItem', 'TransactGetItems'])('%s asks for every table it names', async (call) => {
    const Key = { pk: { S: 'a' } };
    const names = ['Open', 'Sealed'].map(TableName);
    const input =
      call === 'BatchGetItem'
        ? { RequestItems: Object.fromEntries(names.map((name) => [name, { Keys: [Key] }])) }
        : { TransactItems: names.map((name) => ({ Get: { TableName: name, Key } })) };
    expect(await aws('Reader', call, input)).toMatchObject({
      message: expect.stringContaining(resourceOf(test.cloud, 'Sealed').arn) as string,
    });
  });

  it('asks for the customer-managed key of the table, through DynamoDB', async () => {
    const put = { TableName: TableName('Sealed'), Item };
    expect(await aws('ByService', 'PutItem', put)).toEqual({});
    expect(await aws('Keyless', 'PutItem', put)).toMatchObject({
      message: expect.stringContaining(
        `kms:Decrypt on resource: ${resourceOf(test.cloud, 'Key').arn}`,
      ) as string,
    });
  });

  it('straight to a key that it may use through DynamoDB alone is refused', async () => {
    const KeyId = resourceOf(test.cloud, 'Key').ref;
    const credentials = await keysOf(test, 'ByService');
    const response = await sendSigned(test.cloud, {
      ...{ method: 'POST', path: '/', service: 'kms', credentials },
      headers: { 'x-amz-target': 'TrentService.Decrypt' },
      body: JSON.stringify({ KeyId, CiphertextBlob: 'AAAA' }),
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ __type: 'AccessDeniedException' });
  });

  it('leaves its refusals and what it used in the account', async () => {
    await aws('Stranger', 'DeleteItem', { TableName: TableName('Open'), Key: { pk: { S: 'a' } } });
    const { used, refusals, granted } = test.cloud.iam.usage();
    const open = resourceOf(test.cloud, 'Open').arn;
    const named = (id: string, action: string, resource: string) => ({
      role: expect.stringMatching(new RegExp(`^Test/${id}ServiceRole`)) as string,
      action,
      resource,
    });
    expect(refusals).toContainEqual(named('Stranger', 'dynamodb:DeleteItem', open));
    expect(used).toContainEqual(named('Transactor', 'dynamodb:PutItem', open));
    expect(granted).toContainEqual(named('Reader', 'dynamodb:BatchGetItem', open));
    expect(used).not.toContainEqual(named('Reader', 'dynamodb:Query', open));
  });
});

describe('the administrator', () => {
  it('may do everything, and an operation that is not run is refused by name', async () => {
    const call = (target: string) =>
      callAws(test.cloud, 'dynamodb', target, { TableName: TableName('Open') });
    expect(await call('DynamoDB_20120810.Scan')).toMatchObject({ Count: expect.any(Number) as number });
    expect(await call('DynamoDB_20120810.DeleteTable')).toMatchObject({
      __type: 'UnsupportedOperation',
      message: 'DynamoDB DeleteTable is not run on the laptop',
    });
    expect(await callAws(test.cloud, 'iam', 'X.ListRoles', {})).toMatchObject({
      __type: 'UnsupportedOperation',
      message: 'the service iam is not run on the laptop',
    });
  });
});
