import { SFNClient } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createMachines, machineArns } from '../../../functions/aws/machines.ts';
import { type AwsEndpoint, startAwsEndpoint } from '../../harness/aws-endpoint.ts';

const ARN = 'arn:aws:states:us-east-1:111122223333:stateMachine:approval';
let aws: AwsEndpoint;
beforeAll(async () => {
  aws = await startAwsEndpoint();
});
afterAll(() => aws.stop());
beforeEach(() => {
  aws.calls.length = 0;
  aws.answer = () => ({ body: {} });
});
const machines = () => createMachines(new SFNClient(aws.client));
const told = () => aws.calls.map(({ operation, body }) => [operation, JSON.parse(body) as unknown]);

describe('a state machine', () => {
  it('is started by name; one that is there already is the one meant', async () => {
    await machines().start(ARN, 'apr_1', { approval: 'apr_1' });
    expect(told()).toEqual([
      ['StartExecution', { stateMachineArn: ARN, name: 'apr_1', input: '{"approval":"apr_1"}' }],
    ]);
    aws.answer = () => ({ error: 'ExecutionAlreadyExists' });
    await expect(machines().start(ARN, 'apr_1', {})).resolves.toBeUndefined();
    aws.answer = () => ({ error: 'StateMachineDoesNotExist' });
    await expect(machines().start(ARN, 'apr_1', {})).rejects.toThrow();
  });

  it('is told a result or an error', async () => {
    expect(await machines().answer('t', { output: { a: 1 } })).toBe(true);
    expect(await machines().answer('t', { output: undefined })).toBe(true);
    expect(await machines().answer('t', { error: 'TaskFailed', cause: 'no' })).toBe(true);
    expect(told()).toEqual([
      ['SendTaskSuccess', { taskToken: 't', output: '{"a":1}' }],
      ['SendTaskSuccess', { taskToken: 't', output: 'null' }],
      ['SendTaskFailure', { taskToken: 't', error: 'TaskFailed', cause: 'no' }],
    ]);
  });

  it.each(['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken'])(
    'that waits no more (%s) is no fault',
    async (error) => {
      aws.answer = () => ({ error });
      expect(await machines().answer('t', { output: 1 })).toBe(false);
    },
  );

  it('that can’t be told is a fault', async () => {
    aws.answer = () => ({ error: 'ThrottlingException' });
    await expect(machines().answer('t', { output: 1 })).rejects.toThrow();
  });

  it('has the status of its execution, or none', async () => {
    aws.answer = () => ({ body: { status: 'FAILED' } });
    expect(await machines().status(ARN, 'run_1')).toBe('FAILED');
    expect(told()[0]).toEqual([
      'DescribeExecution',
      { executionArn: `${ARN.replace('stateMachine', 'execution')}:run_1` },
    ]);
    aws.answer = () => ({ error: 'ExecutionDoesNotExist' });
    expect(await machines().status(ARN, 'run_1')).toBeUndefined();
    aws.answer = () => ({ error: 'AccessDeniedException' });
    await expect(machines().status(ARN, 'run_1')).rejects.toThrow();
  });

  it('is found by its name; an unknown one names those there are', () => {
    const find = machineArns(`{"procurement":"${ARN}"}`);
    expect(find('procurement')).toBe(ARN);
    expect(() => find('payroll')).toThrow('no state machine is called payroll; deployed: procurement');
    expect(() => machineArns('[]')).toThrow();
  });

  it('of another app is its own ARN', () => {
    const other = ARN.replace(/[^:]+$/, 'Shipment-1A2B');
    expect(machineArns('{}')(other)).toBe(other);
  });
});
