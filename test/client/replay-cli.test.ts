import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serve, type ServerType } from '@hono/node-server';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { runCli } from '../../client/cli/run-cli.ts';
import { instantOf } from '../../client/cli/replay-window.ts';
import { createRecordedDecisions } from '../../functions/aws/recorded-decisions.ts';
import { createReleases } from '../../functions/aws/releases.ts';
import { createGovernanceApi } from '../../functions/governance/governance-api.ts';
import { replayRoutes } from '../../functions/governance/replay-routes.ts';
import { startBucket, type TestBucket } from '../harness/bucket.ts';
import { startWorld, type World } from '../harness/door.ts';
import { NOW } from '../harness/facts.ts';
import { signedBy } from '../harness/http.ts';
import { guard, organisation, withoutPolicy, withPolicy } from '../harness/organisation.ts';

const ops = 'arn:aws:iam::111122223333:user/ops';
const root = join(import.meta.dirname, '../..');
const someKey = '{"kty":"OKP","crv":"Ed25519","x":"AAAA","kid":"k1"}';
const day = ['--since', '2026-11-23', '--until', '2026-11-24'];
let world: World;
let bucket: TestBucket;
let server: ServerType;
let endpoint: string;
let directory: string;
let first: string;
let lenient: string;
let action: string;

/** The governance API over real stores; API Gateway's part is to have checked the signature it demands. */
beforeAll(async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIATEST');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
  directory = mkdtempSync(join(tmpdir(), 'autonomy-replay-'));
  world = await startWorld();
  bucket = await startBucket();
  const { registry, now } = world.deps;
  const recorded = createRecordedDecisions(bucket.client, bucket.name);
  const deps = { registry, now, recorded, releases: createReleases(bucket.client, bucket.name) };
  const api = createGovernanceApi(deps);
  replayRoutes(api, deps);
  const answer = (request: Request) => {
    const signed = request.headers.get('authorization')?.startsWith('AWS4-HMAC-SHA256 ');
    return api.fetch(request, signed ? signedBy(ops) : {});
  };
  server = await new Promise<ServerType>((ready) => {
    const started = serve({ fetch: answer, port: 0, hostname: '127.0.0.1' }, () => ready(started));
  });
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  lenient = (await world.apply(withoutPolicy(organisation(), 'operations-orders-over-1k'))).release.hash;
  world.clock.now = new Date(NOW.getTime() + 60_000);
  const strict = withPolicy(organisation(), guard('operations-letters', 'finance:1', '900000.00'));
  first = (await world.apply(strict)).release.hash;
  for (const bundle of world.bundles.values()) await deps.releases.store(bundle);
  const order = (total: string) => ({ input: { vendor: 'Northwind', total, currency: 'USD' } });
  await world.act({});
  action = String((await world.act(order('2000.00'))).body['id']);
  await world.act(order('3000.00'));
  await recorded.keep(await world.database.events());
}, 30_000);
afterAll(async () => {
  vi.unstubAllEnvs();
  await new Promise((done) => server.close(done));
  await world.stop();
  await bucket.stop();
  rmSync(directory, { recursive: true, force: true });
});

/** One command line; `out` and `err` are its lines, joined. */
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

/** What the pilot's files ask for. */
function pilotVariables(): string[] {
  const file = join(root, 'blueprints/procurement/governance/units/operations/agents.yaml');
  const keys = (readFileSync(file, 'utf8').match(/(?<=\$\{)\w+/g) ?? []).map((name) => `${name}=${someKey}`);
  return ['ERP_URL=https://erp.example.com', 'STAGE=dev', ...keys].flatMap((each) => ['--var', each]);
}

describe('autonomy replay', () => {
  it('finds nothing under the release in force, when it decided all', async () => {
    const { code, out } = await cli('replay', ...day, '--fail-on', 'looser');
    expect(code).toBe(0);
    expect(out).toBe(
      `3 decisions from 2026-11-23T00:00:00.000Z to 2026-11-24T00:00:00.000Z under release ${first.slice(0, 12)}: all decided the same`,
    );
  });

  it('lists counts first, then examples with both answers', async () => {
    const { code, out } = await cli('replay', lenient.slice(0, 8), ...day);
    expect(code).toBe(0);
    const [summary, count, , title, ...examples] = out.split('\n');
    expect(summary).toContain('2 decided otherwise');
    expect(count?.trim()).toBe('2  hold → allow');
    expect(title).toBe('hold → allow');
    expect(examples.join('\n')).toContain(
      `${action} agt_buyer erp.create_order: hold (operations-orders-over-1k: budget-owners:1 within 60 min) → allow (operations-buyers-work)`,
    );
    expect(examples).toHaveLength(2);
  });

  it('ends with 1 in a build when something would be allowed', async () => {
    const { code, err } = await cli('replay', lenient, ...day, '--fail-on', 'allow');
    expect(code).toBe(1);
    expect(err).toContain('2 decisions would be looser');
  });

  it('ends with 1 in a build when a record could not be decided again', async () => {
    const { PutObjectCommand } = await import('@aws-sdk/client-s3');
    const Key = 'decisions/2026-11-22/10-00-00000000000000aa.ndjson';
    await bucket.client.send(new PutObjectCommand({ Bucket: bucket.name, Key, Body: 'nonsense\n' }));
    const window = ['--since', '2026-11-22', '--until', '2026-11-23'];
    expect(await cli('replay', ...window)).toMatchObject({
      code: 0,
      out: expect.stringContaining('1  not decided again: no JSON') as string,
    });
    const failed = await cli('replay', ...window, '--fail-on', 'allow');
    expect(failed).toMatchObject({ code: 1, err: expect.stringContaining('1 records') as string });
  });

  it('tries a directory that nobody applied', async () => {
    const source = join(root, 'blueprints/procurement/governance');
    cpSync(source, directory, { recursive: true });
    const options = pilotVariables();
    const { code, out, err } = await cli('replay', '--dir', directory, ...options, ...day, '--json');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const report = JSON.parse(out) as { release: string; decided: number; flips: { kind: string }[] };
    expect(report.decided).toBe(3);
    expect(report.flips.map(({ kind }) => kind)).toEqual(['allow-to-deny', 'hold-to-deny']);
    expect((await cli('releases')).out).not.toContain(report.release.slice(0, 12));
    writeFileSync(join(directory, 'coe/broken.cedar'), 'permit (');
    const broken = await cli('replay', '--dir', directory, ...options, ...day);
    expect(broken).toMatchObject({ code: 1, err: expect.stringContaining('coe/broken.cedar:1') as string });
  });

  it.each([
    [['replay', 'a72f9a9c', '--dir', 'x'], 'give a hash or --dir, not both'],
    [['replay', 'f'.repeat(64)], 'no release of this hash is stored here'],
    [['replay', 'latest'], 'latest is no release'],
    [['replay', '--since', 'yesterday'], 'write how long ago (7d, 12h, P7D)'],
    [['replay', '--fail-on', 'deny'], 'Allowed choices are allow, looser'],
  ])('refuses what it can not do: %j', async (args, reason) => {
    const { code, err } = await cli(...args);
    expect(code).toBe(1);
    expect(err).toContain(reason);
  });
});

describe('autonomy plan --replay', () => {
  it('tells after the changes what the rules would have decided', async () => {
    const source = join(root, 'blueprints/procurement/governance');
    const target = mkdtempSync(join(directory, 'plan-'));
    cpSync(source, target, { recursive: true });
    const { code, out, err } = await cli('plan', target, ...pilotVariables(), '--replay', '2026-11-23');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/run apply to do it\.\n\n3 decisions from 2026-11-23T00:00:00\.000Z/);
    expect(out).toMatch(/\n +1 {2}allow → deny\n/);
    const json = await cli('plan', target, ...pilotVariables(), '--replay', '2026-11-23', '--json');
    expect(JSON.parse(json.out)).toMatchObject({
      changes: expect.anything() as object,
      replay: { decided: 3 },
    });
    expect(JSON.parse((await cli('plan', target, ...pilotVariables(), '--json')).out)).not.toHaveProperty(
      'replay',
    );
  });
});

describe('autonomy decision replay', () => {
  it('decides one again under the release in force, or the one named', async () => {
    expect((await cli('decision', 'replay', action)).out.split('\n')).toContain('the same');
    const other = await cli('decision', 'replay', action, '--release', lenient.slice(0, 12));
    expect(other.code).toBe(0);
    expect(other.out.split('\n')).toEqual([
      `${action}: agt_buyer asked for erp.create_order`,
      `then: hold (operations-orders-over-1k: budget-owners:1 within 60 min) under release ${first.slice(0, 12)}`,
      `now:  allow (operations-buyers-work) under release ${lenient.slice(0, 12)}`,
      'a flip: hold → allow',
    ]);
    const json = await cli('decision', 'replay', action, '--json');
    expect(JSON.parse(json.out)).toMatchObject({ action, kind: 'same' });
  });

  it('says so when there is no such action', async () => {
    const { code, err } = await cli('decision', 'replay', 'act_00000000');
    expect({ code, err }).toMatchObject({ code: 1, err: expect.stringContaining('404') as string });
  });
});

describe('a window', () => {
  const now = new Date('2026-11-24T12:00:00.000Z');
  it.each([
    ['7d', '2026-11-17T12:00:00.000Z'],
    ['12h', '2026-11-24T00:00:00.000Z'],
    ['30m', '2026-11-24T11:30:00.000Z'],
    ['2w', '2026-11-10T12:00:00.000Z'],
    ['P7D', '2026-11-17T12:00:00.000Z'],
    ['P1DT2H30M', '2026-11-23T09:30:00.000Z'],
    ['2026-11-24', '2026-11-24T00:00:00.000Z'],
    ['2026-11-24T08:00:00+02:00', '2026-11-24T06:00:00.000Z'],
  ])('may begin at %s', (text, instant) => {
    expect(instantOf(text, now)).toBe(instant);
  });

  it.each(['', 'P', 'PT', 'P1DT', '7', 'd', '-7d', 'yesterday', '2026-13-01', '2026-11-24T08:00'])(
    'never at "%s"',
    (text) => {
      expect(() => instantOf(text, now)).toThrow('write how long ago');
    },
  );
});
