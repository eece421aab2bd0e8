import { execFileSync } from 'node:child_process';
import { cpSync, statSync } from 'node:fs';
import { join } from 'node:path';
import {
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { AttributeType, ProjectionType, StreamViewType } from 'aws-cdk-lib/aws-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bootCloud } from '../../../local/cloud.ts';
import { engineProcesses } from '../fixtures/engine-processes.ts';
import { refusedBoot, refusalOf } from '../fixtures/refused-boot.ts';
import {
  clientsOf,
  eventually,
  resourceOf,
  startCloud,
  synthesizeFixture,
  type TestCloud,
} from '../fixtures/start-cloud.ts';
import { temporaryDirectory } from '../fixtures/temporary-directory.ts';

const text = (name: string) => ({ name, type: AttributeType.STRING });

let test: TestCloud;
beforeAll(async () => {
  test = await startCloud(({ table }) => {
    table('Things', {
      sortKey: { name: 'n', type: AttributeType.NUMBER },
      stream: StreamViewType.NEW_IMAGE,
      timeToLiveAttribute: 'expires',
    }).addGlobalSecondaryIndex({
      ...{ indexName: 'byKind', partitionKey: text('kind'), projectionType: ProjectionType.KEYS_ONLY },
    });
  });
}, 60_000);
afterAll(() => test.stop());

const TableName = () => resourceOf(test.cloud, 'Things').ref;

describe('a table of the template', () => {
  it('has its keys, indexes, stream and expiry', async () => {
    const { Table } = await test.dynamodb.send(new DescribeTableCommand({ TableName: TableName() }));
    expect(Table).toMatchObject({
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'n', KeyType: 'RANGE' },
      ],
      GlobalSecondaryIndexes: [{ IndexName: 'byKind', Projection: { ProjectionType: 'KEYS_ONLY' } }],
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
    });
    const { TimeToLiveDescription } = await test.dynamodb.send(
      new DescribeTimeToLiveCommand({ TableName: TableName() }),
    );
    expect(TimeToLiveDescription).toMatchObject({ AttributeName: 'expires', TimeToLiveStatus: 'ENABLED' });
  });

  it('keeps what was written over a restart', async () => {
    const Key = { pk: { S: 'a' }, n: { N: '1' } };
    const Item = { ...Key, what: { S: 'kept' } };
    await test.dynamodb.send(new PutItemCommand({ TableName: TableName(), Item }));
    await test.restart();
    const read = await test.dynamodb.send(new GetItemCommand({ TableName: TableName(), Key }));
    expect(read.Item).toEqual(Item);
  });

  it('lies in files that their owner alone can read', () => {
    expect(statSync(join(test.directory, 'dynamodb.db')).mode & 0o777).toBe(0o600);
  });

  it('takes the expiry of a newer template', async () => {
    const { path, clean } = temporaryDirectory();
    const boot = async (timeToLiveAttribute: string | undefined) => {
      const assembly = synthesizeFixture(path, ({ table }) => {
        table('Changing', { ...(timeToLiveAttribute !== undefined && { timeToLiveAttribute }) });
      });
      const cloud = await bootCloud({ assembly, directory: path, port: 0, environment: process.env });
      const { dynamodb } = clientsOf(cloud);
      const name = resourceOf(cloud, 'Changing').ref;
      const found = await dynamodb.send(new DescribeTimeToLiveCommand({ TableName: name }));
      await cloud.stop();
      return found.TimeToLiveDescription?.AttributeName;
    };
    const seen = [await boot(undefined), await boot('first'), await boot('first'), await boot('second')];
    expect([...seen, await boot(undefined)]).toEqual([undefined, 'first', 'first', 'second', undefined]);
    clean();
  });
});

describe('an engine', () => {
  it('that ends by itself is reported', async () => {
    const { path: directory, clean } = temporaryDirectory();
    const lost: string[] = [];
    const onLoss = (line: string) => lost.push(line);
    const { assembly } = test;
    const cloud = await bootCloud({ assembly, directory, port: 0, environment: process.env, onLoss });
    const [engine] = engineProcesses(directory).filter(({ supervises }) => !supervises);
    process.kill(engine?.pid ?? Number.NaN, 'SIGKILL');
    await eventually('the loss', async () => lost[0]);
    expect(lost).toEqual([expect.stringMatching(/^the DynamoDB engine ended/)]);
    await cloud.stop();
    expect(lost).toHaveLength(1);
    expect(engineProcesses(directory)).toEqual([]);
    clean();
  });

  it('that does not answer is a refusal in one line', async () => {
    const environment = { AUTONOMY_DYNAMODB_ENDPOINT: 'http://127.0.0.1:9' };
    expect(await refusedBoot(() => undefined, { environment })).toEqual({
      name: 'BootError',
      message: expect.stringMatching(
        /^the tables cannot be made: .*the DynamoDB engine does not answer/,
      ) as string,
      leftRunning: 0,
    });
  });

  it('that is not installed is a refusal that says what to do', () => {
    const { path, clean } = temporaryDirectory();
    const source = join(import.meta.dirname, '../../../local');
    for (const file of ['boot-error.ts', 'private-database.ts', 'dynamodb/engine.ts']) {
      cpSync(join(source, file), join(path, file));
    }
    const script = `import('${path}/dynamodb/engine.ts')
      .then(({ startEngine }) => startEngine({ directory: '${path}', environment: { PATH: '${path}' } }))
      .catch((error) => process.stdout.write(error.name + ': ' + error.message));`;
    const said = execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
    expect(said).toBe(
      'BootError: no DynamoDB engine: install dynoxide on the PATH or set AUTONOMY_DYNAMODB_ENDPOINT to one that runs',
    );
    clean();
  });

  it('whose tables have another shape than the template is a refusal that says what to do', async () => {
    const { path: directory, clean } = temporaryDirectory();
    const boot = (sortKey?: ReturnType<typeof text>) => {
      const assembly = synthesizeFixture(directory, ({ table }) => {
        table('Changing', { ...(sortKey && { sortKey }) });
      });
      return { assembly, directory, port: 0, environment: process.env };
    };
    const cloud = await bootCloud(boot());
    await cloud.stop();
    expect(await refusalOf(boot(text('sk')))).toEqual({
      name: 'BootError',
      message: expect.stringMatching(
        /Changing\w+ has other keys, indexes or stream than the template/,
      ) as string,
      leftRunning: 0,
    });
    clean();
  });
});
