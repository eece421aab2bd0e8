import type { AddressInfo } from 'node:net';
import { serve, type ServerType } from '@hono/node-server';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { runCli } from '../../client/cli/run-cli.ts';
import { releaseKey } from '../../core/policy/release.ts';
import { createGovernanceApi } from '../../functions/governance/governance-api.ts';
import { order, startWorld, type World } from '../harness/door.ts';
import { signedBy } from '../harness/http.ts';
import { NOW } from '../harness/facts.ts';
import { organisation, withPolicy } from '../harness/organisation.ts';

const ops = 'arn:aws:iam::111122223333:user/ops';
const closed = withPolicy(
  organisation(),
  `@id("operations-closed") @title("Closed") forbid (principal, action, resource);`,
);
let world: World;
let server: ServerType;
let endpoint: string;
let first: string;
let second: string;

/** The governance API over a real database; API Gateway's part is to have checked the signature it demands. */
beforeAll(async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIATEST');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
  world = await startWorld();
  const { registry, now } = world.deps;
  const api = createGovernanceApi({ registry, releases: world.releases, now });
  const answer = (request: Request) => {
    const signed = request.headers.get('authorization')?.startsWith('AWS4-HMAC-SHA256 ');
    return api.fetch(request, signed ? signedBy(ops) : {});
  };
  server = await new Promise<ServerType>((ready) => {
    const started = serve({ fetch: answer, port: 0, hostname: '127.0.0.1' }, () => ready(started));
  });
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  first = (await world.apply(organisation())).release.hash;
  world.clock.now = new Date(NOW.getTime() + 60_000);
  second = (await world.apply(closed)).release.hash;
}, 30_000);
afterAll(async () => {
  vi.unstubAllEnvs();
  await new Promise((done) => server.close(done));
  await world.stop();
});
beforeEach(() => world.apply(closed));

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
async function ask(fields: Parameters<World['act']>[0] = {}): Promise<string> {
  const { body } = await world.act(fields);
  return (body as { id?: string }).id ?? (body['action'] as { id: string }).id;
}

describe('autonomy releases', () => {
  it('lists the newest first and marks the one in force', async () => {
    const { code, out } = await cli('releases');
    expect(code).toBe(0);
    const [newest = '', oldest = ''] = out.split('\n');
    expect(newest).toMatch(new RegExp(`^\\* ${second.slice(0, 12)} .* 5 policies, 4 tools, in force since`));
    expect(oldest).toMatch(new RegExp(`^ {2}${first.slice(0, 12)} .* 4 policies, 4 tools$`));
  });

  it('prints one JSON object when asked', async () => {
    const { out } = await cli('releases', '--json');
    expect(JSON.parse(out)).toMatchObject({ releases: [{ release: second }, { release: first }] });
  });
});

describe('autonomy rollback', () => {
  it.each([
    ['its whole hash', () => first],
    ['eight characters', () => first.slice(0, 8)],
  ])('goes back to a release by %s', async (_, hash) => {
    const { code, out } = await cli('rollback', hash());
    expect({ code, out }).toEqual({
      code: 0,
      out: `Release ${first.slice(0, 12)} is in force in place of ${second.slice(0, 12)}.`,
    });
    expect(await world.act({})).toMatchObject({ status: 200 });
  });

  it('does nothing when it is in force, and says so', async () => {
    expect(await cli('rollback', second)).toMatchObject({
      code: 0,
      out: expect.stringContaining('Nothing to do') as string,
    });
    const { out } = await cli('rollback', second, '--json');
    expect(JSON.parse(out)).toEqual({ release: second, before: second, action: 'none' });
  });

  it.each([
    ['too few characters', 'abcdef1', 'at least 8 characters'],
    ['what is no hash', 'the-last-one', 'is no release'],
    ['a beginning no release has', 'ffffffff', 'no release begins with ffffffff: see autonomy releases'],
    ['a hash nobody applied', 'f'.repeat(64), '404 unknown-release: no release of this hash'],
  ])('ends with 1 and what to do for %s', async (_, hash, message) => {
    const { code, err } = await cli('rollback', hash);
    expect(code).toBe(1);
    expect(err).toContain(message);
  });

  it('asks for more of a beginning that several releases share', async () => {
    const twin = `${first.slice(0, 10)}${'0'.repeat(54)}`;
    const [row] = await world.deps.registry.load([releaseKey(first)]);
    await world.deps.registry.commit({
      writes: [{ kind: 'put', row: { ...row, ...releaseKey(twin), v: 1, release: twin } }],
      events: [
        {
          v: 1,
          subject: 'TWIN',
          version: 1,
          type: 'release.published',
          at: NOW.toISOString(),
          actor: { kind: 'system', id: 'test' },
          data: {},
        },
      ],
      result: undefined,
    });
    const { code, err } = await cli('rollback', first.slice(0, 8));
    expect(code).toBe(1);
    const [question, ...hashes] = err.split('\n');
    expect(question).toBe(`2 releases begin with ${first.slice(0, 8)}: give more of`);
    expect(hashes.sort()).toEqual([first, twin].sort());
  });
});

describe('autonomy decision explain', () => {
  it('shows the answer, that it is the same again, and the policy with its place and text', async () => {
    const id = await ask();
    const { code, out } = await cli('decision', 'explain', id);
    expect(code).toBe(0);
    expect(out.split('\n')).toEqual([
      `${id}: agt_buyer asked for erp.create_order; it is denied`,
      `deny (forbidden) under release ${second.slice(0, 12)}; decided again: the same`,
      'forbidden by: Closed',
      '',
      'operations.cedar:9: operations-closed (Closed)',
      '  @id("operations-closed") @title("Closed") forbid (principal, action, resource);',
    ]);
  });

  it('shows who must agree to what is held', async () => {
    await world.apply(organisation());
    const { out } = await cli('decision', 'explain', await ask({ input: { ...order, total: '2000.00' } }));
    expect(out).toContain('guard operations-orders-over-1k: 1 of budget-owners');
  });

  it('prints one JSON object when asked', async () => {
    const id = await ask();
    const { out } = await cli('decision', 'explain', id, '--json');
    expect(JSON.parse(out)).toMatchObject({ action: id, reproduced: true, then: { outcome: 'deny' } });
  });

  it('lets nothing an agent wrote steer the terminal', async () => {
    const id = await ask({ input: { ...order, ['\u001b[2J']: 'x' } });
    const { out } = await cli('decision', 'explain', id);
    expect(out).toContain('[2J');
    expect(out).not.toContain('\u001b');
  });

  it('ends with 1 and what to do for an action there is not', async () => {
    const { code, err } = await cli('decision', 'explain', 'act_00000000');
    expect(code).toBe(1);
    expect(err).toContain('404 unknown-action: there is no action of this id');
  });
});
