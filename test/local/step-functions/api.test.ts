import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  machine,
  machineArn,
  type Machines,
  openMachines,
  pass,
  quiet,
  stand,
  stopTime,
  T0,
  waiting,
} from './run-machine.ts';

let machines: Machines;
let lambda: ReturnType<typeof stand>;
beforeEach(() => {
  stopTime();
  lambda = stand();
  const definitions = {
    Machine: machine({ T: waiting({ End: true }) }),
    Other: machine({ Done: { Type: 'Succeed' } }),
  };
  machines = openMachines(definitions, { invoke: lambda.invoke });
});
afterEach(() => {
  machines.stop();
  vi.useRealTimers();
});

const stateMachineArn = machineArn();
const executionArn = (name: string) => `${stateMachineArn.replace('stateMachine', 'execution')}:${name}`;
const refused = (name: string) => expect.objectContaining({ name }) as Error;
type Listed = { executions: { name: string; status: string; stopDate?: number }[]; nextToken?: string };
type Page = { events: { id: number }[]; nextToken?: string };

describe('StartExecution', () => {
  it('by the name and input of a running execution is that execution, whatever the spaces', async () => {
    const first = await machines.call('StartExecution', { stateMachineArn, name: 'act_1', input: '{"x":1}' });
    expect(first).toEqual({ executionArn: executionArn('act_1'), startDate: T0 / 1000 });
    await pass(5);
    expect(
      await machines.call('StartExecution', { stateMachineArn, name: 'act_1', input: '{ "x": 1 }' }),
    ).toEqual(first);
    expect(lambda.asked).toHaveLength(1);
    expect(machines.told).toEqual(['Machine started']);
  });

  it('by the name of another input or of an execution that ended is refused', async () => {
    const request = { stateMachineArn, name: 'act_1', input: '{"x":1}' };
    await machines.call('StartExecution', request);
    await expect(machines.call('StartExecution', { ...request, input: '{"x":2}' })).rejects.toThrow(
      refused('ExecutionAlreadyExists'),
    );
    await machines.call('StopExecution', { executionArn: executionArn('act_1') });
    await expect(machines.call('StartExecution', request)).rejects.toThrow(refused('ExecutionAlreadyExists'));
  });

  it('without a name makes one, and without an input gives an empty object', async () => {
    const { executionArn } = await machines.call<{ executionArn: string }>('StartExecution', {
      stateMachineArn,
    });
    expect(executionArn).toMatch(/:execution:Machine:[0-9a-f-]{36}$/);
    expect(await machines.describe(executionArn)).toMatchObject({ input: '{}' });
  });

  it.each([
    {
      of: 'an unknown machine',
      request: { stateMachineArn: machineArn('None') },
      name: 'StateMachineDoesNotExist',
    },
    { of: 'input that is no JSON', request: { stateMachineArn, input: '{' }, name: 'InvalidExecutionInput' },
    {
      of: 'input beyond 256 KiB',
      request: { stateMachineArn, input: `"${'é'.repeat(131_072)}"` },
      name: 'ValidationException',
    },
    { of: 'a name with a colon', request: { stateMachineArn, name: 'a:b' }, name: 'InvalidName' },
    { of: 'a name of 81 letters', request: { stateMachineArn, name: 'a'.repeat(81) }, name: 'InvalidName' },
    {
      of: 'a member it does not know',
      request: { stateMachineArn, versionDescription: 'x' },
      name: 'ValidationException',
    },
    { of: 'no machine', request: {}, name: 'ValidationException' },
  ])('of $of is refused by $name', async ({ request, name }) => {
    await expect(machines.call('StartExecution', request)).rejects.toThrow(refused(name));
  });
});

describe('DescribeExecution', () => {
  it('tells what runs and how it ended', async () => {
    const arn = await machines.start({ x: 1 }, { name: 'act_1' });
    const common = {
      executionArn: arn,
      stateMachineArn,
      name: 'act_1',
      startDate: T0 / 1000,
      input: '{"x":1}',
    };
    const more = { inputDetails: { included: true }, redriveCount: 0, redriveStatus: 'NOT_REDRIVABLE' };
    expect(await machines.describe(arn)).toEqual({ ...common, ...more, status: 'RUNNING' });
    await pass(2);
    await machines.call('SendTaskSuccess', { taskToken: lambda.token(), output: 'null' });
    await quiet();
    const end = { stopDate: T0 / 1000 + 2, output: 'null', outputDetails: { included: true } };
    expect(await machines.describe(arn)).toEqual({ ...common, ...more, ...end, status: 'SUCCEEDED' });
  });

  it.each(['DescribeExecution', 'StopExecution', 'GetExecutionHistory'])(
    'and %s refuse what never was',
    async (operation) => {
      await expect(machines.call(operation, { executionArn: executionArn('none') })).rejects.toThrow(
        refused('ExecutionDoesNotExist'),
      );
    },
  );
});

describe('ListExecutions', () => {
  it('gives one machine’s executions in pages, newest first, by status', async () => {
    for (let n = 0; n < 5; n += 1) {
      await machines.start({}, { name: `act_${n}` });
      if (n > 2) await pass(1);
    }
    await machines.start({}, { machine: 'Other', name: 'other' });
    await machines.call('StopExecution', { executionArn: executionArn('act_3') });
    const names = async (more: object) => {
      const { executions, nextToken } = await machines.call<Listed>('ListExecutions', {
        stateMachineArn,
        ...more,
      });
      return { names: executions.map(({ name }) => name), ...(nextToken && { nextToken }) };
    };
    expect(await names({ maxResults: 2 })).toEqual({ names: ['act_4', 'act_3'], nextToken: '2' });
    expect(await names({ maxResults: 2, nextToken: '2' })).toEqual({
      names: ['act_2', 'act_1'],
      nextToken: '4',
    });
    expect(await names({ maxResults: 2, nextToken: '4' })).toEqual({ names: ['act_0'] });
    expect(await names({ statusFilter: 'ABORTED' })).toEqual({ names: ['act_3'] });
    expect((await names({ statusFilter: 'RUNNING' })).names).toHaveLength(4);
  });

  it.each([
    {
      with: 'an unknown machine',
      request: { stateMachineArn: machineArn('None') },
      name: 'StateMachineDoesNotExist',
    },
    {
      with: 'an unknown status',
      request: { stateMachineArn, statusFilter: 'DONE' },
      name: 'ValidationException',
    },
    {
      with: 'a page token it never gave',
      request: { stateMachineArn, nextToken: '-1' },
      name: 'InvalidToken',
    },
    {
      with: 'a filter it does not run',
      request: { stateMachineArn, redriveFilter: 'REDRIVEN' },
      name: 'ValidationException',
    },
  ])('with $with is refused by $name', async ({ request, name }) => {
    await expect(machines.call('ListExecutions', request)).rejects.toThrow(refused(name));
  });
});

describe('StopExecution', () => {
  it('aborts with the words given, kills the token, and says the same when asked again', async () => {
    const arn = await machines.start();
    await pass(3);
    const stopped = await machines.call('StopExecution', {
      executionArn: arn,
      error: 'Enough',
      cause: 'as asked',
    });
    expect(stopped).toEqual({ stopDate: T0 / 1000 + 3 });
    expect(await machines.describe(arn)).toMatchObject({
      status: 'ABORTED',
      error: 'Enough',
      cause: 'as asked',
      ...stopped,
    });
    expect((await machines.history(arn)).at(-1)).toMatchObject({
      type: 'ExecutionAborted',
      executionAbortedEventDetails: { error: 'Enough', cause: 'as asked' },
    });
    await pass(3);
    expect(await machines.call('StopExecution', { executionArn: arn })).toEqual(stopped);
    const answer = machines.call('SendTaskSuccess', { taskToken: lambda.token(), output: '1' });
    await expect(answer).rejects.toThrow(refused('TaskTimedOut'));
    expect(machines.told).toEqual(['Machine started', 'Machine aborted']);
  });
});

describe('GetExecutionHistory', () => {
  it('gives events in pages, either way round', async () => {
    const arn = await machines.start();
    const ids = async (more: object) => {
      const { events, nextToken } = await machines.call<Page>('GetExecutionHistory', {
        executionArn: arn,
        ...more,
      });
      return [events.map(({ id }) => id), nextToken];
    };
    expect(await ids({})).toEqual([[1, 2, 3, 4, 5], undefined]);
    expect(await ids({ maxResults: 2 })).toEqual([[1, 2], '2']);
    expect(await ids({ maxResults: 2, nextToken: '4' })).toEqual([[5], undefined]);
    expect(await ids({ maxResults: 2, reverseOrder: true })).toEqual([[5, 4], '2']);
    const [started, entered] = await machines.history(arn);
    expect(started).toMatchObject({
      id: 1,
      previousEventId: 0,
      timestamp: T0 / 1000,
      executionStartedEventDetails: { input: '{}' },
    });
    expect(entered).toMatchObject({
      id: 2,
      previousEventId: 1,
      stateEnteredEventDetails: { name: 'T', input: '{}' },
    });
  });
});

describe('an answer', () => {
  it.each([
    { operation: 'SendTaskSuccess', more: { output: '1' } },
    { operation: 'SendTaskFailure', more: { error: 'No' } },
    { operation: 'SendTaskHeartbeat', more: {} },
  ])(
    '$operation by text that never was a token is refused, and so is a second answer',
    async ({ operation, more }) => {
      await machines.start();
      await expect(machines.call(operation, { taskToken: 'made up', ...more })).rejects.toThrow(
        refused('InvalidToken'),
      );
      const taskToken = lambda.token();
      await machines.call('SendTaskHeartbeat', { taskToken });
      await machines.call('SendTaskSuccess', { taskToken, output: '1' });
      await expect(machines.call(operation, { taskToken, ...more })).rejects.toThrow(refused('TaskTimedOut'));
    },
  );

  it.each([
    { of: 'text that is no JSON', output: 'yes', name: 'InvalidOutput' },
    { of: 'more than 256 KiB', output: `"${'x'.repeat(262_144)}"`, name: 'ValidationException' },
  ])('of $of is refused and leaves the token alive', async ({ output, name }) => {
    const arn = await machines.start();
    const taskToken = lambda.token();
    await expect(machines.call('SendTaskSuccess', { taskToken, output })).rejects.toThrow(refused(name));
    await machines.call('SendTaskSuccess', { taskToken, output: '1' });
    await quiet();
    expect(await machines.describe(arn)).toMatchObject({ status: 'SUCCEEDED' });
  });
});

describe('everything else of the API', () => {
  it.each(['CreateStateMachine', 'StartSyncExecution', 'RedriveExecution', 'toString'])(
    '%s is refused by name',
    async (operation) => {
      await expect(machines.call(operation, {})).rejects.toThrow(
        `states ${operation} is not run on the laptop`,
      );
      await expect(machines.permissions(operation, {})).rejects.toThrow(refused('UnsupportedOperation'));
    },
  );

  it('is asked of IAM on the machine, the execution, or the machine that made the token', async () => {
    const arn = await machines.start();
    const taskToken = lambda.token();
    const asked = (operation: string, input: object) => machines.permissions(operation, input);
    for (const operation of ['StartExecution', 'ListExecutions']) {
      expect(await asked(operation, { stateMachineArn })).toEqual([
        { action: `states:${operation}`, resource: stateMachineArn },
      ]);
    }
    for (const operation of ['DescribeExecution', 'StopExecution', 'GetExecutionHistory']) {
      expect(await asked(operation, { executionArn: arn })).toEqual([
        { action: `states:${operation}`, resource: arn },
      ]);
    }
    for (const operation of ['SendTaskSuccess', 'SendTaskFailure', 'SendTaskHeartbeat']) {
      expect(await asked(operation, { taskToken })).toEqual([
        { action: `states:${operation}`, resource: stateMachineArn },
      ]);
    }
  });
});
