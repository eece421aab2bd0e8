import { describe, expect, it } from 'vitest';
import type { Tool } from '../../../../core/governance/tool.ts';
import { createCallTool } from '../../../../functions/aws/call-tool.ts';
import type { CallResult } from '../../../../functions/aws/connectors/connector.ts';
import { keepOutputRules } from '../../../../functions/aws/connectors/output-rules.ts';
import { someSystem, someTool } from '../../../harness/tools.ts';

const output = {
  type: 'object',
  properties: { order: { type: 'string' }, iban: { type: 'string', 'x-autonomy-sensitive': true } },
  required: ['order'],
};
let calls = 0;
const answering = (result: CallResult) =>
  keepOutputRules(async () => {
    calls += 1;
    return result;
  });
const ask = (result: CallResult, fields: Partial<Tool> = { output }) => {
  calls = 0;
  const call = {
    tool: someTool(fields),
    system: someSystem(),
    input: {},
    idempotencyKey: 'act_1',
    timeoutMs: 100,
  };
  return answering(result)(call);
};

describe('what a tool answered', () => {
  it('is kept as its schema has it, without what the schema marks as sensitive', async () => {
    const answer = { order: 'PO-1', iban: 'DE89 3704' };
    expect(await ask({ status: 'succeeded', output: answer })).toEqual({
      status: 'succeeded',
      output: { order: 'PO-1', iban: '[redacted]' },
    });
  });

  it.each([[{ iban: 'DE89 3704' }], [{ order: 7, iban: 'DE89 3704' }], ['order DE89 3704 placed'], [null]])(
    'and misses its schema, like %j, leaves the effect in doubt and is shown to nobody',
    async (answer) => {
      const outcome = await ask({ status: 'succeeded', output: answer });
      expect(outcome).toMatchObject({ status: 'unknown', code: 'output-invalid' });
      expect(outcome).not.toHaveProperty('retry');
      expect(JSON.stringify(outcome)).not.toContain('DE89');
    },
  );

  it('and misses its schema names the field', async () => {
    expect(await ask({ status: 'succeeded', output: { order: 7 } })).toMatchObject({
      detail: expect.stringContaining('order: ') as string,
    });
  });

  it('is kept as it is when the tool has no schema for it', async () => {
    expect(await ask({ status: 'succeeded', output: { any: 1 } }, {})).toEqual({
      status: 'succeeded',
      output: { any: 1 },
    });
  });

  it('is not looked at when the call failed', async () => {
    const failed: CallResult = { status: 'failed', code: 'refused-by-system', detail: 'no' };
    expect(await ask(failed)).toEqual(failed);
  });

  it('is not asked for when nobody can check it: nothing is called', async () => {
    const outcome = await ask(
      { status: 'succeeded', output: {} },
      { output: { type: 'object', $ref: 'https://example.com/x' } },
    );
    expect(outcome).toMatchObject({ status: 'failed', code: 'misconfigured', sent: false });
    expect(calls).toBe(0);
  });

  it('and misses its schema is a failure of a tool that only reads', async () => {
    const callTool = createCallTool(
      { http: answering({ status: 'succeeded', output: {} }) },
      () => new Date(),
    );
    const tool = someTool({ output, effect: 'read' });
    const outcome = await callTool({ tool, system: someSystem(), input: {}, idempotencyKey: 'act_1' });
    expect(outcome).toMatchObject({ status: 'failed', code: 'output-invalid' });
  });
});
