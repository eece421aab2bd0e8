import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createScriptedApprover } from '../../blueprints/procurement/scripted-approver.ts';
import { productAssembly } from '../harness/assembly.ts';
import { eventually, freePort, someRequests, startLocal } from './product.ts';

const home = mkdtempSync(join(tmpdir(), 'autonomy-start-'));
beforeAll(() => productAssembly(), 120_000);
afterAll(() => rmSync(home, { recursive: true, force: true }));

describe('npm start', () => {
  it('goes on after kill -9 in the middle: nothing lost, nothing doubled', async () => {
    const ids = Array.from({ length: 8 }, (_, n) => `PR-00${String(n + 1).padStart(2, '0')}`);
    const input = someRequests(home, ids);
    const env = { PORT: String(await freePort()), AUTONOMY_HOME: join(home, 'interrupted') };
    const url = `http://127.0.0.1:${env.PORT}`;
    const first = startLocal(['--input', input], env);
    await eventually('people are asked', async () => ((await inboxSize(url)) > 3 ? true : undefined), 60);
    first.process.kill('SIGKILL');
    await first.ended;
    await eventually('its children are gone', async () => ((await inboxSize(url)) < 0 ? true : undefined));

    const again = startLocal(['--input', input], env);
    const approve = createScriptedApprover(url, 'approve');
    await eventually(
      'everything ended',
      async () => {
        if ((await inboxSize(url)) >= 0) await approve();
        return again.output().includes('Everything goes on running') ? true : undefined;
      },
      90,
    );
    again.process.kill('SIGINT');
    expect(await again.ended).toBeTypeOf('number');
    expect(again.output()).not.toContain('FAULT');
    const rows = again.output().split('\n  requests').at(-1);
    expect(rows).toMatch(/^ +8\n/);
    expect(rows).toMatch(/waiting for people +0\n/);
    expect(rows).toMatch(/failed +0\n/);
    expect(rows).toMatch(/audit complete +yes\n/);
  }, 150_000);

  it('says in one line when its port or its directory is taken', async () => {
    const env = { PORT: String(await freePort()), AUTONOMY_HOME: join(home, 'taken') };
    const first = startLocal(['--input', someRequests(home, ['PR-0001'])], env);
    await eventually('it runs', async () => (first.output().includes('console') ? true : undefined), 30);
    const samePort = startLocal([], { ...env, AUTONOMY_HOME: join(home, 'other') });
    expect(await samePort.ended).toBe(1);
    expect(samePort.output()).toMatch(/port \d+ is taken; set PORT to another/);
    const sameHome = startLocal([], { ...env, PORT: '0' });
    expect(await sameHome.ended).toBe(1);
    expect(sameHome.output()).toMatch(/is in use by process \d+/);
    first.process.kill('SIGTERM');
    await first.ended;
  }, 60_000);
});

/** Mails so far; -1 when nobody answers. */
async function inboxSize(url: string): Promise<number> {
  try {
    const { messages } = (await (await fetch(`${url}/_local/inbox.json`)).json()) as { messages: unknown[] };
    return messages.length;
  } catch {
    return -1;
  }
}
