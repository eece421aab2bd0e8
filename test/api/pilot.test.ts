import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createScriptedApprover } from '../../blueprints/procurement/scripted-approver.ts';
import { eventually, freePort, productAssembly, root, startLocal } from './product.ts';

const home = mkdtempSync(join(tmpdir(), 'autonomy-pilot-'));
beforeAll(() => productAssembly(), 120_000);
afterAll(() => rmSync(home, { recursive: true, force: true }));

const shipped = readFileSync(join(root, 'blueprints/procurement/requests.csv'), 'utf8');

/** The header and some rows of the shipped requests. */
function someRequests(name: string, ids: readonly string[]): string {
  const [header = '', ...rows] = shipped.split('\n');
  const chosen = rows.filter((row) => ids.some((id) => row.startsWith(`${id},`)));
  const file = join(home, `${name}.csv`);
  writeFileSync(file, [header, ...chosen, ''].join('\n'));
  return file;
}

const reportOf = (output: string) =>
  JSON.parse(output.trim().split('\n').at(-1) ?? '') as Record<string, unknown>;

describe('npm run pilot', () => {
  it('takes all 60 rows to their ends in under 90 seconds, and the audit log agrees with the ERP', async () => {
    const began = performance.now();
    const local = startLocal(['pilot', '--decide', 'approve', '--json'], {});
    expect(await local.ended, local.output()).toBe(0);
    const report = reportOf(local.output());
    expect(report).toMatchObject({
      requests: 60,
      ordered: 47,
      denied: 4,
      rejected: 0,
      expired: 0,
      pending: 0,
      invalid: 9,
      heldForApproval: 25,
      auditComplete: true,
      faults: [],
    });
    expect(report['minutesSaved']).toBeGreaterThan(0);
    expect((performance.now() - began) / 1000).toBeLessThan(90);
  }, 100_000);

  it('rejects what people deny, leaves pending what nobody decides, and says so in words', async () => {
    const input = someRequests('few', ['PR-0001', 'PR-0004', 'PR-0010', 'PR-0057']);
    const denied = startLocal(['pilot', '--input', input, '--decide', 'deny', '--json'], {});
    expect(await denied.ended, denied.output()).toBe(0);
    expect(reportOf(denied.output())).toMatchObject({ ordered: 1, rejected: 2, invalid: 1, faults: [] });
    const left = startLocal(['pilot', '--input', input], {});
    expect(await left.ended, left.output()).toBe(0);
    expect(left.output()).toMatch(/line 5 \(PR-0057\): business_unit: there is no unit skunkworks/);
    expect(left.output()).toMatch(/waiting for people +2/);
  }, 60_000);

  it.each([
    [['pilot', '--decide', 'maybe'], {}, /--decide/],
    [['pilot', '--input', 'nowhere.csv'], {}, /--input: is no file/],
    [['pilot'], { PORT: 'eighty' }, /PORT=eighty is no port/],
  ])(
    'refuses %j with %j in one line',
    async (args, env, line) => {
      const local = startLocal(args, env);
      expect(await local.ended).not.toBe(0);
      expect(local.output()).toMatch(line);
      expect(local.output()).not.toMatch(/\n\s+at /);
    },
    30_000,
  );
});

describe('npm start', () => {
  it('goes on after kill -9 in the middle: nothing lost, nothing doubled', async () => {
    const ids = Array.from({ length: 16 }, (_, n) => `PR-00${String(n + 1).padStart(2, '0')}`);
    const input = someRequests('interrupted', ids);
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
    expect(rows).toMatch(/^ +16\n/);
    expect(rows).toMatch(/waiting for people +0\n/);
    expect(rows).toMatch(/failed +0\n/);
    expect(rows).toMatch(/audit complete +yes\n/);
  }, 150_000);

  it('says in one line when its port or its directory is taken', async () => {
    const env = { PORT: String(await freePort()), AUTONOMY_HOME: join(home, 'taken') };
    const first = startLocal(['--input', someRequests('one', ['PR-0001'])], env);
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
