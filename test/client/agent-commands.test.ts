import type { AddressInfo } from 'node:net';
import { serve, type ServerType } from '@hono/node-server';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { runCli } from '../../client/cli/run-cli.ts';
import { createGovernanceApi } from '../../functions/governance/governance-api.ts';
import { buyer, startWorld, type World } from '../harness/door.ts';
import { later, NOW } from '../harness/facts.ts';
import { signedBy } from '../harness/http.ts';
import { change, organisation } from '../harness/organisation.ts';

let world: World;
let server: ServerType;
let endpoint: string;

/** The governance API over a real database; API Gateway's part is to have checked the signature it demands. */
beforeAll(async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIATEST');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
  server = await new Promise<ServerType>((ready) => {
    const started = serve({ fetch: answer, port: 0, hostname: '127.0.0.1' }, () => ready(started));
  });
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}, 30_000);
afterAll(async () => {
  vi.unstubAllEnvs();
  await new Promise((done) => server.close(done));
});
beforeEach(async () => {
  world = await startWorld();
  return () => world.stop();
});

function answer(request: Request) {
  const { registry, now } = world.deps;
  const signed = request.headers.get('authorization')?.startsWith('AWS4-HMAC-SHA256 ');
  const caller = signed ? signedBy('arn:aws:iam::111122223333:user/ops') : {};
  return createGovernanceApi({ registry, releases: world.releases, now }).fetch(request, caller);
}

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

describe('autonomy agent', () => {
  it('list names each agent, its stage, sponsor and release', async () => {
    await world.apply(change(organisation(), 'Person vera', { status: 'left' }));
    const { code, out } = await cli('agent', 'list');
    expect(code).toBe(0);
    expect(out.split('\n')).toHaveLength(4);
    expect(out).toContain('agt_buyer operations suspended (sponsor-left), sponsor vera, release 1.0.0');
  });

  it('show tells what it is made of, its keys and what is stale', async () => {
    await cli('agent', 'revoke-key', buyer, 'k1');
    const { out } = await cli('agent', 'show', buyer);
    expect(out).toContain(`1.0.0, model small, prompt ${'a'.repeat(64)}`);
    expect(out).toContain(`k1, revoked ${NOW.toISOString()}`);
    expect(out).toContain('! never-recertified');
    expect(await cli('agent', 'show', 'agt_nobody')).toMatchObject({ code: 1, out: '' });
  });

  it('stale names what to look at and why, of those that did nothing for so many days', async () => {
    await world.apply(change(organisation(), `Agent ${buyer}`, { recertifyBy: '2027-05-01' }));
    expect((await cli('agent', 'stale')).out).not.toContain(buyer);
    world.clock.now = later(10 * 86_400);
    const { out } = await cli('agent', 'stale', '--days', '10');
    expect(out).toContain(`${buyer} unused: never acted; registered on 2026-11-23, 10 days ago`);
    expect(out).toContain(
      `${buyer} over-privileged: erp.get_budget never used; operations-buyers-work permits it`,
    );
    const { agents } = JSON.parse((await cli('agent', 'stale', '--json')).out) as {
      agents: { id: string }[];
    };
    expect(agents.map(({ id }) => id)).toEqual(['agt_clerk', 'agt_second', 'agt_seller']);
    expect((await cli('agent', 'stale', '--days', 'many')).err).toContain('whole number of days');
  });

  it('revoke-key ends a key and says what to do for one there is not', async () => {
    expect((await cli('agent', 'revoke-key', buyer, 'k1')).out).toBe(
      'Key k1 of agt_buyer is good for nothing any more.',
    );
    expect(await cli('agent', 'revoke-key', buyer, 'k9')).toMatchObject({
      code: 1,
      err: expect.stringContaining('agt_buyer has no key k9; it has: k1') as string,
    });
  });

  it('revoke-tokens ends one agent’s or everybody’s, never by mistake', async () => {
    const at = NOW.toISOString();
    expect((await cli('agent', 'revoke-tokens', buyer)).out).toBe(
      `Every token of agt_buyer issued before ${at} is refused.`,
    );
    expect((await cli('agent', 'revoke-tokens', '--all')).out).toBe(
      `Every token issued before ${at} is refused.`,
    );
    for (const args of [[], [buyer, '--all']]) {
      expect(await cli('agent', 'revoke-tokens', ...args)).toMatchObject({
        code: 1,
        err: expect.stringContaining('name one agent, or pass --all') as string,
      });
    }
  });
});
