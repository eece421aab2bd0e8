import type { AddressInfo } from 'node:net';
import { serve, type ServerType } from '@hono/node-server';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createAdmin } from '../../client/admin.ts';
import { runCli } from '../../client/cli/run-cli.ts';
import { endedMinute } from '../../core/approval/ended-approval.ts';
import { expireApproval } from '../../core/approval/expire-approval.ts';
import { measureOutcome } from '../../core/value/measure-outcome.ts';
import { reviewCost } from '../../core/value/review-cost.ts';
import { loadApproval } from '../../functions/aws/load-approval.ts';
import { createRecordedDecisions } from '../../functions/aws/recorded-decisions.ts';
import { decideAndCommit } from '../../functions/aws/registry.ts';
import { approvalReportRoutes } from '../../functions/governance/approval-report-routes.ts';
import { createApi } from '../../functions/http/lambda.ts';
import { keepEnded } from '../../functions/relay/keep-ended.ts';
import { startBucket, type TestBucket } from '../harness/bucket.ts';
import { buyer, order, startWorld, type World } from '../harness/door.ts';
import { NOW, someBaseline } from '../harness/facts.ts';
import { signedBy } from '../harness/http.ts';
import { holdOrder, vote } from '../harness/votes.ts';
import { openWork, taskDesk } from '../harness/work.ts';

const ops = 'arn:aws:iam::111122223333:user/ops';
const day = { from: '2026-11-23T00:00:00Z', to: '2026-11-24T00:00:00Z' };
let world: World;
let bucket: TestBucket;
let server: ServerType;
let endpoint: string;
const after = (seconds: number) => {
  world.clock.now = new Date(NOW.getTime() + seconds * 1000);
};

/** Two approvals of a workflow and of none, a denial, and one that nobody decided; the relay saw all, some twice. */
beforeAll(async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIATEST');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
  [world, bucket] = await Promise.all([startWorld(), startBucket()]);
  const { registry, now } = world.deps;
  const { task } = await openWork(world, 'for-liam-1');
  await taskDesk(world).post('claim', buyer);
  const { body } = await world.act({ task, input: { ...order, total: '2000.00' } });
  const inWorkflow = { approval: String(body['id']).replace('act_', 'apr_') as never };
  const [plain, denied, expired] = [await holdOrder(world), await holdOrder(world), await holdOrder(world)];
  after(3);
  await vote(world, inWorkflow, 'ada');
  after(120);
  await vote(world, plain, 'ada');
  await vote(world, denied, 'ben', 'deny');
  after(3600);
  await decideAndCommit(registry, async () =>
    expireApproval(await loadApproval(registry, expired.approval, now()), 'deadline', now()),
  );
  const recorded = createRecordedDecisions(bucket.client, bucket.name);
  const events = await world.database.events();
  await keepEnded({ registry, recorded }, events);
  const again = events.filter(({ type }) => type === 'approval.denied');
  await keepEnded({ registry, recorded }, again);
  const api = createApi();
  approvalReportRoutes(api, { registry, recorded, now });
  const answer = (request: Request) => {
    const signed = request.headers.get('authorization')?.startsWith('AWS4-HMAC-SHA256 ');
    return api.fetch(request, signed ? signedBy(ops) : {});
  };
  server = await new Promise<ServerType>((ready) => {
    const started = serve({ fetch: answer, port: 0, hostname: '127.0.0.1' }, () => ready(started));
  });
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}, 20_000);
afterAll(async () => {
  server.close();
  vi.unstubAllEnvs();
  await Promise.all([world.stop(), bucket.stop()]);
});

async function autonomy(...args: string[]) {
  const lines: string[] = [];
  const say = (line: string) => void lines.push(line);
  const code = await runCli([...args, '--endpoint', endpoint, '--region', 'us-east-1'], {
    env: {},
    print: say,
    complain: say,
  });
  return { code, text: lines.join('\n') };
}
const reportOf = (window: { from: string; to: string }) =>
  createAdmin({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'AKIATEST', secretAccessKey: 'test' },
  }).approvalReport(window);

describe('the report of what people decided', () => {
  it('counts every approval that ended in the window, once', async () => {
    const report = await reportOf(day);
    expect(report).toMatchObject({ asked: 4, complete: true, unreadable: 0, votes: 3, rubberStamps: 1 });
    expect(report.ends).toMatchObject({ approved: 2, denied: 1, expired: 1 });
    expect(report.groups).toEqual([{ group: 'budget-owners', decided: 3, p50Seconds: 120, p95Seconds: 120 }]);
    expect((await reportOf({ from: '2026-11-24T00:00:00Z', to: '2026-11-25T00:00:00Z' })).asked).toBe(0);
    expect((await reportOf({ ...day, to: '2026-11-23T10:02:00.000Z' })).asked).toBe(1);
  });

  it('prices votes by the workflow’s baseline as an outcome does, and claims nothing without one', async () => {
    const { review } = await reportOf(day);
    expect(review).toContainEqual({
      workflow: 'procurement',
      votes: 1,
      minutes: 3,
      cost: { minor: 300, currency: 'USD' },
    });
    expect(review).toContainEqual({ votes: 2 });
    const happened = { result: 'ordered', requestedAt: day.from, endedAt: day.to, heldSeconds: 0 } as const;
    for (const touches of [0, 1, 7])
      expect(reviewCost(someBaseline(), touches).cost).toEqual(
        measureOutcome(someBaseline(), { ...happened, touches }).cost,
      );
  });

  it('counts what it can’t read apart', async () => {
    const Key = `${endedMinute('2026-11-20T08:00:00.000Z')}-${'0'.repeat(16)}.ndjson`;
    await bucket.client.send(new PutObjectCommand({ Bucket: bucket.name, Key, Body: '{"v": 2}\nno json\n' }));
    const report = await reportOf({ from: '2026-11-20T00:00:00Z', to: '2026-11-21T00:00:00Z' });
    expect(report).toMatchObject({ asked: 0, unreadable: 2 });
  });

  it('refuses a window that ends before it begins, and who did not sign', async () => {
    await expect(reportOf({ from: day.to, to: day.from })).rejects.toMatchObject({ status: 400 });
    const query = new URLSearchParams(day).toString();
    expect((await fetch(`${endpoint}/v1/approvals/report?${query}`)).status).toBe(401);
  });

  it('reads as a table with bars, or as JSON, and names no approver', async () => {
    const { code, text } = await autonomy(
      'approvals',
      'report',
      '--from',
      '2026-11-23',
      '--to',
      '2026-11-24',
    );
    expect(code).toBe(0);
    expect(text).toContain('4 approvals ended from 2026-11-23');
    expect(text).toMatch(/approved +2 {2}█{12}\n/);
    expect(text).toMatch(/budget-owners +3 +2 min +2 min/);
    expect(text).toContain('3 votes, 1 of them (33.3 %) within 5 seconds of seeing it');
    expect(text).toContain('3 min, 3.00 USD');
    expect(text).not.toMatch(/ada|ben\b/);
    const json = await autonomy(
      'approvals',
      'report',
      '--from',
      '2026-11-23',
      '--to',
      '2026-11-24',
      '--json',
    );
    expect(JSON.parse(json.text)).toMatchObject({ asked: 4 });
    expect(
      (await autonomy('approvals', 'report', '--from', '2026-12-01', '--to', '2026-12-02')).text,
    ).toMatch(/^No approval ended/);
  });
});
