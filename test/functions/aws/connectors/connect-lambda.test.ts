import { LambdaClient } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Tool } from '../../../../core/governance/tool.ts';
import { connectLambda } from '../../../../functions/aws/connectors/connect-lambda.ts';
import { MAX_OUTPUT_BYTES } from '../../../../functions/aws/connectors/connector.ts';
import { type AwsEndpoint, startAwsEndpoint, type WireReply } from '../../../harness/aws-endpoint.ts';
import { someSystem, someTool } from '../../../harness/tools.ts';

const ARN = 'arn:aws:lambda:us-east-1:111122223333:function:erp';
let aws: AwsEndpoint;
beforeAll(async () => {
  aws = await startAwsEndpoint();
});
afterAll(() => aws.stop());
beforeEach(() => {
  aws.calls.length = 0;
});

async function call(
  reply: WireReply | (() => Promise<WireReply>),
  connector: Tool['connector'] = { type: 'lambda', functionArn: ARN },
) {
  aws.answer = typeof reply === 'function' ? reply : () => reply;
  return connectLambda(new LambdaClient(aws.client))({
    tool: someTool({ connector }),
    system: someSystem(),
    input: { vendor: 'Northwind' },
    idempotencyKey: 'act_00000001',
    timeoutMs: 300,
  });
}
const threw = (body: object) => ({ headers: { 'x-amz-function-error': 'Unhandled' }, body });

describe('a call of a function', () => {
  it('carries tool, input and key; what the function returns is the output', async () => {
    expect(await call({ body: { order: 'PO-1' } })).toEqual({
      status: 'succeeded',
      output: { order: 'PO-1' },
    });
    expect(aws.calls[0]?.operation).toContain(encodeURIComponent(ARN));
    expect(JSON.parse(aws.calls[0]?.body ?? '')).toEqual({
      tool: 'erp.create_order',
      input: { vendor: 'Northwind' },
      idempotencyKey: 'act_00000001',
    });
  });

  it('that returns nothing succeeded with nothing', async () => {
    expect(await call({ body: 'null' })).toEqual({ status: 'succeeded', output: null });
  });

  it('that threw is a clear no with its reason', async () => {
    expect(await call(threw({ errorType: 'NoSuchVendor', errorMessage: 'Northwind' }))).toEqual({
      status: 'failed',
      code: 'refused-by-system',
      detail: 'NoSuchVendor: Northwind',
    });
  });

  it('that ran out of time leaves the effect in doubt', async () => {
    const cut = threw({ errorType: 'Sandbox.Timedout', errorMessage: 'Task timed out after 3.00 seconds' });
    expect(await call(cut)).toMatchObject({ status: 'unknown', code: 'timed-out', retry: true });
  });

  it('that gave no answer leaves the effect in doubt', async () => {
    const slow = async () => {
      await sleep(1000);
      return { body: {} };
    };
    expect(await call(slow)).toMatchObject({ status: 'unknown', code: 'unreachable', retry: true });
    expect(await call({ status: 500, error: 'ServiceException' })).toMatchObject({
      status: 'unknown',
      retry: true,
    });
  });

  it.each([
    [404, 'ResourceNotFoundException', false],
    [403, 'AccessDeniedException', false],
    [429, 'TooManyRequestsException', true],
  ])('that Lambda refused to make (%i) is a clear failure: nothing ran', async (status, error, retry) => {
    const outcome = await call({ status, error });
    expect(outcome).toMatchObject({ status: 'failed', code: 'not-called', sent: false });
    expect(outcome.retry).toBe(retry);
  });

  it('whose answer is too large is not cut', async () => {
    expect(await call({ body: JSON.stringify('x'.repeat(MAX_OUTPUT_BYTES)) })).toMatchObject({
      status: 'unknown',
      code: 'output-too-large',
    });
  });

  it('that answers what can’t be held exactly is kept as text', async () => {
    const id = '{"id":12345678901234567890}';
    expect(await call({ body: id })).toEqual({ status: 'succeeded', output: id });
  });

  it('is for Lambda tools alone', async () => {
    const connector = someTool().connector;
    expect(await call({ body: {} }, connector)).toMatchObject({ status: 'failed', code: 'misconfigured' });
    expect(aws.calls).toEqual([]);
  });
});
