import { SFNClient } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Tool } from '../../../../core/governance/tool.ts';
import { connectWorkflow } from '../../../../functions/aws/connectors/connect-workflow.ts';
import { createCallTool } from '../../../../functions/aws/call-tool.ts';
import { MAX_OUTPUT_BYTES } from '../../../../functions/aws/connectors/connector.ts';
import { AwsError } from '../../../../local/service.ts';
import {
  type AwsEndpoint,
  startAwsEndpoint,
  type WireCall,
  type WireReply,
} from '../../../harness/aws-endpoint.ts';
import { someSystem, someTool } from '../../../harness/tools.ts';
import {
  machine,
  machineArn,
  type Machines,
  openMachines,
  Thrown,
} from '../../../local/step-functions/run-machine.ts';

const NAME = 'autonomy-dev-tool-shipping';
const KEY = 'act_0123456789abcdef';
const definitions = {
  [NAME]: machine({ Ship: { Type: 'Pass', Output: '{% {"shipped": $states.input.order} %}', End: true } }),
  slow: machine({ Wait: { Type: 'Wait', Seconds: 3600, End: true } }),
  failing: machine({ Stop: { Type: 'Fail', Error: 'NoStock', Cause: `none left${'!'.repeat(400)}` } }),
  throwing: machine({
    Work: {
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke',
      Arguments: { FunctionName: 'Work' },
      End: true,
    },
  }),
};

let aws: AwsEndpoint;
let engine: Machines;
beforeAll(async () => {
  aws = await startAwsEndpoint();
  const invoke = async () => new Thrown('Empty', 'nothing on the shelf').result;
  engine = openMachines(definitions, { invoke });
});
afterAll(async () => {
  engine.stop();
  await aws.stop();
});
beforeEach(() => {
  aws.calls.length = 0;
  aws.answer = byEngine;
});

/** The local cloud's own Step Functions, over the wire. */
async function byEngine({ operation, body }: WireCall): Promise<WireReply> {
  try {
    return { body: await engine.call(operation, JSON.parse(body)) };
  } catch (error) {
    if (error instanceof AwsError) return { status: error.status, error: error.name };
    throw error;
  }
}
const told = (name: string) => aws.calls.filter(({ operation }) => operation === name);
const statusOf = async (name: string, key: string) =>
  (await engine.describe(`${machineArn(name).replace('stateMachine', 'execution')}:${key}`)).status;

/** Time passes only while it is slept. */
const sleeper = () => {
  let at = 0;
  const slept: number[] = [];
  const sleep = async (ms: number) => {
    at += ms;
    slept.push(ms);
    await new Promise((done) => setTimeout(done, 5));
  };
  return { now: () => new Date(at), sleep, slept };
};

type Asked = { readonly key?: string; readonly seconds?: number; readonly effect?: Tool['effect'] };

async function call(name: string, { key = KEY, seconds = 5, effect = 'keyed' }: Asked = {}) {
  const connector = { type: 'workflow', machineArn: machineArn(name) } as const;
  const clock = sleeper();
  const callTool = createCallTool({ workflow: connectWorkflow(new SFNClient(aws.client), clock) }, clock.now);
  const tool = someTool({ connector, effect, timeoutSeconds: seconds });
  const input = { order: 'PO-1' };
  const outcome = await callTool({ tool, system: someSystem(), input, idempotencyKey: key });
  return { outcome, clock };
}

describe('a workflow as a tool', () => {
  it('is an execution named by the action, of the input alone; its output is the result', async () => {
    expect((await call(NAME)).outcome).toEqual({ status: 'succeeded', output: { shipped: 'PO-1' } });
    expect(told('StartExecution').map(({ body }) => JSON.parse(body) as unknown)).toEqual([
      { stateMachineArn: machineArn(NAME), name: KEY, input: '{"order":"PO-1"}' },
    ]);
  });

  it('runs once, however often it is called with one key: the same execution answers', async () => {
    const key = 'act_00000000000000aa';
    await call(NAME, { key });
    expect((await call(NAME, { key })).outcome).toEqual({ status: 'succeeded', output: { shipped: 'PO-1' } });
    expect(engine.told.filter((each) => each === `${NAME} started`)).toHaveLength(2);
  });

  it('that fails is a clear no, with the error’s name and a cause that is cut', async () => {
    const { outcome } = await call('failing', { key: 'act_00000000000000ab' });
    expect(outcome).toMatchObject({ status: 'failed', code: 'refused-by-system' });
    expect(outcome).toHaveProperty('detail', expect.stringMatching(/^NoStock: none left!+$/));
    expect(JSON.stringify(outcome).length).toBeLessThan(400);
  });

  it('whose function threw tells its message, and not where in its code', async () => {
    const { outcome } = await call('throwing', { key: 'act_00000000000000ac' });
    expect(outcome).toEqual({
      status: 'failed',
      code: 'refused-by-system',
      detail: 'Empty: nothing on the shelf',
    });
  });

  it.each(['ABORTED', 'TIMED_OUT'])('that was %s is a clear no', async (status) => {
    aws.answer = ({ operation }) => ({ body: operation === 'DescribeExecution' ? { status } : {} });
    expect((await call(NAME)).outcome).toMatchObject({ status: 'failed', detail: status });
  });

  it.each(['keyed', 'at-most-once'] as const)(
    'that outlasts the tool’s time is in doubt for a %s tool, and asked after ever more seldom',
    async (effect) => {
      const key = effect === 'keyed' ? 'act_00000000000000ad' : 'act_00000000000000ae';
      const { outcome, clock } = await call('slow', { key, seconds: 60, effect });
      expect(outcome).toMatchObject({ status: 'unknown', code: 'timed-out' });
      expect(clock.now().getTime()).toBe(60_000);
      expect(Math.max(...clock.slept)).toBe(5000);
      expect(told('DescribeExecution').length).toBeLessThan(25);
      expect(told('StartExecution')).toHaveLength(1);
      expect(await statusOf('slow', key)).toBe('RUNNING');
    },
  );

  it('is waited for on, when the call before was cut off', async () => {
    const key = 'act_00000000000000ad';
    expect((await call('slow', { key })).outcome).toMatchObject({ status: 'unknown' });
    expect(engine.told.filter((each) => each === 'slow started')).toHaveLength(2);
  });

  it('is waited for when it is not shown yet, or can’t be looked at for a moment', async () => {
    const answers = ['ExecutionDoesNotExist', 'ThrottlingException', undefined];
    aws.answer = (wire) => {
      const error = wire.operation === 'DescribeExecution' ? answers.shift() : undefined;
      return error ? { error } : byEngine(wire);
    };
    expect((await call(NAME, { key: 'act_00000000000000af' })).outcome.status).toBe('succeeded');
  });

  it('that may not be looked at is in doubt at once', async () => {
    aws.answer = (wire) =>
      wire.operation === 'DescribeExecution' ? { error: 'AccessDeniedException' } : byEngine(wire);
    const { outcome, clock } = await call(NAME, { key: 'act_00000000000000b0' });
    expect([outcome.status, clock.slept.length]).toEqual(['unknown', 0]);
  });

  it.each(['StateMachineDoesNotExist', 'AccessDeniedException', 'InvalidExecutionInput'])(
    'that was not started (%s) had no effect',
    async (error) => {
      aws.answer = () => ({ error });
      const refused = {
        status: 'failed',
        code: 'not-called',
        detail: `the machine was not called: ${error}`,
      };
      expect((await call(NAME)).outcome).toEqual(refused);
      expect(told('StartExecution')).toHaveLength(1);
    },
  );

  it('is tried again where too much is started at once, and where the answer was lost', async () => {
    const lost = [{ error: 'ThrottlingException' }, { status: 500, error: 'ServiceException' }];
    aws.answer = (wire) => lost.shift() ?? byEngine(wire);
    expect((await call(NAME, { key: 'act_00000000000000b1' })).outcome.status).toBe('succeeded');
    aws.answer = () => ({ status: 500, error: 'ServiceException' });
    expect((await call(NAME, { effect: 'at-most-once' })).outcome).toMatchObject({ status: 'unknown' });
  });

  it('of an Express machine is in doubt: its end can’t be told', async () => {
    const executionArn = `arn:aws:states:us-east-1:111122223333:express:${NAME}:${KEY}:1`;
    aws.answer = () => ({ body: { executionArn } });
    expect((await call(NAME)).outcome).toMatchObject({ status: 'unknown', code: 'misconfigured' });
    expect(told('DescribeExecution')).toEqual([]);
  });

  it('whose output is too large is not cut', async () => {
    const output = JSON.stringify('x'.repeat(MAX_OUTPUT_BYTES));
    aws.answer = () => ({ body: { status: 'SUCCEEDED', output } });
    expect((await call(NAME)).outcome).toMatchObject({ status: 'unknown', code: 'output-too-large' });
  });
});
