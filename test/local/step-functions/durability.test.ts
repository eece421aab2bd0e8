import { cpSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openExecutionStore } from '../../../local/step-functions/store.ts';
import type { InvokeFunction } from '../../../local/service.ts';
import { temporaryDirectory } from '../fixtures/start-cloud.ts';
import {
  machine,
  type Machines,
  openMachines,
  pass,
  quiet,
  stand,
  stopTime,
  task,
  Thrown,
  waiting,
} from './run-machine.ts';

const definition = machine({
  Ask: waiting({
    TimeoutSeconds: 60,
    Assign: { answer: '{% $states.result %}' },
    Retry: [{ ErrorEquals: ['Again'], IntervalSeconds: 10 }],
    Next: 'Rest',
  }),
  Rest: { Type: 'Wait', Seconds: 20, Next: 'Work' },
  Work: task({ Output: '{% [$answer, $states.result.Payload] %}', End: true }, '{% $answer %}'),
});

let home: ReturnType<typeof temporaryDirectory>;
let machines: Machines;
beforeEach(() => {
  home = temporaryDirectory();
});
afterEach(() => {
  machines.stop();
  home.clean();
  vi.useRealTimers();
});

const open = (invoke: InvokeFunction, begin = true): Machines => {
  machines = openMachines({ Machine: definition }, { invoke, directory: home.path, begin });
  return machines;
};
/** A crash leaves the disk as it is in the middle of everything. */
const crash = (): void => {
  const left = temporaryDirectory();
  cpSync(home.path, left.path, { recursive: true });
  machines.stop();
  home.clean();
  home = left;
};
const stop = (): void => machines.stop();
const never: InvokeFunction = () => new Promise(() => undefined);

describe.each([
  { after: 'an orderly stop', end: stop },
  { after: 'a crash', end: crash },
])('after $after', ({ end }) => {
  beforeEach(stopTime);
  const restart = (invoke: InvokeFunction, begin = true): void => {
    end();
    open(invoke, begin);
  };
  const lambda = () =>
    stand((payload: { asks?: unknown } | number) => (typeof payload === 'number' ? payload * 2 : {}));
  const finish = async (arn: string, taskToken: string) => {
    await machines.call('SendTaskSuccess', { taskToken, output: '4' });
    await pass(20);
    expect(await machines.describe(arn)).toMatchObject({ status: 'SUCCEEDED', output: '[4,8]' });
    const types = (await machines.history(arn)).map(({ type }) => type);
    expect(types.filter((type) => /Exited|Succeeded/.test(type))).toEqual([
      'TaskSucceeded',
      'TaskStateExited',
      'WaitStateExited',
      'TaskSucceeded',
      'TaskStateExited',
      'ExecutionSucceeded',
    ]);
  };

  it('an execution that was accepted but had not begun begins', async () => {
    const store = openExecutionStore(home.path);
    const machineArn = 'arn:aws:states:us-east-1:000000000000:stateMachine:Machine';
    const position = {
      state: 'Ask',
      input: {},
      variables: {},
      enteredAt: Date.now(),
      enteredEvent: 0,
      retries: [],
      attempt: 0,
      lastsUntil: undefined,
      phase: { kind: 'entering' },
    } as const;
    const arn = machineArn.replace('stateMachine', 'execution') + ':act_1';
    store.create(
      { arn, machineArn, name: 'act_1', status: 'RUNNING', input: {}, startedAt: Date.now(), position },
      [],
    );
    store.close();
    const { invoke, token } = lambda();
    open(invoke);
    await quiet();
    await finish(arn, token());
  });

  it('a function that ran is asked again, by the same token and until the same deadline', async () => {
    const first = stand(() => new Promise(() => undefined));
    const arn = await open(first.invoke).start();
    end();
    vi.setSystemTime(Date.now() + 50_000);
    const second = lambda();
    open(second.invoke);
    await quiet();
    expect(second.asked).toEqual(first.asked);
    await pass(9.9);
    expect(await machines.describe(arn)).toMatchObject({ status: 'RUNNING' });
    await finish(arn, first.token());
  });

  it('a wait for an answer goes on: nobody is asked again, and the token lives', async () => {
    const first = lambda();
    const arn = await open(first.invoke).start();
    end();
    const second = lambda();
    open(second.invoke);
    await quiet();
    expect(second.asked).toEqual([]);
    await finish(arn, first.token());
  });

  it('an answer acknowledged at the last moment is not lost', async () => {
    const { invoke, token, asked } = lambda();
    const arn = await open(invoke).start();
    const acknowledged = machines.call('SendTaskSuccess', { taskToken: token(), output: '4' });
    end();
    await acknowledged;
    open(invoke);
    await pass(20);
    expect(await machines.describe(arn)).toMatchObject({ status: 'SUCCEEDED', output: '[4,8]' });
    expect(asked).toHaveLength(2);
    await expect(
      machines.call('SendTaskSuccess', { taskToken: token(0), output: '5' }),
    ).rejects.toMatchObject({ name: 'TaskTimedOut' });
  });

  it('an answer that comes before anything has started again is taken', async () => {
    const { invoke, token } = lambda();
    const arn = await open(invoke).start();
    restart(invoke, false);
    await machines.call('SendTaskSuccess', { taskToken: token(), output: '4' });
    restart(invoke);
    await pass(20);
    expect(await machines.describe(arn)).toMatchObject({ status: 'SUCCEEDED', output: '[4,8]' });
  });

  it('a sleep ends when it should have, or at once when that is past', async () => {
    const { invoke, token } = lambda();
    const arn = await open(invoke).start();
    await machines.call('SendTaskSuccess', { taskToken: token(), output: '4' });
    await pass(5);
    restart(invoke);
    await pass(14.9);
    expect(await machines.describe(arn)).toMatchObject({ status: 'RUNNING' });
    end();
    vi.setSystemTime(Date.now() + 3_600_000);
    open(invoke);
    await quiet();
    expect(await machines.describe(arn)).toMatchObject({ status: 'SUCCEEDED', output: '[4,8]' });
  });

  it('the pause before a retry goes on, and the token before it stays dead', async () => {
    const { invoke, token, asked } = lambda();
    const arn = await open(invoke).start();
    const old = token();
    await machines.call('SendTaskFailure', { taskToken: old, error: 'Again' });
    await quiet();
    restart(invoke);
    await pass(9.9);
    expect(asked).toHaveLength(1);
    await pass(0.1);
    expect(asked).toHaveLength(2);
    restart(invoke);
    await expect(machines.call('SendTaskSuccess', { taskToken: old, output: '1' })).rejects.toMatchObject({
      name: 'TaskTimedOut',
    });
    await finish(arn, token());
  });

  it('a deadline that passed meanwhile has passed, whoever answers first', async () => {
    const { invoke, token } = lambda();
    const arn = await open(invoke).start();
    end();
    vi.setSystemTime(Date.now() + 60_000);
    open(invoke);
    await expect(machines.call('SendTaskSuccess', { taskToken: token(), output: '1' })).rejects.toMatchObject(
      { name: 'TaskTimedOut' },
    );
    await quiet();
    expect(await machines.describe(arn)).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
  });

  it('what a function returns to the process that ended is not heard by the next', async () => {
    const slow = Promise.withResolvers<unknown>();
    const first = stand(() => slow.promise);
    const arn = await open(first.invoke).start();
    restart(never);
    slow.reject(new Thrown('Late'));
    await quiet();
    expect(await machines.describe(arn)).toMatchObject({ status: 'RUNNING' });
  });

  it('an execution that has ended stays as it was', async () => {
    const { invoke, token } = lambda();
    const arn = await open(invoke).start();
    await finish(arn, token());
    const before = [await machines.describe(arn), await machines.history(arn)];
    restart(invoke);
    await pass(100);
    expect([await machines.describe(arn), await machines.history(arn)]).toEqual(before);
  });
});

describe('the store', () => {
  it('saves a step only over the state that it was made from', () => {
    machines = open(never);
    const store = openExecutionStore(home.path);
    const arn = 'arn:aws:states:us-east-1:000000000000:execution:Machine:act_1';
    store.create(
      {
        arn,
        machineArn: 'm',
        name: 'act_1',
        status: 'RUNNING',
        input: {},
        startedAt: 1,
        position: undefined,
      },
      [],
    );
    const from = store.find(arn);
    const end = { events: [{ type: 'ExecutionFailed' }], end: { status: 'FAILED' } } as const;
    expect(from && store.save(from, end, 2)).toBe(true);
    expect(from && store.save(from, { ...end, end: { status: 'ABORTED' } }, 3)).toBe(false);
    expect(store.find(arn)).toMatchObject({ status: 'FAILED', revision: 2, end: { stoppedAt: 2 } });
    expect(store.events(arn)).toHaveLength(1);
    store.close();
  });
});

describe('a storm', () => {
  const COUNT = 200;
  const short = machine({
    Ask: waiting({ Retry: [{ ErrorEquals: ['Again'], IntervalSeconds: 1, MaxAttempts: 1 }], Next: 'Double' }),
    Double: task({ Output: '{% $states.result.Payload %}', End: true }),
  });

  it('of 200 executions, answered in any order through random restarts, ends right', async () => {
    const tokens = new Map<string, { token: string; n: number }>();
    const failed = new Set<number>();
    const invoke: InvokeFunction = async ({ payload }) => {
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 20));
      const { token, asks } = payload as { token?: string; asks?: { n: number } };
      if (token !== undefined && asks) tokens.set(token, { token, n: asks.n });
      return { ok: true, payload: (payload as { n?: number }).n };
    };
    const boot = () => {
      machines = openMachines({ Machine: short }, { invoke, directory: home.path });
    };
    boot();
    const arns = new Map<number, string>();
    for (let n = 0; n < COUNT; n += 1) {
      const stateMachineArn = 'arn:aws:states:us-east-1:000000000000:stateMachine:Machine';
      const request = { stateMachineArn, name: `act_${n}`, input: JSON.stringify({ n }) };
      arns.set(n, String((await machines.call('StartExecution', request))['executionArn']));
    }
    const answered = new Map<number, number>();
    const answer = async ({ token, n }: { token: string; n: number }) => {
      const again = n % 10 === 0 && !failed.has(n);
      const call = again
        ? machines.call('SendTaskFailure', { taskToken: token, error: 'Again' })
        : machines.call('SendTaskSuccess', { taskToken: token, output: JSON.stringify({ n: n * 2 }) });
      await call.then(
        () => (again ? failed.add(n) : answered.set(n, (answered.get(n) ?? 0) + 1)),
        (error: Error) => expect(error.name).toBe('TaskTimedOut'),
      );
      tokens.delete(token);
    };
    const running = () => machines.store.list({ status: 'RUNNING', limit: COUNT }).length;
    for (const until = Date.now() + 8000; running() > 0 && Date.now() < until;) {
      const waiting = [...tokens.values()].toSorted(() => Math.random() - 0.5).slice(0, 40);
      await Promise.all(waiting.map(answer));
      if (Math.random() < 0.4) {
        (Math.random() < 0.5 ? stop : crash)();
        boot();
      }
      await new Promise((resolve) => setTimeout(resolve, 15));
    }
    for (const [n, arn] of arns) {
      const { status, output } = await machines.describe(arn);
      expect({ n, status, output, answers: answered.get(n) }).toEqual({
        n,
        status: 'SUCCEEDED',
        output: `${n * 2}`,
        answers: 1,
      });
      const types = (await machines.history(arn)).map(({ type }) => type);
      expect(types.filter((type) => type === 'TaskStateExited')).toHaveLength(2);
      expect(types.filter((type) => type === 'TaskFailed')).toHaveLength(n % 10 === 0 ? 1 : 0);
      expect(types.at(-1)).toBe('ExecutionSucceeded');
    }
  });
});
