import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient, GetItemCommand, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetExecutionHistoryCommand, SFNClient } from '@aws-sdk/client-sfn';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { steps } from '../../blueprints/procurement/agents/steps.ts';
import { createAdmin } from '../../client/admin.ts';
import { createAgent } from '../../client/agent.ts';
import { createSend } from '../../client/send.ts';
import { createTokenSource, type SignIn } from '../../client/token.ts';
import { runCli } from '../../client/cli/run-cli.ts';
import type { Work } from '../../client/work.ts';
import type { RoleGrant } from '../../local/iam/iam.ts';
import {
  decide,
  eventually,
  mailsAbout,
  type Product,
  someRequests,
  startLocal,
  startProduct,
} from './product.ts';
import { assemblyBeside } from '../harness/assembly-beside.ts';
import { browserOf, codeIn } from '../harness/inbox.ts';
import { startUpstream } from '../harness/upstream.ts';
import { actOver, connectMcp } from '../harness/mcp.ts';
import { addToolStack, echoTools, withEchoTools } from '../harness/tool-stack.ts';

const directory = mkdtempSync(join(tmpdir(), 'autonomy-permissions-'));
let product: Product;
let table: string;
let dynamodb: DynamoDBClient;
let sfn: SFNClient;
let lambda: LambdaClient;

beforeAll(async () => {
  const outdir = join(directory, 'cdk.out');
  const assembly = await assemblyBeside(outdir, ['AutonomyPilot-dev'], (app) => addToolStack(app, 'dev'));
  product = await startProduct({ assembly });
  const settings = {
    endpoint: product.cloud.url,
    region: 'us-east-1',
    credentials: product.cloud.administrator,
  };
  dynamodb = new DynamoDBClient(settings);
  sfn = new SFNClient(settings);
  lambda = new LambdaClient(settings);
  table = product.cloud.resources.find(({ logicalId }) => logicalId.startsWith('Registry'))?.ref ?? '';
}, 180_000);
afterAll(async () => {
  await product.stop();
  rmSync(directory, { recursive: true, force: true });
});

const quotes = { category: 'office', vendor: 'Contoso Paper', price: '6.20', currency: 'USD' };
const large = { quantity: 1, unitPrice: '4000.00', total: '4000.00' };
const ended = (run: string) =>
  eventually('the run ended', async () => {
    const view = await product.admin.run(run);
    return view.finishedAt ? view : undefined;
  });

async function rows(sk: string): Promise<Record<string, unknown>[]> {
  const { Items = [] } = await dynamodb.send(new ScanCommand({ TableName: table, ConsistentRead: true }));
  return Items.map((item) => unmarshall(item)).filter((row) => row['sk'] === sk);
}

async function put(row: Record<string, unknown>): Promise<void> {
  await dynamodb.send(
    new PutItemCommand({ TableName: table, Item: marshall(row, { removeUndefinedValues: true }) }),
  );
}

const long = { openSince: '2026-01-01T00:00:00.000Z' };

async function get(pk: unknown, sk: string): Promise<Record<string, unknown>> {
  const Key = marshall({ pk, sk });
  const { Item = {} } = await dynamodb.send(
    new GetItemCommand({ TableName: table, Key, ConsistentRead: true }),
  );
  return unmarshall(Item);
}

/** Tokens as the client gets them. */
const tokensOf = (signIn: SignIn & { readonly id: string; readonly delegation?: string }) => {
  const send = createSend({ patienceSeconds: 5 });
  return createTokenSource({ ...signIn, endpoint: product.cloud.url, patienceSeconds: 5, send }).token;
};

/** The pilot's steps, the first small order held long enough for a heartbeat. */
function slowOnce(product: Product): Work['handle'] {
  return async (task) => {
    if ((task.input as { id: string }).id === 'PR-SMALL') await sleep(5500);
    return steps[task.capability]?.(product.agent('gather'), task);
  };
}

/** The pilot's people, some with addresses from which every mail comes back. */
const bouncing =
  (...boxes: string[]) =>
  (file: string, text: string) =>
    file.endsWith('people.yaml')
      ? boxes.reduce((whole, box) => whole.replace(`: ${box}@`, `: bounce+${box}@`), text)
      : text;

type Step = { readonly functionName: string; readonly payload: Record<string, unknown> };

async function stepsOf(machine: string, name: string): Promise<Step[]> {
  const found = product.cloud.resources.find(
    ({ type, logicalId }) => type === 'AWS::StepFunctions::StateMachine' && logicalId.startsWith(machine),
  );
  const executionArn = `${(found?.arn ?? '').replace(':stateMachine:', ':execution:')}:${name}`;
  const { events = [] } = await sfn.send(new GetExecutionHistoryCommand({ executionArn }));
  return events
    .filter(({ taskScheduledEventDetails: task }) => task?.resource === 'invoke.waitForTaskToken')
    .map(({ taskScheduledEventDetails: task }) => {
      const given = JSON.parse(task?.parameters ?? '') as { FunctionName: string; Payload: Step['payload'] };
      return { functionName: given.FunctionName, payload: given.Payload };
    });
}
const firstStep = async (machine: string, name: string) => (await stepsOf(machine, name))[0];
const lastStep = async (machine: string, name: string) => (await stepsOf(machine, name)).at(-1);

/** Invokes a step's function with the very payload it had, as Lambda does when an answer got lost. */
async function invokeAgain(change: Record<string, unknown>, step: Step | undefined): Promise<unknown> {
  const Payload = Buffer.from(JSON.stringify({ ...step?.payload, ...change }));
  const reply = await lambda.send(new InvokeCommand({ FunctionName: step?.functionName, Payload }));
  return JSON.parse(Buffer.from(reply.Payload ?? []).toString()) as unknown;
}

/** A council member stops the agent from a page; two administrators restore it once it is contained. */
async function rehearseStop(link: string): Promise<void> {
  const scope = 'agent:agt_procurement_act';
  await decide(link, 'stop', 'a rehearsal');
  await eventually('it is contained', async () =>
    (await product.admin.switches()).find(({ containedAt }) => containedAt !== undefined),
  );
  const { url: endpoint, colleague: credentials } = product.cloud;
  const colleague = createAdmin({ endpoint, region: 'us-east-1', credentials });
  for (const admin of [product.admin, colleague]) await admin.restore({ scope, reason: 'a rehearsal' });
}

describe('what roles may do', () => {
  it('is enough for everything the product does: orders, votes, refusals, expiry, failure', async () => {
    const agents = [
      product.work('gather', { handle: slowOnce(product) }),
      product.work('analyse'),
      product.work('act'),
    ];
    const small = await product.order('PR-SMALL');
    const approved = await product.order('PR-LARGE', large);
    const broken = await product.order('PR-BROKEN', { quantity: 'many' });
    const [mail] = await eventually('people are asked', async () => {
      const mails = await mailsAbout(product, 'PR-LARGE');
      return mails.length === 3 ? mails : undefined;
    });
    await decide(mail?.link ?? '', 'approve');
    expect(await ended(small)).toMatchObject({ outcome: { result: 'ordered' } });
    expect(await ended(approved)).toMatchObject({ outcome: { result: 'ordered' } });
    expect(await ended(broken)).toMatchObject({ status: 'failed' });
    await product.apply(bouncing('tomas.lindqvist', 'priya.raman', 'joao.ferreira'));
    expect(await ended(await product.order('PR-BOUNCED', large))).toMatchObject({
      outcome: { result: 'unreachable' },
    });
    await product.apply((file, text) =>
      file.endsWith('people.yaml')
        ? text.replace('[tomas-lindqvist, priya-raman, joao-ferreira]', '[vera-okafor]')
        : text,
    );
    expect(await ended(await product.order('PR-NOBODY', large))).toMatchObject({
      outcome: { result: 'unreachable' },
    });
    for (const agent of agents) agent.abort();
    await product.admin.stop({ scope: 'tool:erp.create_purchase_order', reason: 'a rehearsal', drill: true });
    expect(await product.admin.switches()).toHaveLength(1);
    await product.admin.restore({ scope: 'tool:erp.create_purchase_order', reason: 'a rehearsal' });
    await product.admin.governance();
    expect(await Array.fromAsync(product.admin.auditEvents())).not.toEqual([]);
    expect((await fetch(`${product.cloud.url}/.well-known/jwks.json`)).status).toBe(200);
    expect((await fetch(`${product.cloud.url}/v1/runs/run_12345678`)).status).toBe(403);
    expect((await fetch(`${product.cloud.url}/v1/tools`)).status).toBe(401);
    const slack = `${product.cloud.url}/slack/interactions`;
    expect((await fetch(slack, { method: 'POST' })).status).toBe(404);
  }, 60_000);

  it('is enough for a Lambda tool: the reference ERP of the pilot stack', async () => {
    const erp =
      product.cloud.resources.find(({ logicalId }) => logicalId.startsWith('ErpFunction'))?.arn ?? '';
    await product.apply((file, text) =>
      file.endsWith('tools.yaml')
        ? text.replaceAll(
            /connector: \{ type: http[^\n]*/g,
            `connector: { type: lambda, functionArn: '${erp}' }`,
          )
        : text,
    );
    const key = { purpose: 'Compare', idempotencyKey: 'lambda-quotes' };
    expect(
      await product.agent('gather').act({ tool: 'erp.get_quotes', input: quotes, ...key }),
    ).toMatchObject({
      status: 'succeeded',
    });
    const token = tokensOf({ id: 'agt_procurement_gather', key: product.keyOf('gather') });
    const overMcp = actOver(await connectMcp(product.cloud.url, token));
    const again = { purpose: 'Compare', idempotencyKey: 'lambda-over-mcp' };
    expect(await overMcp({ tool: 'erp.get_quotes', input: quotes, ...again })).toMatchObject({
      status: 'succeeded',
    });
    for (const name of ['gather', 'analyse', 'act'] as const) product.work(name);
    expect(await ended(await product.order('PR-LAMBDA'))).toMatchObject({ outcome: { result: 'ordered' } });
    const held = await product.order('PR-LAMBDA-LARGE', {
      quantity: 1,
      unitPrice: '40000.00',
      total: '40000.00',
    });
    const mails = await eventually('finance is asked', async () => {
      const found = await mailsAbout(product, 'PR-LAMBDA-LARGE');
      return found.length === 3 ? found : undefined;
    });
    for (const { link } of mails.slice(0, 2)) await decide(link, 'approve');
    expect(await ended(held)).toMatchObject({ outcome: { result: 'ordered' } });
    await rehearseStop(mails.find(({ to }) => to === 'amelie.durand@example.com')?.link ?? '');
  }, 60_000);

  it('is enough for tools that are workflows and events, called by the door and by the executor', async () => {
    await product.apply(withEchoTools('dev'));
    const gather = product.agent('gather');
    const token = tokensOf({ id: 'agt_procurement_gather', key: product.keyOf('gather') });
    const overMcp = actOver(await connectMcp(product.cloud.url, token));
    const request = (tool: string, way: string) => {
      const purpose = 'See that it is called';
      return { tool, input: {}, purpose, idempotencyKey: `${way}-${tool}` };
    };
    const left = await Promise.all(echoTools.later.map((tool) => gather.act(request(tool, 'later'))));
    for (const tool of echoTools.now)
      for (const each of [await gather.act(request(tool, 'http')), await overMcp(request(tool, 'mcp'))])
        expect(each).toMatchObject({
          status: 'succeeded',
          output: tool.includes('run') ? { ran: each.id } : { eventId: expect.any(String) as string },
        });
    for (const { id } of left)
      await eventually('the executor called it', async () =>
        (await gather.action(id)).status === 'succeeded' ? true : undefined,
      );
  }, 60_000);

  it('is enough for the pilot as it runs against a deployed stage', async () => {
    const erp =
      product.cloud.resources.find(({ logicalId }) => logicalId.startsWith('ErpFunction'))?.arn ?? '';
    const input = someRequests(directory, ['PR-0001', 'PR-0002', 'PR-0003', 'PR-0004', 'PR-0005']);
    const pilot = startLocal(
      [
        'pilot',
        '--endpoint',
        product.cloud.url,
        '--erp-function',
        erp,
        '--input',
        input,
        '--decide',
        'approve',
      ],
      {
        AUTONOMY_HOME: product.home,
        AWS_ENDPOINT_URL: product.cloud.url,
        AWS_ACCESS_KEY_ID: product.cloud.administrator.accessKeyId,
        AWS_SECRET_ACCESS_KEY: product.cloud.administrator.secretAccessKey,
        AWS_REGION: 'us-east-1',
      },
    );
    await pilot.ended;
    expect(pilot.output()).toMatch(/requests +5\n +ordered +5\n/);
  }, 60_000);

  it('is enough for the inbox, for the lists of administrators, and for a question that is overtaken', async () => {
    await product.apply();
    const working = product.work('act');
    for (const name of ['gather', 'analyse'] as const) product.work(name);
    const run = await product.order('PR-INBOX', large);
    const [asked] = await eventually('the owners are asked', async () => {
      const found = await mailsAbout(product, 'PR-INBOX');
      return found.length === 3 ? found : undefined;
    });
    const { url } = product.cloud;
    const request = (address: string, init: object) => fetch(address, { ...init, redirect: 'manual' });
    const browser = browserOf({ api: { request } as never }, url);
    const headers = {
      origin: url,
      'sec-fetch-site': 'same-origin',
      'content-type': 'application/x-www-form-urlencoded',
    };
    const email = asked?.to ?? '';
    await browser.send('/inbox/sign-in', { email }, headers);
    const code = await eventually('the code is mailed', async () =>
      (await mailsAbout(product, ''))
        .filter(({ to }) => to === email)
        .map(codeIn)
        .find(Boolean),
    );
    expect((await browser.send('/inbox/code', { email, code }, headers)).status).toBe(303);
    const [waiting] = (await product.admin.pendingApprovals()).approvals;
    const path = `/inbox/approvals/${waiting?.id ?? ''}`;
    expect((await browser.open('/inbox')).text).toContain(path);
    expect(await product.admin.approval(waiting?.id ?? '')).toMatchObject({ status: 'pending' });
    const form = { nonce: await browser.nonce(path), decision: 'approve' };
    expect((await browser.send(path, form, headers)).status).toBe(303);
    expect(await ended(run)).toMatchObject({ outcome: { result: 'ordered' } });
    const overtaken = await product.order('PR-OVERTAKEN', large);
    await eventually('the owners are asked', async () =>
      (await mailsAbout(product, 'PR-OVERTAKEN')).length === 3 ? true : undefined,
    );
    await product.apply((file, text) =>
      file.endsWith('.cedar')
        ? text.replace('@approval("budget-owners:1")', '@approval("budget-owners:1") @assurance("signed-in")')
        : text,
    );
    expect(await ended(overtaken)).toMatchObject({ outcome: { result: 'superseded' } });
    working.abort();
    await product.apply();
  }, 60_000);

  it('is enough for a replay of what was decided, which flips nothing but what the release did', async () => {
    const day = 86_400_000;
    const window = {
      since: new Date(Date.now() - day).toISOString(),
      until: new Date(Date.now() + day).toISOString(),
    };
    const [active] = (await product.admin.releases()).filter(({ activatedAt }) => activatedAt !== undefined);
    const report = await eventually('decisions are recorded', async () => {
      const found = await product.admin.replay(active?.release ?? '', window);
      return found.decided > 10 ? found : undefined;
    });
    expect(report).toMatchObject({ unreadable: [], undecided: 0 });
    const [action] = (await rows('ACTION')).filter(({ status }) => status === 'succeeded');
    const replayed = await product.admin.replayDecision(String(action?.['id']));
    expect(replayed).toMatchObject({ kind: 'same', action: action?.['id'] });
  }, 60_000);

  it('is enough for a release in the shadow, whose differences the command lists', async () => {
    const first = (await product.admin.releases()).at(-1)?.release ?? '';
    const said: string[] = [];
    const hear = (line: string) => void said.push(line);
    const { accessKeyId, secretAccessKey } = product.cloud.administrator;
    vi.stubEnv('AWS_ACCESS_KEY_ID', accessKeyId);
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', secretAccessKey);
    const shadow = (...args: string[]) =>
      runCli(['shadow', ...args], {
        print: hear,
        complain: hear,
        env: { AUTONOMY_ENDPOINT: product.cloud.url },
      });
    expect(await shadow(first)).toBe(0);
    const asked = { tool: 'erp.get_quotes', input: quotes, purpose: 'Compare' };
    const act = await product.agent('gather').act({ ...asked, idempotencyKey: 'shadowed-0001' });
    expect(act.status).toBe('succeeded');
    expect(await shadow('--json')).toBe(0);
    expect(JSON.parse(said.at(-1) ?? '')).toMatchObject({ release: first, differences: [] });
    expect(await shadow('--off')).toBe(0);
    expect(said.at(-1)).toBe('No release is in the shadow.');
    vi.unstubAllEnvs();
  }, 60_000);

  it('is enough for steps that are tried again after their subject was settled', async () => {
    const run = (await rows('RUN')).find(({ input }) => (input as { id: string }).id === 'PR-LARGE') ?? {};
    const failed = (await rows('RUN')).find(({ status }) => status === 'failed') ?? {};
    const approval = (await rows('APPROVAL')).find(({ status }) => status === 'approved') ?? {};
    const again = async (payload: Record<string, unknown>, machine: string, id: unknown) =>
      invokeAgain(payload, await firstStep(machine, String(id)));
    expect(await again({}, 'ApprovalMachine', approval['id'])).toEqual({ asked: true });
    expect(await again({}, 'ProcurementMachine', failed['id'])).toHaveProperty('task');
    await put({ ...run, status: 'running', ...long, openKind: 'RUN' });
    expect(await again({}, 'ProcurementMachine', run['id'])).toHaveProperty('task');
    const last = await lastStep('ProcurementMachine', String(run['id']));
    expect(await invokeAgain({}, last)).toHaveProperty('waiting');
  }, 60_000);

  it('is enough for the sweep to cause again what rows demand', async () => {
    const tasks = await rows('TASK');
    const run = (await rows('RUN')).find(({ status }) => status === 'succeeded') ?? {};
    const task = (status: string) => tasks.find((row) => row['status'] === status)?.['id'];
    const { finishedAt, output, ...open } = run;
    const copy = (id: string, fields: Record<string, unknown>) =>
      put({ ...open, ...long, openKind: 'RUN', pk: `RUN#${id}`, id, ...fields });
    await copy('run_sweeprequested1', { status: 'requested' });
    await copy('run_sweepcompleted1', { status: 'running', currentTask: task('completed') });
    await copy('run_sweepfailed0001', { status: 'running', currentTask: task('failed') });
    const actions = (await rows('ACTION')).filter(({ status }) => status === 'succeeded');
    const { settledAt, ...started } = actions.find(({ approval }) => approval === undefined) ?? {};
    const body = { tool: 'erp.get_quotes', input: quotes, purpose: 'Compare' };
    const left = await product.agent('gather').act({ ...body, idempotencyKey: 'left-in-flight' });
    const { settledAt: cut, ...inFlight } = await get(`ACTION#${left.id}`, 'ACTION');
    await put({ ...inFlight, ...long, openKind: 'ACTION', status: 'started', startedAt: long.openSince });
    expect(await product.agent('gather').act({ ...body, idempotencyKey: 'left-in-flight' })).toMatchObject({
      id: left.id,
      status: 'succeeded',
    });
    const { settledAt: later, ...approved } = actions.find(({ approval }) => approval !== undefined) ?? {};
    const id = 'act_sweptsweptswept1';
    const startedAt = long.openSince;
    const openAction = { ...long, openKind: 'ACTION' };
    await put({ ...started, ...openAction, pk: `ACTION#${id}`, id, status: 'started', startedAt });
    await put({ ...approved, ...openAction, openKind: 'HELD', status: 'held' });
    await product.apply();
    product.work('standby');
    await product.order('PR-HELD', large);
    const held = await eventually('an order is held', async () =>
      (await rows('ACTION')).find(
        ({ status, onBehalfOf, pk }) => status === 'held' && onBehalfOf && pk !== approved['pk'],
      ),
    );
    await put({ ...held, ...openAction, openKind: 'HELD' });
    await product.apply(bouncing('priya.raman'));
    const person = 'priya-raman';
    const mailbox = { pk: `MAILBOX#${person}`, sk: 'MAILBOX', v: 1, person, hour: '2026-01-01T00', sent: 1 };
    await put({ ...mailbox, ...long, openKind: 'DIGEST' });
    const digests = product.cloud.resources.find(({ logicalId }) => logicalId.startsWith('DigestSchedule'));
    expect(product.cloud.runSchedule(digests?.logicalId ?? '')).toBe(true);
    await eventually('the digest is sent', async () =>
      (await get(mailbox.pk, 'MAILBOX'))['openKind'] === undefined ? true : undefined,
    );
    const schedule = product.cloud.resources.find(({ logicalId }) =>
      logicalId.startsWith('ReconcileSchedule'),
    );
    await product.admin.stop({ scope: 'role:none', reason: 'a rehearsal', drill: true });
    expect(product.cloud.runSchedule(schedule?.logicalId ?? '')).toBe(true);
    await eventually('the action left in flight is settled', async () =>
      (await get(`ACTION#${id}`, 'ACTION'))['status'] === 'started' ? undefined : true,
    );
    await eventually('the dead runs ended', async () =>
      (await get('RUN#run_sweepcompleted1', 'RUN'))['status'] === 'failed' ? true : undefined,
    );
    await eventually('the approved action is taken up', async () =>
      (await get(approved['pk'], 'ACTION'))['status'] === 'held' ? undefined : true,
    );
  }, 60_000);

  it('is enough for an agent that signs in by its role and leans on another', async () => {
    const id = 'agt_procurement_standby';
    const role = 'arn:aws:iam::000000000000:role/autonomy-workload';
    await product.apply((file, text) =>
      file.endsWith('agents.yaml') ? text.replace(`id: ${id}\n`, `id: ${id}\nworkloads: [${role}]\n`) : text,
    );
    const lender = product.agent('gather');
    const lent = await lender.delegate({ to: id, purpose: 'Compare for me', expiresSeconds: 600 });
    const { url: endpoint, workload: credentials } = product.cloud;
    const helper = createAgent({ endpoint, id, region: 'us-east-1', credentials, delegation: lent.id });
    const asked = { tool: 'erp.get_quotes', input: quotes, purpose: 'Compare' };
    expect(await helper.act({ ...asked, idempotencyKey: 'lent-0001' })).toMatchObject({
      status: 'succeeded',
    });
    const token = tokensOf({ id, region: 'us-east-1', credentials, delegation: lent.id });
    const overMcp = actOver(await connectMcp(endpoint, token));
    expect(await overMcp({ ...asked, idempotencyKey: 'lent-over-mcp' })).toMatchObject({
      status: 'succeeded',
    });
    await lender.revokeDelegation(lent.id);
    expect(await helper.act({ ...asked, idempotencyKey: 'lent-0002' })).toMatchObject({
      problem: { code: 'delegation-revoked' },
    });
  }, 60_000);

  it('is enough for a look at what tools were imported from', async () => {
    const upstream = await startUpstream();
    const pinned = (text: string, name: string, url: string) =>
      text.replace(
        `name: ${name}\n`,
        `name: ${name}\nupstream: { kind: openapi, url: '${url}', operation: POST /a, hash: ${'a'.repeat(64)} }\n`,
      );
    const own = `${product.erp.url}/openapi.yaml`;
    await product.apply((file, text) =>
      file.endsWith('tools.yaml')
        ? pinned(pinned(text, 'erp.get_budget', own), 'erp.get_quotes', upstream.url)
        : text,
    );
    const schedule = product.cloud.resources.find(({ logicalId }) =>
      logicalId.startsWith('WatchToolsSchedule'),
    );
    expect(product.cloud.runSchedule(schedule?.logicalId ?? '')).toBe(true);
    await eventually('the tool is in quarantine', async () =>
      (await product.admin.registeredTool('erp.get_quotes')).quarantine ? true : undefined,
    );
    const asked = { tool: 'erp.get_quotes', input: quotes, purpose: 'Compare' };
    const denied = await product.agent('gather').act({ ...asked, idempotencyKey: 'quarantined-0001' });
    expect(denied.problem?.code).toBe('tool-quarantined');
    expect(await product.admin.registeredTools()).toHaveLength(3);
    await upstream.stop();
    await product.apply();
  }, 60_000);

  it('is enough for certifications that end, and for keys and tokens that are revoked', async () => {
    const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
    const certified = (text: string, id: string, until: string) =>
      text.replace(`id: ${id}\n`, `id: ${id}\nrecertifyBy: ${until}\n`);
    await product.apply((file, text) =>
      file.endsWith('agents.yaml')
        ? certified(certified(text, 'agt_procurement_gather', day(7)), 'agt_procurement_act', day(-1))
        : text,
    );
    const schedule = product.cloud.resources.find(({ logicalId }) =>
      logicalId.startsWith('CertificationSchedule'),
    );
    expect(product.cloud.runSchedule(schedule?.logicalId ?? '')).toBe(true);
    await eventually('the agent is suspended', async () =>
      (await product.admin.agent('agt_procurement_act')).suspendedFor ? true : undefined,
    );
    const mails = await eventually('the sponsor is reminded', async () => {
      const found = await mailsAbout(product, 'agt_procurement_gather');
      return found.some(({ subject }) => subject.startsWith('Please recertify')) ? found : undefined;
    });
    expect(mails.map(({ to }) => to)).toContain('vera.okafor@example.com');
    await product.apply();
    const gather = product.agent('gather');
    await gather.tools();
    await product.admin.revokeTokens(undefined);
    await product.admin.revokeTokens('agt_procurement_gather');
    expect(await gather.tools()).not.toEqual([]);
    const [key] = (await product.admin.agent('agt_procurement_gather')).keys;
    await product.admin.revokeKey('agt_procurement_gather', key?.kid ?? '');
    await expect(gather.tools()).rejects.toMatchObject({ status: 401 });
    expect((await product.admin.agents()).map(({ id }) => id)).toContain('agt_procurement_standby');
  }, 60_000);

  it('was never refused', () => {
    expect(product.cloud.iam.usage().refusals).toEqual([]);
  });

  it('holds nothing that nobody used', async () => {
    const text = ({ role, action, resource }: RoleGrant) => `${role} ${action} ${resource}`;
    const idle = () => {
      const { granted, used } = product.cloud.iam.usage();
      const known = new Set(used.map(text));
      return granted.map(text).filter((grant) => !known.has(grant));
    };
    expect(product.cloud.iam.usage().granted.length).toBeGreaterThan(100);
    await eventually('the sweep has ended', async () => idle().length === 0 || undefined).catch(
      () => undefined,
    );
    expect(idle()).toEqual([]);
  }, 60_000);
});
