import { describe, expect, it } from 'vitest';
import type { Tool } from '../../../core/governance/tool.ts';
import { type CallTool, createCallTool } from '../../../functions/aws/call-tool.ts';
import type { CallResult, Connector, ToolCall } from '../../../functions/aws/connectors/connector.ts';
import { someSystem, someTool } from '../../harness/tools.ts';

const inDoubt: CallResult = { status: 'unknown', code: 'unreachable', detail: 'no answer', retry: true };
const ok: CallResult = { status: 'succeeded', output: 'done' };
const no: CallResult = { status: 'failed', code: 'refused-by-system', detail: 'no' };

/** Calls a tool whose system gives these answers in turn, then the last one for ever. */
async function call(tool: Tool, answers: readonly CallResult[], options: { readonly seconds?: number } = {}) {
  const calls: ToolCall[] = [];
  let clock = 0;
  const connector: Connector = async (each) => {
    clock += (options.seconds ?? 0) * 1000;
    calls.push(each);
    return answers[Math.min(calls.length, answers.length) - 1] ?? ok;
  };
  const refuse: Connector = async () => no;
  const connectors = { http: refuse, lambda: refuse, [tool.connector.type]: connector };
  const callTool: CallTool = createCallTool(connectors, () => new Date(clock));
  const outcome = await callTool({ tool, system: someSystem(), input: {}, idempotencyKey: 'act_00000001' });
  return { outcome, calls };
}

describe('calling a tool', () => {
  it.each(['read', 'keyed'] as const)('is tried again for a %s tool, with the same key', async (effect) => {
    const { outcome, calls } = await call(someTool({ effect }), [inDoubt, inDoubt, ok]);
    expect(outcome).toEqual({ status: 'succeeded', output: 'done' });
    expect(calls.map(({ idempotencyKey }) => idempotencyKey)).toEqual(Array(3).fill('act_00000001'));
  });

  it('ends after three tries', async () => {
    const { calls } = await call(someTool({ effect: 'keyed' }), [inDoubt]);
    expect(calls).toHaveLength(3);
  });

  it('is never tried again for an at-most-once tool, even by a hint', async () => {
    const { outcome, calls } = await call(someTool({ effect: 'at-most-once' }), [inDoubt, ok]);
    expect(outcome).toEqual({ status: 'unknown', code: 'unreachable', detail: 'no answer' });
    expect(calls).toHaveLength(1);
  });

  it.each([
    ['keyed', 'unknown'],
    ['read', 'failed'],
  ] as const)('in doubt to the end is, for a %s tool, %s', async (effect, status) => {
    expect((await call(someTool({ effect }), [inDoubt])).outcome).toMatchObject({ status });
  });

  it('stays in doubt when a later try reached nobody: the first may have taken effect', async () => {
    const nobody: CallResult = {
      status: 'failed',
      code: 'unreachable',
      detail: 'refused',
      sent: false,
      retry: true,
    };
    const { outcome, calls } = await call(someTool({ effect: 'keyed' }), [inDoubt, nobody]);
    expect(outcome).toEqual({ status: 'unknown', code: 'unreachable', detail: 'no answer' });
    expect(calls).toHaveLength(3);
    expect((await call(someTool({ effect: 'keyed' }), [nobody])).outcome).toEqual({
      status: 'failed',
      code: 'unreachable',
      detail: 'refused',
    });
  });

  it('stays in doubt when the attempt before a crash may have been heard', async () => {
    const nobody: CallResult = { status: 'failed', code: 'unreachable', detail: 'refused', sent: false };
    const callTool = createCallTool({ http: async () => nobody }, () => new Date(0));
    const again = { system: someSystem(), input: {}, idempotencyKey: 'act_00000001', earlier: true };
    expect(await callTool({ ...again, tool: someTool({ effect: 'keyed' }) })).toMatchObject({
      status: 'unknown',
    });
    expect(await callTool({ ...again, tool: someTool({ effect: 'read' }) })).toMatchObject({
      status: 'failed',
    });
  });

  it('takes a clear no for an answer', async () => {
    const { outcome, calls } = await call(someTool({ effect: 'read' }), [no, ok]);
    expect(outcome).toEqual(no);
    expect(calls).toHaveLength(1);
  });

  it('gives each try what is left of the tool’s time, and starts none when it is over', async () => {
    const { calls } = await call(someTool({ effect: 'read', timeoutSeconds: 5 }), [inDoubt], { seconds: 3 });
    expect(calls.map(({ timeoutMs }) => timeoutMs)).toEqual([5000, 2000]);
  });

  it('fails when the release knows no such system, and calls nobody', async () => {
    const callTool = createCallTool(
      { http: () => Promise.reject(new Error('called')), lambda: () => Promise.reject(new Error('called')) },
      () => new Date(0),
    );
    const asked = { tool: someTool(), system: undefined, input: {}, idempotencyKey: 'act_00000001' };
    expect(await callTool(asked)).toMatchObject({ status: 'failed', code: 'misconfigured' });
  });
});
