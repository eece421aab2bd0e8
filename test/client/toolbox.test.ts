import { describe, expect, it } from 'vitest';
import type { ActionView, ActRequest, Agent, ToolView } from '../../client/agent.ts';
import {
  chatTools,
  messagesTools,
  responsesTools,
  runChatCalls,
  runMessagesCalls,
  runResponsesCalls,
} from '../../client/model-formats.ts';
import { AutonomyError } from '../../client/send.ts';
import { createToolbox, type ToolboxOptions } from '../../client/toolbox.ts';

const rule = { id: 'operations-orders', title: 'Orders need a budget owner' };
const requires = [{ group: 'budget-owners', count: 1 }];

function tool(name: string, more: Partial<ToolView> = {}): ToolView {
  const input = { type: 'object', properties: { total: { type: 'string', 'x-autonomy-policy': 'opaque' } } };
  const why = { permits: [], guards: [], forbids: [] };
  return { name, title: name, description: `Does ${name}.`, effect: 'keyed', input, why, ...more };
}

function view(status: ActionView['status'], more: Partial<ActionView> = {}): ActionView {
  const requestedAt = '2026-11-27T09:00:00.000Z';
  return { id: 'act_00000000', status, tool: 'erp.order', requestedAt, policies: [], ...more };
}

/** An agent whose door answers so; `asked` is what came through it. */
function agentOf(answer: (request: ActRequest) => ActionView, names: readonly string[] = ['erp.order']) {
  const asked: ActRequest[] = [];
  const act = async (request: ActRequest) => {
    asked.push(request);
    return answer(request);
  };
  const agent = {
    tools: async () => names.map((name) => tool(name)),
    act,
    action: async (id: string) => view('succeeded', { id, output: { late: true } }),
    answer: async (id: string, question: number, text: string) =>
      view('held', { id, output: { question, text } }),
  } as unknown as Agent;
  return { agent, asked };
}

const options: ToolboxOptions = { conversation: 'c-1', purpose: 'Buy chairs' };
const call = { id: 'call_1', name: 'erp__order', input: { total: '9.00' } };

async function told(answer: (request: ActRequest) => ActionView, asking: object = call) {
  const { agent, asked } = agentOf(answer);
  const box = await createToolbox(agent, options);
  return { asked, ...(await box.call({ ...call, ...asking })) };
}

describe('what a model is told', () => {
  it('is what the tool answered, once it was done', async () => {
    const said = await told(() => view('succeeded', { output: { order: 7 } }));
    expect(said).toMatchObject({ text: '{"order":7}', isError: false });
  });

  it('is that a held action was not done, whom it waits for, and not to call again', async () => {
    const approval = { id: 'apr_00000000', expiresAt: '2026-11-28T09:00:00.000Z', requires };
    const { text, isError } = await told(() => view('held', { approval }));
    expect(text).toMatch(/^Held: nothing was done yet\. It waits until 1 of budget-owners agree/);
    expect(text).toMatch(/get_action with action "act_00000000"/);
    expect(text).toMatch(/Do not call for the same again/);
    expect(isError).toBe(false);
  });

  it('is why it was denied and by which rules, as an error', async () => {
    const problem = { code: 'forbidden', detail: 'over the ceiling' };
    const said = await told(() => view('denied', { problem, policies: ['coe-ceiling'] }));
    expect(said.text).toBe('Nothing was done: denied (forbidden): over the ceiling Rules: coe-ceiling.');
    expect(said.isError).toBe(true);
  });

  it.each(['rejected', 'expired', 'withdrawn', 'unreachable', 'superseded', 'failed', 'unknown'] as const)(
    'is an error when the action ended %s',
    async (status) => {
      const { text, isError } = await told(() => view(status));
      expect(isError).toBe(true);
      expect(text).not.toMatch(/^Done/);
    },
  );

  it('is what it has to say otherwise, when the door refuses', async () => {
    const refuse = (status: number, code: string) => () => {
      throw new AutonomyError(status, code, 'say it otherwise');
    };
    expect(await told(refuse(422, 'key-reused'))).toMatchObject({
      text: 'Refused (key-reused): say it otherwise',
      isError: true,
    });
    await expect(told(refuse(401, 'bad-token'))).rejects.toBeInstanceOf(AutonomyError);
    await expect(told(refuse(503, 'internal'))).rejects.toBeInstanceOf(AutonomyError);
  });
});

describe('what a call becomes', () => {
  const done = () => view('succeeded');

  it('is an action of the tool that its name stands for, with the model’s own reason', async () => {
    const input = { total: '9.00', __purpose: 'Two chairs for Mina' };
    const { asked } = await told(done, { input });
    expect(asked).toMatchObject([
      { tool: 'erp.order', input: { total: '9.00' }, purpose: 'Two chairs for Mina' },
    ]);
  });

  it.each([[undefined], [''], [7], ['x'.repeat(1001)]])(
    'has the conversation’s purpose when the model says %j',
    async (why) => {
      const { asked } = await told(done, { input: { __purpose: why } });
      expect(asked).toMatchObject([{ purpose: 'Buy chairs', input: {} }]);
    },
  );

  it('is the same action however often it is run, and another for another call or conversation', async () => {
    const keyOf = async (id: string, conversation: string) => {
      const { agent, asked } = agentOf(done);
      await (await createToolbox(agent, { ...options, conversation })).call({ ...call, id });
      return asked[0]?.idempotencyKey;
    };
    expect(await keyOf('call_0', 'c-1')).toBe(await keyOf('call_0', 'c-1'));
    expect(await keyOf('call_0', 'c-1')).not.toBe(await keyOf('call_1', 'c-1'));
    expect(await keyOf('call_0', 'c-1')).not.toBe(await keyOf('call_0', 'c-2'));
    expect(await keyOf('0', 'c-10')).not.toBe(await keyOf('00', 'c-1'));
    expect(await keyOf('x y\n', 'c-1')).toMatch(/^[\x21-\x7e]{8,128}$/);
  });

  it.each(['{"total":', '[1]', '"text"', 'null'])('is nothing when its arguments are %s', async (input) => {
    const { asked, text, isError } = await told(done, { input });
    expect(asked).toEqual([]);
    expect({ text, isError }).toMatchObject({
      text: expect.stringMatching(/^Refused/) as string,
      isError: true,
    });
  });

  it('is asked of the door even when there is no such tool, to be denied and recorded', async () => {
    const { asked } = await told(() => view('denied'), { name: 'erp__pay_everyone' });
    expect(asked).toMatchObject([{ tool: 'erp.pay_everyone' }]);
  });

  it('is a look at its own action, or an answer, without asking for a new one', async () => {
    const looked = await told(done, { name: 'get_action', input: { action: 'act_11111111' } });
    expect(looked).toMatchObject({ asked: [], text: '{"late":true}', isError: false });
    const input = { action: 'act_11111111', question: 1, text: 'For Mina' };
    expect(await told(done, { name: 'answer_question', input })).toMatchObject({ asked: [], isError: false });
    const odd = await told(done, { name: 'get_action', input: { action: 'act_1', please: true } });
    expect(odd).toMatchObject({ asked: [], isError: true });
  });

  it('never is one of a tool that is called like our own', async () => {
    const { agent, asked } = agentOf(done, ['get_action']);
    const box = await createToolbox(agent, options);
    const [first] = box.functions;
    expect(first?.name).not.toBe('get_action');
    await box.call({ ...call, name: first?.name ?? '' });
    expect(asked).toMatchObject([{ tool: 'get_action' }]);
  });
});

describe('the tools as each vendor takes them', () => {
  const done = () => view('succeeded', { output: { order: 7 } });
  const boxOf = async () => createToolbox(agentOf(done, ['erp.order', 'a.b']).agent, options);
  const legal = /^[a-zA-Z0-9_-]{1,64}$/;

  it('have legal names, the rules that may hold them, and no marks of ours', async () => {
    const guarded = tool('erp.order', { why: { permits: [], guards: [{ ...rule, requires }], forbids: [] } });
    const { agent } = agentOf(done);
    const box = await createToolbox({ ...agent, tools: async () => [guarded] }, options);
    expect(box.functions[0]).toEqual({
      name: 'erp__order',
      description: 'Does erp.order. People may have to agree first: Orders need a budget owner.',
      parameters: {
        type: 'object',
        properties: {
          total: { type: 'string' },
          __purpose: expect.objectContaining({ type: 'string' }) as object,
        },
      },
    });
    for (const { name } of box.functions) expect(name).toMatch(legal);
  });

  it('in OpenAI’s Chat Completions', async () => {
    const box = await boxOf();
    expect(chatTools(box)[0]).toMatchObject({ type: 'function', function: { name: 'a__b', parameters: {} } });
    const tool_calls = [
      { id: 'call_1', type: 'function', function: { name: 'erp__order', arguments: '{"total":"9.00"}' } },
    ];
    const message = { role: 'assistant', content: null, tool_calls };
    expect(await runChatCalls(box, message)).toEqual([
      { role: 'tool', tool_call_id: 'call_1', content: '{"order":7}' },
    ]);
    expect(await runChatCalls(box, { role: 'assistant', content: 'Hello' })).toEqual([]);
  });

  it('in OpenAI’s Responses', async () => {
    const box = await boxOf();
    expect(responsesTools(box)[0]).toMatchObject({ type: 'function', name: 'a__b', strict: false });
    const output = [
      { type: 'reasoning', id: 'rs_1', summary: [] },
      { type: 'function_call', id: 'fc_1', call_id: 'call_1', name: 'erp__order', arguments: '{}' },
    ];
    expect(await runResponsesCalls(box, output)).toEqual([
      { type: 'function_call_output', call_id: 'call_1', output: '{"order":7}' },
    ]);
  });

  it('in Anthropic’s Messages', async () => {
    const box = await boxOf();
    expect(messagesTools(box)[0]).toMatchObject({ name: 'a__b', input_schema: { type: 'object' } });
    expect(messagesTools(box)[0]).not.toHaveProperty('parameters');
    const content = [
      { type: 'text', text: 'I will order.' },
      { type: 'tool_use', id: 'toolu_1', name: 'erp__order', input: { total: '9.00' } },
      { type: 'tool_use', id: 'toolu_2', name: 'erp__order', input: 'no object' },
    ];
    expect(await runMessagesCalls(box, content)).toMatchObject([
      { type: 'tool_result', tool_use_id: 'toolu_1', content: '{"order":7}' },
      { type: 'tool_result', tool_use_id: 'toolu_2', is_error: true },
    ]);
  });
});
