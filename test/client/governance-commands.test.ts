import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serve, type ServerType } from '@hono/node-server';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { runCli } from '../../client/cli/run-cli.ts';
import { createGovernanceApi } from '../../functions/governance/governance-api.ts';
import { startWorld, type World } from '../harness/door.ts';
import { signedBy } from '../harness/http.ts';
import { organisation } from '../harness/organisation.ts';

const ops = 'arn:aws:iam::111122223333:user/ops';
let world: World;
let server: ServerType;
let endpoint: string;
let home: string;
let directory: string;

beforeAll(async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIATEST');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
  world = await startWorld();
  const { registry, now } = world.deps;
  const api = createGovernanceApi({ registry, releases: world.releases, now });
  server = await new Promise<ServerType>((ready) => {
    const fetch = (request: Request) => api.fetch(request, signedBy(ops));
    const started = serve({ fetch, port: 0, hostname: '127.0.0.1' }, () => ready(started));
  });
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}, 30_000);
afterAll(async () => {
  vi.unstubAllEnvs();
  await new Promise((done) => server.close(done));
  await world.stop();
});
beforeEach(async () => {
  await world.apply(organisation());
  home = mkdtempSync(join(tmpdir(), 'autonomy-export-'));
  directory = join(home, 'live');
  expect(await cli('export', directory)).toMatchObject({ code: 0 });
});
afterEach(() => rmSync(home, { recursive: true }));

async function cli(...args: string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const code = await runCli(args, {
    env: { AUTONOMY_ENDPOINT: endpoint },
    print: (line) => out.push(line),
    complain: (line) => err.push(line),
  });
  return { code, out: out.join('\n'), err: err.join('\n') };
}
function edit(file: string, from: string | RegExp, to: string) {
  const text = readFileSync(join(directory, file), 'utf8');
  const edited = text.replace(from, to);
  expect(edited).not.toBe(text);
  writeFileSync(join(directory, file), edited);
}

/** The definition a review names and the tool's own, in the order a complaint tells them. */
const hashesIn = (text: string) => text.match(/[0-9a-f]{64}/g) ?? [];

describe('autonomy export', () => {
  it('writes what is live so that a plan of it finds nothing to do', async () => {
    const { code, out } = await cli('plan', directory);
    expect({ code, out }).toEqual({
      code: 0,
      out: expect.stringMatching(/^Nothing to do: 15 rows and release [0-9a-f]{12} are live\.$/) as string,
    });
  });

  it('says how much it wrote, and what files could not hold', async () => {
    const { out, err } = await cli('export', join(home, 'again'));
    expect(out).toMatch(/files in .*again: \d+ manifests, 4 policies, 0 cases\.$/);
    expect(err).toContain('comments and variables are in your repository alone');
    expect(err).toContain('no policy tests (.cedar.test.yaml) are live');
  });

  it('leaves a directory alone that holds something, unless forced', async () => {
    const before = readFileSync(join(directory, 'coe/people.yaml'), 'utf8');
    edit('coe/people.yaml', 'vera', 'anna');
    const { code, err } = await cli('export', directory);
    expect({ code, err }).toEqual({
      code: 1,
      err: `${directory} is not empty: name another directory, or pass --force`,
    });
    expect(await cli('export', directory, '--force')).toMatchObject({ code: 0 });
    expect(readFileSync(join(directory, 'coe/people.yaml'), 'utf8')).toBe(before);
  });

  it('prints one JSON body when asked, and writes nothing', async () => {
    const { out } = await cli('export', directory, '--json');
    const { manifests, policies } = JSON.parse(out) as { manifests: object[]; policies: object[] };
    expect(manifests.length).toBeGreaterThan(20);
    expect(policies).toHaveLength(4);
  });
});

describe('autonomy plan', () => {
  it('shows a changed row field by field', async () => {
    edit('units/operations/agents.yaml', 'dailyActions: 100', 'dailyActions: 7');
    const { out } = await cli('plan', directory);
    expect(out.split('\n')).toEqual([
      '~ agent agt_buyer',
      '    dailyActions: 100 → 7',
      '1 to change; run apply to do it.',
    ]);
  });

  it('shows the rules one by one: tool and field, policy and line', async () => {
    edit('units/operations/tools.yaml', 'timeoutSeconds: 5', 'timeoutSeconds: 9');
    edit('units/operations/policies/policies.cedar', 'decimal("1000.00")', 'decimal("2000.00")');
    const { err } = await cli('plan', directory);
    const [reviewed = '', now = ''] = hashesIn(err);
    edit('coe/reviews.yaml', reviewed, now);
    const { out } = await cli('plan', directory);
    expect(out).toMatch(
      /^~ release [0-9a-f]{12}\n(?: {2}~ review .*\n(?: {6}.*\n)+)? {2}~ tool erp\.create_order\n {6}timeoutSeconds: 5 → 9\n/,
    );
    expect(out).toContain(`  ~ policy operations-orders-over-1k
      - when { context.amount.greaterThan(decimal("1000.00")) }
      + when { context.amount.greaterThan(decimal("2000.00")) }`);
  });

  it('gives the differences as JSON when asked', async () => {
    edit('units/operations/agents.yaml', 'dailyActions: 100', 'dailyActions: 7');
    const { out } = await cli('plan', directory, '--json');
    const { changes } = JSON.parse(out) as { changes: { action: string }[] };
    expect(changes.filter(({ action }) => action !== 'none')).toMatchObject([
      { noun: 'agent', id: 'agt_buyer', differences: [{ field: 'dailyActions', before: '100', after: '7' }] },
    ]);
  });

  it('lets nothing a manifest holds steer the terminal', async () => {
    edit('units/operations/agents.yaml', /purpose: .*/, 'purpose: "\\e[2J"');
    const { out } = await cli('plan', directory);
    expect(out).toContain('[2J');
    expect(out).not.toContain('\u001b');
  });
});

describe('a directory that is not right', () => {
  it.each<[string, string, string, string, RegExp]>([
    [
      'a field nobody knows',
      'units/operations/agents.yaml',
      'dailyActions: 100',
      'dailyActoins: 100',
      /dailyActoins: there is no such field: did you mean dailyActions\?$/,
    ],
    [
      'a name nobody knows',
      'coe/groups.yaml',
      '- vera',
      '- vear',
      /members: there is no person vear: did you mean vera\?$/,
    ],
    [
      'a value that does not fit',
      'units/operations/tools.yaml',
      'timeoutSeconds: 5',
      'timeoutSeconds: 999',
      /timeoutSeconds: .*300$/,
    ],
    [
      'a field of a field',
      'units/operations/tools.yaml',
      'method: POST',
      'method: PSOT',
      /connector\.method: /,
    ],
  ])('is answered with the line of the field: %s', async (_, file, from, to, reason) => {
    edit(file, from, to);
    const lines = readFileSync(join(directory, file), 'utf8').split('\n');
    const field = file.endsWith('groups.yaml') ? 'members:' : to.split(':')[0];
    const line = lines.findIndex((text) => text.trim().startsWith(String(field)) || text.includes(to)) + 1;
    const { code, err } = await cli('plan', directory);
    expect(code).toBe(1);
    const [first = ''] = err.split('\n');
    expect(first).toMatch(reason);
    expect(first.startsWith(`${file}:${line}: `)).toBe(true);
  });
});

describe('autonomy apply --prune', () => {
  it('takes out of use what is in no file, and has nothing to do the second time', async () => {
    rmSync(join(directory, 'units/sales'), { recursive: true });
    expect((await cli('plan', directory)).out).toContain('? agent agt_seller is live and not in the files');
    const { out } = await cli('plan', directory, '--prune');
    expect(out.split('\n').slice(0, 4)).toEqual([
      '- agent agt_seller',
      expect.stringMatching(/^ {4}stage: \w+ → retired$/),
      '- unit sales',
      '    withdrawn: (none) → true',
    ]);
    expect(await cli('apply', directory, '--prune')).toMatchObject({ code: 0 });
    expect((await cli('apply', directory, '--prune')).out).toMatch(/^Nothing to do/);
    expect((await cli('plan', directory)).out).not.toContain('unmanaged');
    mkdirSync(join(home, 'after'));
    expect(await cli('export', join(home, 'after'))).toMatchObject({ code: 0 });
    expect((await cli('plan', join(home, 'after'))).out).toMatch(/^Nothing to do/);
  });
});
