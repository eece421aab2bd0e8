import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { pauseMs } from '../../../local/step-functions/recover.ts';
import { AwsError } from '../../../local/service.ts';
import {
  machine,
  type Machines,
  openMachines,
  pass,
  quiet,
  ROLE,
  run,
  stand,
  stopTime,
  task,
  Thrown,
  waiting,
} from './run-machine.ts';

beforeEach(stopTime);
afterEach(() => vi.useRealTimers());

const SHOW = { Type: 'Pass', Output: { a: '{% $a %}', input: '{% $states.input %}' }, End: true };
const caught = (ErrorEquals: readonly string[], more: object = {}) => ({
  ErrorEquals,
  Next: 'Caught',
  ...more,
});
const CAUGHT = { Type: 'Pass', End: true };

describe('a task that invokes a function', () => {
  it('calls it in the machine’s name and gives what lambda:invoke gives', async () => {
    const { invoke, asked } = stand(() => ({ done: true }));
    const result = await run({ T: task({ End: true }) }, { x: 1 }, { invoke });
    expect(asked).toEqual([{ as: ROLE, functionArn: 'Work', payload: { x: 1 } }]);
    expect(result.out).toEqual({
      ExecutedVersion: '$LATEST',
      Payload: { done: true },
      SdkHttpMetadata: { HttpStatusCode: 200 },
      SdkResponseMetadata: { RequestId: expect.any(String) as string },
      StatusCode: 200,
    });
    expect(result.types).toEqual([
      'ExecutionStarted',
      'TaskStateEntered',
      'TaskScheduled',
      'TaskStarted',
      'TaskSucceeded',
      'TaskStateExited',
      'ExecutionSucceeded',
    ]);
    expect(result.events[2]).toMatchObject({
      taskScheduledEventDetails: {
        resourceType: 'lambda',
        resource: 'invoke',
        region: 'us-east-1',
        parameters: '{"FunctionName":"Work","Payload":{"x":1}}',
      },
    });
  });

  it('makes its Output and variables of result and input', async () => {
    const { invoke } = stand(() => 5);
    const more = {
      Assign: { a: '{% $states.input.x %}' },
      Output: '{% $states.result.Payload + 1 %}',
      Next: 'Show',
    };
    const result = await run({ T: task(more), Show: SHOW }, { x: 1 }, { invoke });
    expect(result.out).toEqual({ a: 1, input: 6 });
  });

  it('sends an empty object when no Payload is given, and null for a function that gives nothing', async () => {
    const { invoke, asked } = stand(() => undefined);
    const states = {
      T: {
        ...task({ Output: '{% $states.result.Payload %}', End: true }),
        Arguments: { FunctionName: 'Work' },
      },
    };
    expect((await run(states, 1, { invoke })).out).toBeNull();
    expect(asked[0]?.payload).toEqual({});
  });

  it('fails by the exception’s name, with the whole error object as JSON for its cause', async () => {
    const { invoke } = stand(() => {
      throw new Thrown('TooPoor', 'no money');
    });
    const result = await run({ T: task({ End: true }) }, {}, { invoke });
    const cause = '{"errorType":"TooPoor","errorMessage":"no money","trace":[]}';
    expect(result).toMatchObject({ status: 'FAILED', error: 'TooPoor', cause });
    expect(result.types.slice(3)).toEqual(['TaskStarted', 'TaskFailed', 'ExecutionFailed']);
  });

  it.each([
    { refusal: new AwsError('ResourceNotFoundException', 'gone'), error: 'Lambda.ResourceNotFoundException' },
    { refusal: new AwsError('AccessDeniedException', 'not allowed'), error: 'Lambda.AWSLambdaException' },
    { refusal: new Error('out of memory'), error: 'Lambda.ServiceException' },
  ])('that was refused at once fails with $error', async ({ refusal, error }) => {
    const result = await run({ T: task({ End: true }) }, {}, { invoke: () => Promise.reject(refusal) });
    expect(result).toMatchObject({ status: 'FAILED', error });
  });

  it('whose FunctionName is no text fails instead of standing still', async () => {
    const states = { T: { ...task({ End: true }), Arguments: { FunctionName: '{% 5 %}' } } };
    expect(await run(states)).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
  });

  it('fails without a call when its arguments can’t be evaluated, and that can be caught', async () => {
    const { invoke, asked } = stand();
    const states = {
      T: task({ Catch: [caught(['States.QueryEvaluationError'])], End: true }, '{% $gone %}'),
      Caught: CAUGHT,
    };
    const result = await run(states, {}, { invoke });
    expect(asked).toEqual([]);
    expect(result.out).toMatchObject({ Error: 'States.QueryEvaluationError' });
    expect(result.types.slice(1, 4)).toEqual(['TaskStateEntered', 'EvaluationFailed', 'TaskStateExited']);
  });

  it('with more than 256 KiB of result fails beyond the reach of States.ALL', async () => {
    const { invoke } = stand(() => 'x'.repeat(262_144));
    const states = (name: string) => ({ T: task({ Catch: [caught([name])], End: true }), Caught: CAUGHT });
    expect(await run(states('States.ALL'), {}, { invoke })).toMatchObject({
      status: 'FAILED',
      error: 'States.DataLimitExceeded',
    });
    expect(await run(states('States.DataLimitExceeded'), {}, { invoke })).toMatchObject({
      status: 'SUCCEEDED',
    });
  });

  it.each([
    { field: 'TimeoutSeconds', value: 0 },
    { field: 'TimeoutSeconds', value: 1.5 },
    { field: 'HeartbeatSeconds', value: -1 },
  ])('whose $field is $value fails before the call', async ({ field, value }) => {
    const { invoke, asked } = stand();
    const result = await run({ T: task({ [field]: '{% $states.input %}', End: true }) }, value, { invoke });
    expect(result).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
    expect(asked).toEqual([]);
  });

  it('that never returns is over after TimeoutSeconds, and a late return changes nothing', async () => {
    const late = Promise.withResolvers<unknown>();
    const { invoke } = stand(() => late.promise);
    const machines = openMachines(
      { Machine: machine({ T: task({ TimeoutSeconds: '{% $states.input %}', End: true }) }) },
      { invoke },
    );
    const arn = await machines.start(10);
    await pass(9.9);
    expect(await machines.describe(arn)).toMatchObject({ status: 'RUNNING' });
    await pass(0.1);
    late.resolve('late');
    await quiet();
    expect(await machines.describe(arn)).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
    const types = (await machines.history(arn)).map(({ type }) => type);
    expect(types.slice(3)).toEqual(['TaskStarted', 'TaskTimedOut', 'ExecutionFailed']);
    machines.stop();
  });
});

describe('a task that waits for its token', () => {
  let machines: Machines;
  let lambda: ReturnType<typeof stand>;
  const open = (more: object, answer?: Parameters<typeof stand>[0]) => {
    lambda = stand(answer);
    machines = openMachines(
      { Machine: machine({ T: waiting({ End: true, ...more }), Caught: CAUGHT }) },
      { invoke: lambda.invoke },
    );
    return machines.start({ x: 1 });
  };
  const succeed = (taskToken = lambda.token()) =>
    machines.call('SendTaskSuccess', { taskToken, output: '{"yes":true}' });
  const end = async (arn: string) => {
    await quiet();
    const { status, output, error, cause } = await machines.describe(arn);
    return {
      status,
      ...(output !== undefined && { out: JSON.parse(output) as unknown }),
      ...(error !== undefined && { error }),
      ...(cause !== undefined && { cause }),
    };
  };
  afterEach(() => machines.stop());

  it('ends with the answer as its result', async () => {
    const arn = await open({ Output: '{% $states.result %}' });
    await succeed();
    expect(await end(arn)).toEqual({ status: 'SUCCEEDED', out: { yes: true } });
    const types = (await machines.history(arn)).map(({ type }) => type);
    expect(types).toEqual([
      'ExecutionStarted',
      'TaskStateEntered',
      'TaskScheduled',
      'TaskStarted',
      'TaskSubmitted',
      'TaskSucceeded',
      'TaskStateExited',
      'ExecutionSucceeded',
    ]);
  });

  it('may be answered before its function has returned, which then changes nothing', async () => {
    const slow = Promise.withResolvers<unknown>();
    const arn = await open({}, () => slow.promise);
    await succeed();
    expect(await end(arn)).toEqual({ status: 'SUCCEEDED', out: { yes: true } });
    slow.reject(new Thrown('Late'));
    expect(await end(arn)).toEqual({ status: 'SUCCEEDED', out: { yes: true } });
    expect((await machines.history(arn)).map(({ type }) => type)).not.toContain('TaskSubmitted');
  });

  it('fails when its function fails, and the token is dead', async () => {
    const arn = await open({}, () => {
      throw new Thrown('Unreachable');
    });
    expect(await end(arn)).toMatchObject({ status: 'FAILED', error: 'Unreachable' });
    await expect(succeed()).rejects.toMatchObject({ name: 'TaskTimedOut' });
  });

  it.each([
    {
      given: 'error and cause',
      failure: { error: 'Denied', cause: 'no' },
      out: { Error: 'Denied', Cause: 'no' },
    },
    { given: 'an error alone', failure: { error: 'Denied' }, out: { Error: 'Denied', Cause: null } },
    { given: 'nothing', failure: {}, out: { Error: null, Cause: null } },
  ])('that is failed with $given is caught as $out', async ({ failure, out }) => {
    const arn = await open({ Catch: [caught(['States.ALL'])] });
    await machines.call('SendTaskFailure', { taskToken: lambda.token(), ...failure });
    expect(await end(arn)).toEqual({ status: 'SUCCEEDED', out });
  });

  it('that is failed with nothing and caught by nothing leaves out error and cause', async () => {
    const arn = await open({});
    await machines.call('SendTaskFailure', { taskToken: lambda.token() });
    expect(await end(arn)).toEqual({ status: 'FAILED' });
    expect((await machines.history(arn)).at(-1)).toMatchObject({
      type: 'ExecutionFailed',
      executionFailedEventDetails: {},
    });
  });

  it('dies by States.Timeout at its deadline', async () => {
    const arn = await open({ TimeoutSeconds: 60 });
    await pass(60);
    expect(await end(arn)).toEqual({ status: 'FAILED', error: 'States.Timeout' });
    await expect(succeed()).rejects.toMatchObject({ name: 'TaskTimedOut' });
  });

  it('takes no answer that comes after the deadline but before anyone has looked', async () => {
    const arn = await open({ TimeoutSeconds: 60 });
    vi.setSystemTime(Date.now() + 60_000);
    await expect(succeed()).rejects.toMatchObject({ name: 'TaskTimedOut' });
    await expect(machines.call('SendTaskHeartbeat', { taskToken: lambda.token() })).rejects.toMatchObject({
      name: 'TaskTimedOut',
    });
    expect(await end(arn)).toEqual({ status: 'RUNNING' });
  });

  it('lives as long as its heart beats, and dies by States.Timeout when one is missed', async () => {
    const arn = await open({ HeartbeatSeconds: 10, TimeoutSeconds: 100 });
    for (let n = 0; n < 3; n += 1) {
      await pass(9);
      await machines.call('SendTaskHeartbeat', { taskToken: lambda.token() });
    }
    await pass(9.9);
    expect(await end(arn)).toEqual({ status: 'RUNNING' });
    await pass(0.1);
    expect(await end(arn)).toEqual({ status: 'FAILED', error: 'States.Timeout' });
  });

  it('does not outlive its deadline by heartbeats', async () => {
    const arn = await open({ HeartbeatSeconds: 10, TimeoutSeconds: 15 });
    await pass(9);
    await machines.call('SendTaskHeartbeat', { taskToken: lambda.token() });
    await pass(6);
    expect(await end(arn)).toEqual({ status: 'FAILED', error: 'States.Timeout' });
  });

  it('gets a new token for each attempt, and the old one is dead', async () => {
    const Retry = [{ ErrorEquals: ['Again'], IntervalSeconds: 5 }];
    const arn = await open({ Retry });
    const first = lambda.token();
    await machines.call('SendTaskFailure', { taskToken: first, error: 'Again' });
    await expect(succeed(first)).rejects.toMatchObject({ name: 'TaskTimedOut' });
    await pass(5);
    expect(lambda.asked).toHaveLength(2);
    expect(lambda.token()).not.toBe(first);
    await expect(succeed(first)).rejects.toMatchObject({ name: 'TaskTimedOut' });
    await succeed();
    expect(await end(arn)).toEqual({ status: 'SUCCEEDED', out: { yes: true } });
  });

  it('is over with its machine’s time', async () => {
    machines = openMachines(
      { Machine: machine({ T: waiting({ End: true }) }, { TimeoutSeconds: 30 }) },
      { invoke: lambda.invoke },
    );
    const arn = await machines.start();
    await pass(30);
    expect(await end(arn)).toEqual({ status: 'TIMED_OUT' });
    await expect(succeed()).rejects.toMatchObject({ name: 'TaskTimedOut' });
  });
});

describe('Retry', () => {
  const failing = (times: number, name: (n: number) => string = () => 'Again') =>
    stand((_, n) => {
      if (n <= times) throw new Thrown(name(n));
      return n;
    });
  const RESULT = { Output: '{% $states.result.Payload %}', End: true };

  it('waits 1, 2, 4, 8 and 16 s at interval 1 and rate 2', async () => {
    const { invoke, asked } = failing(5);
    const Retry = [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 1, BackoffRate: 2, MaxAttempts: 5 }];
    const machines = openMachines({ Machine: machine({ T: task({ Retry, ...RESULT }) }) }, { invoke });
    const arn = await machines.start();
    for (const [n, seconds] of [1, 2, 4, 8, 16].entries()) {
      await pass(seconds - 0.1);
      expect(asked).toHaveLength(n + 1);
      await pass(0.1);
      expect(asked).toHaveLength(n + 2);
    }
    expect(await machines.describe(arn)).toMatchObject({ status: 'SUCCEEDED', output: '6' });
    const types = (await machines.history(arn)).map(({ type }) => type);
    const attempt = ['TaskScheduled', 'TaskStarted', 'TaskFailed'];
    expect(types.slice(1, 8)).toEqual(['TaskStateEntered', ...attempt, ...attempt]);
    machines.stop();
  });

  it.each([
    { of: 'three attempts by default', retrier: {}, calls: 4 },
    { of: 'MaxAttempts', retrier: { MaxAttempts: 1 }, calls: 2 },
    { of: 'none', retrier: { MaxAttempts: 0 }, calls: 1 },
    { of: 'another error', retrier: { ErrorEquals: ['Other'] }, calls: 1 },
    { of: 'States.TaskFailed', retrier: { ErrorEquals: ['States.TaskFailed'] }, calls: 4 },
    { of: 'States.Timeout, which a failure is not', retrier: { ErrorEquals: ['States.Timeout'] }, calls: 1 },
  ])('of $of calls $calls times, then the catcher has it', async ({ retrier, calls }) => {
    const { invoke, asked } = failing(99);
    const Retry = [{ ErrorEquals: ['Again'], ...retrier }];
    const states = {
      T: task({ Retry, Catch: [caught(['Again'], { Output: 'caught' })], End: true }),
      Caught: CAUGHT,
    };
    expect((await run(states, {}, { invoke, seconds: 60 })).out).toBe('caught');
    expect(asked).toHaveLength(calls);
  });

  it('counts for each retrier by itself', async () => {
    const { invoke, asked } = failing(4, (n) => (n % 2 ? 'Odd' : 'Even'));
    const Retry = ['Odd', 'Even'].map((name) => ({ ErrorEquals: [name], MaxAttempts: 2 }));
    const result = await run({ T: task({ Retry, ...RESULT }) }, {}, { invoke, seconds: 60 });
    expect(result).toMatchObject({ status: 'SUCCEEDED', out: 5 });
    expect(asked).toHaveLength(5);
  });

  it('takes the first retrier that names the error', async () => {
    const { invoke, asked } = failing(9);
    const Retry = [{ ErrorEquals: ['Again'], MaxAttempts: 0 }, { ErrorEquals: ['States.ALL'] }];
    expect(await run({ T: task({ Retry, End: true }) }, {}, { invoke, seconds: 60 })).toMatchObject({
      error: 'Again',
    });
    expect(asked).toHaveLength(1);
  });

  it('shows its count in the context and starts afresh when the state is entered again', async () => {
    const { invoke, asked } = failing(4, () => 'Again');
    const Retry = [{ ErrorEquals: ['Again'], MaxAttempts: 1, IntervalSeconds: 1 }];
    const payload = '{% $states.context.State.RetryCount %}';
    const states = { T: task({ Retry, Catch: [{ ErrorEquals: ['Again'], Next: 'T' }], End: true }, payload) };
    await run(states, {}, { invoke, seconds: 10 });
    expect(asked.map((each) => each.payload)).toEqual([0, 1, 0, 1, 0]);
  });

  it('never catches what States.ALL does not stand for', async () => {
    const { invoke, asked } = stand(() => 'x'.repeat(262_144));
    const Retry = [{ ErrorEquals: ['States.ALL'] }];
    await run({ T: task({ Retry, End: true }) }, {}, { invoke, seconds: 60 });
    expect(asked).toHaveLength(1);
  });

  it.each([
    { taken: 0, more: {}, ms: 3000 },
    { taken: 2, more: {}, ms: 12_000 },
    { taken: 2, more: { BackoffRate: 1 }, ms: 3000 },
    { taken: 1, more: { BackoffRate: 1.5 }, ms: 4500 },
    { taken: 9, more: { MaxDelaySeconds: 10 }, ms: 10_000 },
    { taken: 9, more: { MaxDelaySeconds: 10, JitterStrategy: 'FULL' as const }, ms: 2500 },
  ])('pauses $ms ms after $taken retries with $more', ({ taken, more, ms }) => {
    const retrier = {
      ErrorEquals: [],
      IntervalSeconds: 3,
      MaxAttempts: 9,
      BackoffRate: 2,
      JitterStrategy: 'NONE' as const,
    };
    expect(pauseMs({ ...retrier, ...more }, taken, () => 0.25)).toBe(ms);
  });
});

describe('Catch', () => {
  const throws = (name: string) =>
    stand(() => {
      throw new Thrown(name, 'why');
    }).invoke;
  const Cause = '{"errorType":"Bad","errorMessage":"why","trace":[]}';
  const catching = (Catch: readonly object[], more: object = {}) => ({
    Set: { Type: 'Pass', Assign: { a: 0 }, Next: 'T' },
    T: task({ Catch, Assign: { a: 'of the state' }, Output: 'of the state', End: true, ...more }),
    Caught: SHOW,
    Other: { Type: 'Pass', Output: 'other', End: true },
  });

  it.each([
    {
      by: 'Error and Cause by default, without the state’s Assign and Output',
      catcher: {},
      out: { a: 0, input: { Error: 'Bad', Cause } },
    },
    {
      by: 'its own Output',
      catcher: { Output: '{% $states.errorOutput.Error & $states.input.x %}' },
      out: { a: 0, input: 'Bad1' },
    },
    {
      by: 'its own Assign',
      catcher: { Assign: { a: '{% [$a, $states.errorOutput.Error] %}' } },
      out: { a: [0, 'Bad'], input: { Error: 'Bad', Cause } },
    },
    { by: 'no result', catcher: { Output: '{% $exists($states.result) %}' }, out: { a: 0, input: false } },
  ])('hands on $by', async ({ catcher, out }) => {
    const result = await run(catching([caught(['Bad'], catcher)]), { x: 1 }, { invoke: throws('Bad') });
    expect(result.out).toEqual(out);
    expect(result.types.slice(6, 8)).toEqual(['TaskFailed', 'TaskStateExited']);
  });

  it('goes by the first catcher that names the error', async () => {
    const catchers = [
      caught(['Worse']),
      { ErrorEquals: ['Bad', 'Worst'], Next: 'Other' },
      caught(['States.ALL']),
    ];
    expect((await run(catching(catchers), {}, { invoke: throws('Worst') })).out).toBe('other');
    expect((await run(catching(catchers), {}, { invoke: throws('New') })).out).toMatchObject({
      input: { Error: 'New' },
    });
  });

  it.each([
    { error: 'Bad', name: 'States.TaskFailed', caught: true },
    { error: 'States.Timeout', name: 'States.TaskFailed', caught: false },
    { error: 'States.Timeout', name: 'States.ALL', caught: true },
    { error: 'States.Runtime', name: 'States.ALL', caught: false },
    { error: 'States.Runtime', name: 'States.TaskFailed', caught: false },
    { error: 'States.DataLimitExceeded', name: 'States.ALL', caught: false },
    { error: 'States.Runtime', name: 'States.Runtime', caught: true },
    { error: 'States.QueryEvaluationError', name: 'States.ALL', caught: true },
  ])('of $name has $error: $caught', async ({ error, name, ...expected }) => {
    const { status } = await run(catching([caught([name])]), {}, { invoke: throws(error) });
    expect(status === 'SUCCEEDED').toBe(expected.caught);
  });

  it('has what goes wrong in the state’s own Output', async () => {
    const result = await run(catching([caught(['States.ALL'])], { Output: '{% $gone %}' }));
    expect(result.out).toMatchObject({ a: 0, input: { Error: 'States.QueryEvaluationError' } });
    expect(result.types.slice(6, 9)).toEqual(['TaskSucceeded', 'EvaluationFailed', 'TaskStateExited']);
  });

  it('that goes wrong itself fails the execution and names its clause', async () => {
    const catchers = [caught(['Worse']), caught(['Bad'], { Output: { v: '{% $gone %}' } })];
    const result = await run(catching(catchers), {}, { invoke: throws('Bad') });
    expect(result).toMatchObject({ status: 'FAILED', error: 'States.QueryEvaluationError' });
    expect(result.cause).toContain("for the field 'Catch[1]/Output/v' returned nothing");
  });
});
