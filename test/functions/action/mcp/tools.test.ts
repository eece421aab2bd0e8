import type { Client } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { actionKey } from '../../../../core/action/action.ts';
import { askQuestion } from '../../../../core/approval/ask-question.ts';
import { callableName } from '../../../../core/callable-name.ts';
import { isRefusal } from '../../../../core/change.ts';
import { actionId, approvalIdOf } from '../../../../core/id.ts';
import { executeApproved } from '../../../../functions/action/execute-approved.ts';
import { loadApproval } from '../../../../functions/aws/load-approval.ts';
import { decideAndCommit } from '../../../../functions/aws/registry.ts';
import { buyer, order, second, startWorld, type World } from '../../../harness/door.ts';
import { NOW } from '../../../harness/facts.ts';
import { connectMcp, type Era, eras, fetchOf, ISSUER, mcpOf } from '../../../harness/mcp.ts';
import { change, organisation } from '../../../harness/organisation.ts';
import { vote } from '../../../harness/votes.ts';
import { openWork, taskDesk } from '../../../harness/work.ts';

let world: World;
let client: Client;
const heard: string[] = [];
const connect = (as: string = buyer, era: Era = '2026-07-28') =>
  connectMcp(ISSUER, as, { era, heard, fetch: fetchOf(mcpOf(world)) });
beforeAll(async () => {
  world = await startWorld();
  client = await connect();
});
afterAll(() => world.stop());
beforeEach(() => {
  world.clock.now = NOW;
  world.erp.calls.length = 0;
  world.erp.answer = () => ({ status: 'succeeded', output: { order: 'PO-1' } });
});

type Said = { readonly isError?: boolean; readonly structuredContent?: unknown; readonly content: unknown[] };
const big = { ...order, total: '2000.00' };
const ORDER = callableName('erp.create_order');
const call = (name: string, input: object = {}, meta?: object, by: Client = client): Promise<Said> =>
  by.callTool({ name, arguments: { ...input }, ...(meta && { _meta: { ...meta } }) }) as Promise<Said>;
const toldOf = ({ structuredContent }: Said) => structuredContent as Record<string, unknown>;
const handleOf = (said: Said) => actionId.parse(toldOf(said)['action']);
const textOf = ({ content: [first] }: Said) => (first as { text: string }).text;
const rowOf = async (said: Said) => (await world.deps.registry.load([actionKey(handleOf(said))]))[0];
const eventsOf = async (said: Said) =>
  (await world.database.events()).filter(({ subject }) => subject === `ACTION#${handleOf(said)}`);

describe.each(eras)('to a client of %s, a tool', (era) => {
  let by: Client;
  beforeAll(async () => {
    by = await connect(buyer, era);
  });

  it('is listed if and only if the agent may use it, by its name and in order, with what is always there', async () => {
    const own = ['get_action', 'withdraw_action', 'answer_question'];
    for (const as of [buyer, 'agt_clerk']) {
      const shown = (await (await connect(as, era)).listTools()).tools.map(({ name }) => name);
      const { tools } = (await world.get('/v1/tools', as)).body as { tools: { name: string }[] };
      expect(shown).toEqual([...tools.map(({ name }) => callableName(name)).toSorted(), ...own]);
    }
  });

  it('that is allowed is carried out through the door, and answers with structure', async () => {
    const said = await call(ORDER, order, undefined, by);
    expect(said).toMatchObject({
      structuredContent: { status: 'succeeded', output: { order: 'PO-1' }, action: handleOf(said) },
    });
    expect(said.isError ?? false).toBe(false);
    expect(JSON.parse(textOf(said))).toEqual({ order: 'PO-1' });
    expect(world.erp.calls).toMatchObject([{ input: order, idempotencyKey: handleOf(said) }]);
    expect((await eventsOf(said)).map(({ type }) => type)).toEqual(['action.started', 'action.succeeded']);
  });

  it('that is held says so, is no error, and is done once people agreed', async () => {
    const said = await call(ORDER, big, undefined, by);
    expect(said.isError ?? false).toBe(false);
    expect(toldOf(said)).toMatchObject({
      status: 'held',
      waitsFor: [{ group: 'budget-owners', count: 1 }],
      expiresAt: '2026-11-23T11:00:00.000Z',
      retryAfterSeconds: 5,
    });
    expect(textOf(said)).toContain(`get_action with action "${handleOf(said)}"`);
    expect(world.erp.calls).toHaveLength(0);
    const action = handleOf(said);
    const look = () => call('get_action', { action }, undefined, by);
    expect(toldOf(await look())).toMatchObject({ status: 'held' });
    await vote(world, { approval: approvalIdOf(action) }, 'ada');
    await executeApproved(world.deps, action);
    expect(toldOf(await look())).toMatchObject({ status: 'succeeded', output: { order: 'PO-1' } });
    expect(heard.join()).toContain(action);
    expect(heard.join()).not.toMatch(/\bada\b|@example\.com|\/approvals\//);
  });

  it('that is denied is an error that tells the reason and the rules, on the record', async () => {
    const said = await call(ORDER, { ...order, vendor: 'Shady' }, undefined, by);
    expect(said).toMatchObject({
      isError: true,
      structuredContent: {
        status: 'denied',
        problem: { code: 'forbidden' },
        policies: ['operations-blocked-vendors'],
      },
    });
    expect(textOf(said)).toContain('Blocked vendors get no orders');
    expect((await eventsOf(said)).map(({ type }) => type)).toEqual(['action.denied']);
    expect(world.erp.calls).toHaveLength(0);
  });
});

describe('a call', () => {
  it.each([
    [
      'a field that does not fit',
      { ...order, total: 5 },
      /^Nothing was done: denied \(invalid-input\): total: /,
    ],
    [
      'a purpose that says nothing',
      { ...order, __purpose: ' ' },
      /\(invalid-arguments\): arguments\.__purpose: /,
    ],
  ])('with %s is an error that names it', async (_, input, text) => {
    const said = await call(ORDER, input);
    expect(said.isError).toBe(true);
    expect(textOf(said)).toMatch(text);
    expect(world.erp.calls).toHaveLength(0);
  });

  it.each([
    ['autonomy/idempotency-key', 'short'],
    ['autonomy/task', 'tsk'],
    ['autonomy/purpose', ''],
  ])('with a bad %s is an error that names it, on the record, and no action', async (key, value) => {
    const before = (await world.database.events()).length;
    const said = await call(ORDER, order, { [key]: value });
    expect(said).toMatchObject({ isError: true, structuredContent: { status: 'refused' } });
    expect(textOf(said)).toContain(`_meta.${key}: `);
    const after = await world.database.events();
    expect(after.length - before).toBe(1);
    expect(after.filter(({ type }) => type === 'request.refused').length).toBeGreaterThan(0);
  });

  it.each([
    ['of a tool nobody knows', 'erp__nothing', 'unknown-tool'],
    ['of one no rule opens', 'erp__wipe', 'not-permitted'],
    ['of one by its name with dots', 'erp.wipe', 'not-permitted'],
  ])('%s is denied, on the record', async (_, name, code) => {
    const said = await call(name);
    expect(said).toMatchObject({ isError: true, structuredContent: { problem: { code } } });
    expect((await eventsOf(said)).map(({ type }) => type)).toEqual(['action.denied']);
  });

  it.each([
    ['what it says beside its arguments', { 'autonomy/purpose': 'Chairs' }, 'Chairs'],
    ['what it says among them', undefined, 'Tables'],
  ])('records as purpose %s, and hands the tool its own fields alone', async (_, meta, purpose) => {
    const said = await call(ORDER, { ...order, __purpose: 'Tables' }, meta);
    expect(await rowOf(said)).toMatchObject({ purpose, input: order });
    expect(world.erp.calls).toMatchObject([{ input: order }]);
  });

  it('that gives no purpose is recorded as asked over MCP', async () => {
    expect(await rowOf(await call(ORDER, order))).toMatchObject({ purpose: `asked over MCP by ${buyer}` });
  });

  it('sent again with its key is the same action, and another under that key is refused', async () => {
    const key = { 'autonomy/idempotency-key': 'order-of-today' };
    const first = await call(ORDER, order, key);
    expect(handleOf(await call(ORDER, order, key))).toBe(handleOf(first));
    expect(world.erp.calls).toHaveLength(1);
    expect(textOf(await call(ORDER, big, key))).toContain('key-reused');
    expect(handleOf(await call(ORDER, order))).not.toBe(handleOf(first));
  });

  it('within a task acts for whom the task is, if the agent holds it', async () => {
    const { task } = await openWork(world, 'mcp');
    const within = { 'autonomy/task': task };
    expect(textOf(await call(ORDER, order, within))).toContain('task-not-leased');
    await taskDesk(world).post('claim', buyer);
    expect(await rowOf(await call(ORDER, order, within))).toMatchObject({
      task,
      onBehalfOf: 'rita@example.com',
    });
    expect(heard.join()).not.toContain('rita@example.com');
  });

  it('beyond the agent’s rate is refused, with when to come again; what is left of it is told', async () => {
    await world.apply(change(organisation(), `Agent ${buyer}`, { requestsPerMinute: 1 }));
    const from = heard.length;
    await call(ORDER, order);
    const said = await call(ORDER, order);
    expect(said).toMatchObject({ isError: true, structuredContent: { problem: { code: 'rate-limited' } } });
    expect(toldOf(said)['retryAfterSeconds']).toBe(60);
    expect(world.erp.calls).toHaveLength(1);
    expect(heard.slice(from).join()).toContain('["ratelimit","\\"agent\\";r=0;t=60"]');
    await world.apply(organisation());
  });

  it('that failed is an error that tells how, and does not say that nothing was done', async () => {
    world.erp.answer = () => ({ status: 'failed', code: 'refused-by-system', detail: 'no such vendor' });
    const said = await call(ORDER, order);
    expect(said).toMatchObject({ isError: true, structuredContent: { status: 'failed' } });
    expect(textOf(said)).toBe('It failed (refused-by-system): no such vendor');
  });

  it('whose end nobody knows says so', async () => {
    world.erp.answer = () => ({ status: 'unknown', code: 'timeout', detail: 'no answer in 5 seconds' });
    const said = await call(callableName('erp.send_letter'), { to: 'Northwind', body: 'Hello' });
    expect(said).toMatchObject({ isError: true, structuredContent: { status: 'unknown' } });
    expect(textOf(said)).toContain('Do not ask for it again');
  });
});

describe('an action', () => {
  it('is its own agent’s: for others there is nothing here', async () => {
    const action = handleOf(await call(ORDER, order));
    const other = await connect(second);
    for (const name of ['get_action', 'withdraw_action'])
      expect(textOf(await call(name, { action }, undefined, other))).toContain('not-found');
    expect(textOf(await call('get_action', { action: 'nonsense' }))).toContain('not-found');
    expect(textOf(await call('get_action', {}))).toContain('(invalid-arguments): action: ');
  });

  it('that waits is taken back by its agent', async () => {
    const action = handleOf(await call(ORDER, big));
    expect(toldOf(await call('withdraw_action', { action, reason: 'not needed' }))).toMatchObject({ action });
    const again = await call('withdraw_action', { action });
    expect(again).toMatchObject({ isError: true, structuredContent: { problem: { code: 'not-pending' } } });
  });

  it('that somebody asks about is answered for', async () => {
    const action = handleOf(await call(ORDER, big));
    const { registry, now } = world.deps;
    const asked = await decideAndCommit(registry, async () => {
      const facts = await loadApproval(registry, approvalIdOf(action), now());
      return askQuestion(
        facts,
        { person: 'ada', text: 'Which floor?', digest: facts.approval.digest },
        now(),
      );
    });
    expect(isRefusal(asked)).toBe(false);
    const look = await call('get_action', { action });
    expect(textOf(look)).toContain('Question 1, for answer_question: Which floor?');
    const said = await call('answer_question', { action, question: 1, text: 'The third' });
    expect(toldOf(said)['questions']).toEqual([{ number: 1, text: 'Which floor?', answer: 'The third' }]);
    expect(textOf(said)).not.toContain('Which floor?');
    expect(JSON.stringify([look, said])).not.toContain('ada');
  });
});

describe('a tool as it is told', () => {
  const output = { type: 'object', properties: { order: { type: 'string' } }, required: ['order'] };
  const tell = async (name: string, fields: object, review: object = {}) => {
    const reviewed = change(organisation(), `ToolReview ${name}`, review);
    await world.apply(change(reviewed, `Tool ${name}`, fields));
    const { tools } = await client.listTools();
    return tools.find((tool) => tool.name === callableName(name));
  };

  it('says what it reads, writes and destroys', async () => {
    const budget = await tell('erp.get_budget', {});
    expect(budget?.annotations).toMatchObject({
      readOnlyHint: true,
      destructiveHint: false,
      idempotentHint: true,
    });
    const groups = ['write', 'destructive'];
    const wipe = await tell('erp.create_order', { groups, output }, { groups });
    expect(wipe?.annotations).toMatchObject({
      readOnlyHint: false,
      destructiveHint: true,
      idempotentHint: false,
    });
    expect(wipe?.description).toContain('People may have to agree first');
    expect(wipe?.outputSchema).toMatchObject({ properties: { output: { required: ['order'] } } });
  });

  it('has a schema any client can read, without words of our own', async () => {
    const note = { type: 'any', 'x-autonomy-policy': 'opaque' };
    const told = await tell('erp.create_order', {
      input: {
        type: 'object',
        required: ['vendor', 'total', 'currency'],
        properties: {
          'x-note': note,
          vendor: { type: 'string' },
          total: { type: 'string', format: 'decimal' },
          currency: { type: 'string' },
        },
      },
    });
    expect(told?.inputSchema.properties).toMatchObject({ 'x-note': {}, __purpose: { type: 'string' } });
    expect(JSON.stringify(told)).not.toMatch(/x-autonomy|"any"/);
  });

  it('that answers otherwise than it says is done, and the client gets the answer as text', async () => {
    await tell('erp.create_order', { output });
    world.erp.answer = () => ({ status: 'succeeded', output: { order: 7 } });
    const said = await call(ORDER, order);
    expect(said.isError ?? false).toBe(false);
    expect(toldOf(said)).toMatchObject({ status: 'succeeded', problem: { code: 'unexpected-output' } });
    expect(toldOf(said)).not.toHaveProperty('output');
    expect(textOf(said)).toBe('{"order":7}');
    world.erp.answer = () => ({ status: 'succeeded', output: { order: 'PO-2' } });
    expect(toldOf(await call(ORDER, order))).toMatchObject({ output: { order: 'PO-2' } });
  });
});
