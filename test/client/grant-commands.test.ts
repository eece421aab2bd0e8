import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serve, type ServerType } from '@hono/node-server';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { runCli } from '../../client/cli/run-cli.ts';
import { actionId, approvalId } from '../../core/id.ts';
import { executeApproved } from '../../functions/action/execute-approved.ts';
import { createGovernanceApi } from '../../functions/governance/governance-api.ts';
import { order, startWorld, type World } from '../harness/door.ts';
import { grantOf, ops, someTerms } from '../harness/grants.ts';
import { signedBy } from '../harness/http.ts';
import { vote } from '../harness/votes.ts';

let world: World;
let server: ServerType;
let endpoint: string;
const folder = mkdtempSync(join(tmpdir(), 'grants-'));
const file = join(folder, 'grant.json');

beforeAll(async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIATEST');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
  world = await startWorld();
  const { registry, now } = world.deps;
  const api = createGovernanceApi({ registry, releases: world.releases, now });
  const fetch = (request: Request) => api.fetch(request, signedBy(ops.id));
  server = await new Promise<ServerType>((ready) => {
    const started = serve({ fetch, port: 0, hostname: '127.0.0.1' }, () => ready(started));
  });
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}, 30_000);
afterAll(async () => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
  await new Promise((done) => server.close(done));
  await world.stop();
});

async function cli(...args: string[]) {
  const lines: string[] = [];
  const print = (line: string) => lines.push(line);
  const code = await runCli(['grant', ...args], {
    env: { AUTONOMY_ENDPOINT: endpoint },
    print,
    complain: print,
  });
  return { code, out: lines.join('\n') };
}

describe('autonomy grant', () => {
  it('asks, lists what is used and left, and revokes', async () => {
    expect(await cli('list')).toEqual({ code: 0, out: 'There is no standing grant.' });
    writeFileSync(file, JSON.stringify(someTerms({ money: { total: '9000.00', currency: 'USD' } })));
    const asked = JSON.parse((await cli('request', file, '--json')).out) as Record<string, string>;
    expect((await cli('request', file)).out).toContain(`Asked as ${asked['action'] ?? ''}`);
    await vote(world, { approval: approvalId.parse(asked['approval']) }, 'ada');
    await executeApproved(world.deps, actionId.parse(asked['action']));
    await world.act({ input: { ...order, total: '1500.00' } });
    const { id } = await grantOf(world);
    expect((await cli('list')).out).toBe(
      `${id} live: agt_buyer erp.create_order past operations-orders-over-1k, 1 of 10 uses, 1500.00 of 9000.00 USD, until ${someTerms().until}, by ada: restocks before the end of the year`,
    );
    expect((await cli('revoke', id, '--reason', 'enough')).code).toBe(0);
    expect((await cli('revoke', id, '--reason', 'enough')).out).toContain('409 revoked');
    expect((await cli('list', '--json')).out).toContain('"state":"revoked"');
    const events = await world.database.events();
    const own = events.filter(({ subject }) => subject === `GRANT#${id}`);
    expect(own.map(({ type, version }) => [type, version])).toEqual([
      ['grant.made', 1],
      ['grant.revoked', 2],
    ]);
    expect(own[1]).toMatchObject({ actor: ops, data: { id, reason: 'enough' } });
  });

  it('says what does not fit, and what can not be read', async () => {
    writeFileSync(file, JSON.stringify({ ...someTerms(), guard: 'operations-orders-over-2k' }));
    expect(await cli('request', file)).toMatchObject({
      code: 1,
      out: expect.stringContaining('did you mean operations-orders-over-1k?') as string,
    });
    writeFileSync(file, JSON.stringify({ ...someTerms(), forever: true }));
    expect((await cli('request', file)).out).toContain('400 invalid-body');
    expect((await cli('request', join(folder, 'none'))).out).toContain('ENOENT');
    expect((await cli('revoke', 'grt_0', '--reason', 'x')).out).toContain('404 unknown-grant');
  });
});
