import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Cloud } from '../../../local/cloud.ts';
import { engineProcesses } from '../fixtures/engine-processes.ts';
import { clientsOf, eventually, synthesizeFixture } from '../fixtures/start-cloud.ts';
import { temporaryDirectory } from '../fixtures/temporary-directory.ts';

const home = temporaryDirectory();
const directory = join(home.path, 'home');
let assembly = '';
beforeAll(() => {
  assembly = synthesizeFixture(home.path, ({ probe, table }) => {
    probe('Probe', { functionName: 'probe' });
    table('Things', { tableName: 'things' });
  });
});
const started: ChildProcess[] = [];
afterAll(() => {
  for (const child of started) child.kill('SIGKILL');
  home.clean();
});

type Running = Pick<Cloud, 'url' | 'administrator'>;

/** A cloud in a process of its own. */
async function bootElsewhere(): Promise<{ readonly child: ChildProcess; readonly cloud: Running }> {
  const script = join(import.meta.dirname, '../fixtures/boot-and-stay.ts');
  const stdio: ['ignore', 'pipe', 'inherit'] = ['ignore', 'pipe', 'inherit'];
  const child = spawn(process.execPath, [script, assembly, directory], { stdio });
  started.push(child);
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return { child, cloud: JSON.parse(line.toString()) as Running };
}

describe('a cloud whose process is killed', () => {
  it('leaves no engine and no function behind, and what was written is there at the next boot', async () => {
    const first = await bootElsewhere();
    const { dynamodb, lambda } = clientsOf(first.cloud);
    const Item = { pk: { S: 'kept' } };
    await dynamodb.send(new PutItemCommand({ TableName: 'things', Item }));
    const hanging = lambda.send(new InvokeCommand({ FunctionName: 'probe', Payload: '{"do":"hang"}' })).then(
      () => 'answered',
      () => 'cut off',
    );
    const engines = engineProcesses(directory);
    expect(engines.filter(({ supervises }) => !supervises)).toHaveLength(1);
    first.child.kill('SIGKILL');
    expect(await hanging).toBe('cut off');
    await eventually(
      'the end of the engine',
      async () => engineProcesses(directory).length === 0 || undefined,
    );
    const second = await bootElsewhere();
    const read = new GetItemCommand({ TableName: 'things', Key: Item });
    expect((await clientsOf(second.cloud).dynamodb.send(read)).Item).toEqual(Item);
  });
});
