import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { actionKey } from '../../core/action/action.ts';
import { approvalKey } from '../../core/approval/approval.ts';
import { type AuditEvent, auditEvent } from '../../core/event.ts';
import { parseRow } from '../../core/row.ts';
import { runKey, runRow } from '../../core/run/run.ts';
import { type AwsEndpoint, startAwsEndpoint } from '../harness/aws-endpoint.ts';
import { buyer, startWorld, type World } from '../harness/door.ts';
import { signedBy } from '../harness/http.ts';
import { holdOrder, vote } from '../harness/votes.ts';
import { openWork, startRun, taskDesk } from '../harness/work.ts';

/** The Lambda entry points as they are deployed: environment in, real SDK clients, a real DynamoDB engine. */
let world: World;
let aws: AwsEndpoint;
const settings = { ...process.env };
beforeAll(async () => {
  aws = await startAwsEndpoint();
  world = await startWorld();
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: aws.client.endpoint,
    AWS_ENDPOINT_URL_DYNAMODB: world.database.endpoint,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    STAGE: 'test',
    POWERTOOLS_SERVICE_NAME: 'test',
    REGISTRY_TABLE: 'registry',
    AUDIT_TABLE: 'audit',
    API_URL: 'https://api.example.com',
    RELEASES_BUCKET: 'releases',
    LOOPBACK_TOOLS: 'refused',
    MAIL_FROM: 'autonomy@example.com',
    MAIL_CONFIGURATION_SET: 'mails',
    MAILS_PER_HOUR: '12',
    APPROVAL_LAPSE_MINUTES: '15',
  });
});
afterAll(async () => {
  for (const name of Object.keys(process.env))
    if (!(name in settings)) Reflect.deleteProperty(process.env, name);
  Object.assign(process.env, settings);
  await Promise.all([world.stop(), aws.stop()]);
});
beforeEach(() => {
  world.clock.now = new Date();
});
afterEach(() => {
  aws.calls.length = 0;
});

const told = () => aws.calls.map(({ operation, body }) => [operation, JSON.parse(body) as unknown]);
const rowOf = async (key: { pk: string; sk: string }) => (await world.deps.registry.load([key]))[0];

describe('assign-task', () => {
  const handler = async (event: object) =>
    (await import('../../functions/task/assign-task.ts')).handler(event);
  const step = (run: string, fields: object = {}) => ({
    token: 'token-1',
    run,
    step: 'Gather',
    visit: '2026-11-23T10:00:00Z',
    capability: 'ordering',
    input: { item: 'chairs' },
    leaseSeconds: 15,
    deadlineSeconds: 3600,
    ...fields,
  });

  it('opens one task for one visit of a state, however often the machine asks', async () => {
    const run = await startRun(world, 'assign-0001');
    const first = await handler(step(run));
    expect(await handler(step(run, { token: 'token-2' }))).toEqual(first);
    expect(await handler(step(run, { visit: 'another' }))).not.toEqual(first);
    expect(parseRow(runRow, await rowOf(runKey(run)))).toMatchObject({ status: 'running' });
    expect(await rowOf({ pk: `TASK#${first.task}`, sk: 'WAITER' })).toMatchObject({ token: 'token-2' });
    expect(told()).toEqual([]);
  });

  it('answers at once when the task of this visit is done already', async () => {
    const run = await startRun(world, 'assign-0002');
    const { task } = await handler(step(run, { capability: 'filing' }));
    const desk = taskDesk(world);
    const { lease } = (await desk.post('claim', 'agt_clerk')).body as { lease: string };
    await desk.post(`${task}/complete`, 'agt_clerk', { lease, output: { vendor: 'Northwind' } });
    await handler(step(run, { capability: 'filing', token: 'token-late' }));
    expect(told()).toEqual([
      ['SendTaskSuccess', { taskToken: 'token-late', output: '{"vendor":"Northwind"}' }],
    ]);
  });

  it('answers an error the machine can catch when the run has ended', async () => {
    const run = await startRun(world, 'assign-0003');
    const { recordEnd } = await import('../../functions/run/record-end.ts');
    await recordEnd(world.deps.registry, { run, result: 'failed' }, new Date());
    await handler(step(run));
    expect(told()).toEqual([
      ['SendTaskFailure', { taskToken: 'token-1', error: 'RunEnded', cause: 'the run is succeeded' }],
    ]);
  });

  it('refuses a step that does not say what it is', async () => {
    await expect(handler({ token: 'token-1' })).rejects.toThrow();
  });
});

describe('await-action', () => {
  const handler = async (event: object) =>
    (await import('../../functions/action/await-action.ts')).handler(event);

  it('waits while people decide and answers at once when they have', async () => {
    const { run } = await openWork(world, 'await-0001');
    const held = await holdOrder(world);
    await handler({ token: 'token-1', run, action: held.action });
    expect(told()).toEqual([]);
    expect(parseRow(runRow, await rowOf(runKey(run))).awaitedAction).toBe(held.action);
    await vote(world, held, 'ada', 'deny');
    await handler({ token: 'token-2', run, action: held.action });
    const [[operation, answer] = []] = told();
    expect(operation).toBe('SendTaskSuccess');
    expect(answer).toMatchObject({
      taskToken: 'token-2',
      output: expect.stringContaining('"status":"rejected"') as string,
    });
  });
});

describe('request-approval', () => {
  const handler = async (event: object) =>
    (await import('../../functions/approval/request-approval.ts')).handler(event);

  it('sends each approver a mail of their own through SES', async () => {
    const held = await holdOrder(world);
    expect(await handler({ token: 'token-1', approval: held.approval })).toEqual({ asked: true });
    const mails = told() as [string, { Destination: { ToAddresses: string[] }; Content: object }][];
    expect(mails.map(([operation]) => operation)).toEqual(Array(3).fill('POST /v2/email/outbound-emails'));
    expect(mails.flatMap(([, mail]) => mail.Destination.ToAddresses).sort()).toEqual([
      'ada@example.com',
      'ben@example.com',
      'rita@example.com',
    ]);
    expect(mails[0]?.[1]).toMatchObject({ FromEmailAddress: 'autonomy@example.com' });
    expect(JSON.stringify(mails[0]?.[1].Content)).toMatch(
      /https:\/\/api\.example\.com\/approvals\/[\w-]{43}/,
    );
  });
});

describe('expire-approval', () => {
  const handler = async (event: object) =>
    (await import('../../functions/approval/expire-approval.ts')).handler(event);

  it('does not end before its time what people may still decide', async () => {
    const { approval, action } = await holdOrder(world);
    await expect(handler({ approval, why: 'deadline' })).rejects.toThrow('it may be decided until');
    expect(await rowOf(approvalKey(approval))).toMatchObject({ status: 'pending' });
    expect(await rowOf(actionKey(action))).toMatchObject({ status: 'held' });
  });

  it('ends approval and action when nobody could be reached, once', async () => {
    const { approval, action } = await holdOrder(world);
    expect(await handler({ approval, why: 'unreachable' })).toEqual({ outcome: 'unreachable' });
    expect(await handler({ approval, why: 'unreachable' })).toEqual({ outcome: 'unreachable' });
    const ended = { status: 'unreachable', problem: { code: 'unreachable' } };
    expect(await rowOf(actionKey(action))).toMatchObject(ended);
  });

  it('keeps the outcome of a vote that came first', async () => {
    const held = await holdOrder(world);
    await vote(world, held, 'ada');
    expect(await handler({ approval: held.approval, why: 'unreachable' })).toEqual({ outcome: 'approved' });
  });
});

describe('finish-run', () => {
  const handler = async (event: object) => (await import('../../functions/run/finish-run.ts')).handler(event);

  it('records a result without an output, and a problem', async () => {
    const [done, failed] = [await openWork(world, 'finish-001'), await openWork(world, 'finish-002')];
    expect(await handler({ run: done.run, result: 'denied' })).toEqual({ status: 'succeeded' });
    const problem = { code: 'States.Timeout', detail: 'nobody came' };
    expect(await handler({ run: failed.run, problem })).toEqual({ status: 'failed' });
    expect(await handler({ run: failed.run, problem })).toEqual({ status: 'ended-before' });
    await expect(handler({ run: done.run, result: 'splendid' })).rejects.toThrow();
  });
});

const lambdaReply = z.object({ statusCode: z.int(), body: z.string() });

describe('audit-events', () => {
  it('gives every event there is, as it is stored', async () => {
    await world.act({ as: buyer });
    process.env['AWS_LAMBDA_FUNCTION_NAME'] = 'audit-events';
    const { handler } = await import('../../functions/audit/audit-events.ts');
    const { event } = signedBy('arn:aws:iam::111122223333:user/ops');
    const request = {
      version: '2.0',
      rawPath: '/v1/audit/events',
      rawQueryString: '',
      headers: { host: 'api.example.com' },
      requestContext: { ...event.requestContext, domainName: 'api.example.com', http: { method: 'GET' } },
      isBase64Encoded: false,
    };
    const reply = await handler(request as never);
    const { statusCode, body } = lambdaReply.parse(reply);
    expect(statusCode).toBe(200);
    const { events } = z.object({ events: z.array(auditEvent) }).parse(JSON.parse(body));
    const name = ({ subject, version }: AuditEvent) => `${subject}/${version}`;
    const ordered = (list: AuditEvent[]) => list.toSorted((one, other) => (name(one) < name(other) ? -1 : 1));
    expect(ordered(events)).toEqual(ordered(await world.database.events()));
  });
});
