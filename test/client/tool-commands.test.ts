import type { AddressInfo } from 'node:net';
import { serve, type ServerType } from '@hono/node-server';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { runCli } from '../../client/cli/run-cli.ts';
import { createGovernanceApi } from '../../functions/governance/governance-api.ts';
import { startWorld, type World } from '../harness/door.ts';
import { NOW } from '../harness/facts.ts';
import { signedBy } from '../harness/http.ts';
import { change, organisation } from '../harness/organisation.ts';
import { described, look, pinOf, startUpstream, type Upstream } from '../harness/upstream.ts';

const TOOL = 'erp.create_order';
let world: World;
let upstream: Upstream;
let server: ServerType;
let endpoint: string;
beforeAll(async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIATEST');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
  world = await startWorld();
  upstream = await startUpstream();
  server = await new Promise<ServerType>((ready) => {
    const started = serve({ fetch: answer, port: 0, hostname: '127.0.0.1' }, () => ready(started));
  });
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const pinned = { upstream: pinOf(upstream), owner: 'vera', version: '2' };
  await world.apply(change(organisation(), `Tool ${TOOL}`, pinned));
  await look(world);
  upstream.document = described({ discount: { type: 'string' } });
  await look(world);
}, 30_000);
afterAll(async () => {
  vi.unstubAllEnvs();
  await new Promise((done) => server.close(done));
  await upstream.stop();
  await world.stop();
});

function answer(request: Request) {
  const { registry, now } = world.deps;
  const caller = signedBy('arn:aws:iam::111122223333:user/ops');
  return createGovernanceApi({ registry, releases: world.releases, now }).fetch(request, caller);
}

async function cli(...args: string[]) {
  const out: string[] = [];
  const complain = (line: string) => out.push(line);
  const terminal = { env: { AUTONOMY_ENDPOINT: endpoint }, print: complain, complain };
  const code = await runCli(['tools', ...args], terminal);
  return { code, out: out.join('\n') };
}

const differs = 'refs.#/components/schemas/Order.properties.discount: (none) → {"type":"string"}';

describe('autonomy tools', () => {
  it('lists what is in force, with owner, review and quarantine', async () => {
    const { code, out } = await cli();
    expect(code).toBe(0);
    expect(out.split('\n')).toEqual([
      expect.stringMatching(
        `^${TOOL} operations, owner vera, version 2, [0-9a-f]{12}, reviewed, quarantined since ${NOW.toISOString()}$`,
      ),
      `  ${differs}`,
      expect.stringMatching(/^erp\.get_budget operations, owner none, [0-9a-f]{12}, reviewed$/),
      expect.stringMatching(/^erp\.send_letter /),
      expect.stringMatching(/^erp\.wipe /),
    ]);
    expect(JSON.parse((await cli('list', '--json')).out)).toMatchObject({
      tools: [{ name: TOOL, owner: 'vera' }, {}, {}, {}],
    });
  });

  it('shows one, with all that differs and what to do', async () => {
    const { out } = await cli('show', TOOL);
    expect(out).toContain('review         confirmed as it is');
    expect(out).toContain(`pinned         ${pinOf({ ...upstream, document: described() }).hash}`);
    expect(out).toMatch(/quarantined {4}since .*\n {2}refs.*\nNext: autonomy tools import --only/);
    expect(JSON.parse((await cli('show', TOOL, '--json')).out)).toMatchObject({ quarantine: { more: 0 } });
  });

  it('says of a name nobody has that there is none', async () => {
    expect(await cli('show', 'erp.nothing')).toMatchObject({
      code: 1,
      out: expect.stringContaining('no tool in force') as string,
    });
  });
});
