import { globSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bootCloud } from '../../../local/cloud.ts';
import { engineProcesses } from '../fixtures/engine-processes.ts';
import { type Refusal, refusalOf } from '../fixtures/refused-boot.ts';
import { synthesizeFixture } from '../fixtures/start-cloud.ts';
import { temporaryDirectory } from '../fixtures/temporary-directory.ts';

const home = temporaryDirectory();
let assembly = '';
beforeAll(() => {
  assembly = synthesizeFixture(home.path, ({ probe }) => {
    probe('Probe');
  });
});
afterAll(home.clean);

const options = (more = {}) => ({
  ...{ assembly, directory: join(home.path, 'home'), port: 0, environment: process.env, ...more },
});
const refusal = (message: RegExp): Refusal => ({
  name: 'BootError',
  message: expect.stringMatching(message) as string,
  leftRunning: 0,
});

describe('a boot', () => {
  it('on a port that is taken is refused in one line', async () => {
    const server = createServer();
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const wanted = /^port \d+ is taken; set PORT to another or end the program that holds it$/;
    expect(await refusalOf(options({ port }))).toEqual(refusal(wanted));
    server.close();
    const cloud = await bootCloud(options({ port: 0 }));
    await cloud.stop();
  });

  it('in the directory of a running cloud is refused in one line, and leaves that cloud alone', async () => {
    const directory = join(home.path, 'shared');
    const cloud = await bootCloud(options({ directory }));
    const engines = engineProcesses(directory);
    const second = await refusalOf(options({ directory }));
    const message = `${directory} is in use by process ${process.pid}: end it, or set AUTONOMY_HOME to another directory`;
    expect(second).toMatchObject({ name: 'BootError', message });
    expect(engineProcesses(directory)).toEqual(engines);
    expect((await fetch(cloud.url)).status).toBe(404);
    await cloud.stop();
    expect(engineProcesses(directory)).toEqual([]);
  });

  it.each<[string, (copy: string) => void, RegExp]>([
    [
      'no assembly',
      (copy) => rmSync(join(copy, 'manifest.json')),
      /^the cloud assembly cannot be read, synthesize it again: \S+manifest\.json: ENOENT/,
    ],
    [
      'a broken manifest',
      (copy) => writeFileSync(join(copy, 'manifest.json'), '{"artifacts":'),
      /^the cloud assembly cannot be read, synthesize it again: \S+manifest\.json: [^\n]+$/,
    ],
    [
      'a broken template',
      (copy) => writeFileSync(join(copy, 'Test.template.json'), '{'),
      /^the cloud assembly cannot be read, synthesize it again: \S+Test\.template\.json: [^\n]+$/,
    ],
    [
      'a template of another shape',
      (copy) => writeFileSync(join(copy, 'Test.template.json'), '{"Resources":[]}'),
      /^\S+Test\.template\.json at Resources: [^\n]+$/,
    ],
    [
      'a section that is not run',
      (copy) => writeFileSync(join(copy, 'Test.template.json'), '{"Mappings":{}}'),
      /Test\.template\.json at : [^\n]*Mappings[^\n]*$/,
    ],
    [
      'a bundle that is gone',
      (copy) => {
        for (const path of globSync(join(copy, 'asset.*'))) rmSync(path, { recursive: true });
      },
      /^Test\/Probe\w+: the assembly has no directory for its code \w+\.zip; synthesize it again$/,
    ],
  ])('with %s is refused in one line', async (_, breakIt, message) => {
    const { path, clean } = temporaryDirectory();
    const copy = synthesizeFixture(path, ({ probe }) => {
      probe('Probe');
    });
    breakIt(copy);
    expect(await refusalOf(options({ assembly: copy }))).toEqual(refusal(message));
    clean();
  });

  it('after any of them succeeds', async () => {
    const cloud = await bootCloud(options());
    expect((await fetch(cloud.url)).status).toBe(404);
    await cloud.stop();
    await expect(fetch(cloud.url)).rejects.toThrow();
  });
});
