import type { AddressInfo } from 'node:net';
import { serve, type ServerType } from '@hono/node-server';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { runCli } from '../../../client/cli/run-cli.ts';
import { askApprovers } from '../../../functions/approval/ask-approvers.ts';
import { createApprovalsApi } from '../../../functions/approval/approvals-api.ts';
import type { SendMail } from '../../../functions/aws/mail.ts';
import { openDesk } from '../../harness/approvers.ts';
import { startWorld, type World } from '../../harness/door.ts';
import { signedBy } from '../../harness/http.ts';
import { later } from '../../harness/facts.ts';
import { type Held, holdOrder, vote } from '../../harness/votes.ts';

const ops = 'arn:aws:iam::111122223333:user/ops';
let world: World;
let server: ServerType;
let endpoint: string;
let pending: Held;
let decided: Held;

/** The API behind API Gateway's part, which is to have checked the signature. */
beforeAll(async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIATEST');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
  world = await startWorld();
  const { registry, now } = world.deps;
  const api = createApprovalsApi({ registry, now });
  const answer = (request: Request) => {
    const signed = request.headers.get('authorization')?.startsWith('AWS4-HMAC-SHA256 ');
    return api.fetch(request, signed ? signedBy(ops) : { event: {} });
  };
  server = await new Promise<ServerType>((ready) => {
    const started = serve({ fetch: answer, port: 0, hostname: '127.0.0.1' }, () => ready(started));
  });
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  pending = await holdOrder(world, '12000.00');
  const sendMail: SendMail = ({ to }) =>
    to === 'dora@example.com' ? Promise.reject(new Error('no such box')) : Promise.resolve();
  const asked = askApprovers(
    { ...openDesk(world).deps, sendMail },
    { token: 'task-token', deadline: 0, approval: pending.approval },
  );
  await expect(asked).rejects.toMatchObject({ name: 'ApproversUnreachable' });
  await vote(world, pending, 'cleo');
  decided = await holdOrder(world);
  await vote(world, decided, 'ada', 'deny');
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await new Promise((done) => server.close(done));
  await world.stop();
});

async function cli(...args: string[]) {
  const said: string[] = [];
  const hear = (line: string) => void said.push(line);
  const code = await runCli(['approvals', ...args], {
    env: { AUTONOMY_ENDPOINT: endpoint },
    print: hear,
    complain: hear,
  });
  return { code, said: said.join('\n') };
}

describe('approvals for administrators', () => {
  it('lists what waits: what is asked, of whom, who was reached, who voted', async () => {
    const { code, said } = await cli('list', '--json');
    expect(code).toBe(0);
    const { approvals, more } = JSON.parse(said) as { approvals: Record<string, unknown>[]; more: boolean };
    expect(more).toBe(false);
    expect(approvals).toMatchObject([
      {
        id: pending.approval,
        action: pending.action,
        tool: 'erp.create_order',
        agent: 'agt_buyer',
        unit: 'operations',
        severity: 'medium',
        status: 'pending',
        openedAt: later(0).toISOString(),
        expiresAt: later(3600).toISOString(),
        votes: [{ person: 'cleo', decision: 'approve', channel: 'page', assurance: 'link' }],
      },
    ]);
    const asked = approvals[0]?.['asked'];
    expect(asked).toContainEqual({ person: 'cleo', deadline: 0, reached: true });
    expect(asked).toContainEqual({ person: 'dora', deadline: 0, reached: false });
    expect(asked).toHaveLength(5);
  });

  it('shows one, decided or not, in words', async () => {
    const { said } = await cli('show', pending.approval);
    expect(said).toContain('erp.create_order by agt_buyer (operations), medium');
    expect(said).toContain(
      'guard     operations-orders-over-10k: Orders over 10000.00 are asked for; 2 of finance',
    );
    expect(said).toContain('asked     dora, not reached');
    expect(said).toContain('voted     cleo: approve by page');
    expect((await cli('show', decided.approval)).said).toContain('voted     ada: deny by page');
    expect((await cli('list')).said).toContain('5 asked, 1 voted');
  });

  it('tells no digest, link, input or token', async () => {
    const all = (await cli('list', '--json')).said + (await cli('show', pending.approval, '--json')).said;
    const [row] = await world.deps.registry.load([{ pk: `APPROVAL#${pending.approval}`, sk: 'APPROVAL' }]);
    for (const secret of [String(row?.['digest']), 'task-token', 'Northwind', 'LINK#'])
      expect(all).not.toContain(secret);
  });

  it('forgets what is out of time', async () => {
    world.clock.now = later(3600);
    expect((await cli('list')).said).toBe('Nothing waits for people.');
    world.clock.now = later(0);
  });

  it.each(['apr_00000000', 'nonsense', '..%2Fagents'])('says that there is no %s', async (id) => {
    expect(await cli('show', id)).toMatchObject({
      code: 1,
      said: expect.stringContaining('404 unknown-approval') as string,
    });
  });

  it('answers only what is asked for, and only callers that signed', async () => {
    const { registry, now } = world.deps;
    const api = createApprovalsApi({ registry, now });
    const ask = (query: string, env: object) => api.request(`/v1/approvals${query}`, {}, env);
    expect((await ask('?status=decided', signedBy(ops))).status).toBe(400);
    expect((await ask('?colour=red', signedBy(ops))).status).toBe(400);
    expect((await ask('', { event: {} })).status).toBe(401);
    expect((await api.request(`/v1/approvals/${pending.approval}`, {}, { event: {} })).status).toBe(401);
  });
});
