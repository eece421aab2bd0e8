import { setImmediate as turn } from 'node:timers/promises';
import { vi } from 'vitest';
import { createIam } from '../../../local/iam/iam.ts';
import {
  ACCOUNT,
  type InvokeFunction,
  type InvokeResult,
  REGION,
  type Resource,
} from '../../../local/service.ts';
import { createStepFunctions } from '../../../local/step-functions/service.ts';
import { temporaryDirectory } from '../fixtures/start-cloud.ts';

export const T0 = Date.UTC(2026, 10, 23, 9);
export const ROLE = `arn:aws:iam::${ACCOUNT}:role/Machine`;

/** Time that stands still until a test lets it pass. */
export function stopTime(): void {
  vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'], now: T0 });
}

/** Lets seconds pass, with everything that happens in them. */
export async function pass(seconds: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(seconds * 1000);
  await quiet();
}

/** Until nothing is left to do without time or an answer. */
export async function quiet(): Promise<void> {
  for (let n = 0; n < 25; n += 1) await turn();
}

export const machineArn = (name = 'Machine') => `arn:aws:states:${REGION}:${ACCOUNT}:stateMachine:${name}`;

/** A template's resources with one machine, or one for each name. */
export function resourcesOf(
  definitions: Readonly<Record<string, unknown>>,
  more: { readonly trusts?: string; readonly properties?: Readonly<Record<string, unknown>> } = {},
): readonly Resource[] {
  const role = resource('AWS::IAM::Role', 'Machine', ROLE, {
    AssumeRolePolicyDocument: {
      Statement: [{ Principal: { Service: more.trusts ?? 'states.amazonaws.com' } }],
    },
  });
  const machines = Object.entries(definitions).map(([name, definition]) =>
    resource('AWS::StepFunctions::StateMachine', name, machineArn(name), {
      DefinitionString: typeof definition === 'string' ? definition : JSON.stringify(definition),
      RoleArn: ROLE,
      ...more.properties,
    }),
  );
  return [role, ...machines];
}

function resource(
  type: string,
  logicalId: string,
  arn: string,
  properties: Readonly<Record<string, unknown>>,
): Resource {
  return { stack: 'Test', logicalId, type, ref: arn, arn, properties };
}

/** A machine of these states; the first is where it starts. */
export const machine = (states: Readonly<Record<string, unknown>>, more: object = {}) => ({
  QueryLanguage: 'JSONata',
  StartAt: Object.keys(states)[0],
  States: states,
  ...more,
});

export type Described = {
  readonly executionArn: string;
  readonly status: string;
  readonly name: string;
  readonly input: string;
  readonly output?: string;
  readonly error?: string;
  readonly cause?: string;
  readonly startDate: number;
  readonly stopDate?: number;
};

export type Happened = { readonly id: number; readonly type: string; readonly timestamp: number } & Readonly<
  Record<string, unknown>
>;

export type Machines = ReturnType<typeof openMachines>;

/** Step Functions over hand-made resources, called as its service is. */
export function openMachines(
  definitions: Readonly<Record<string, unknown>>,
  options: { readonly invoke?: InvokeFunction; readonly directory?: string; readonly begin?: boolean } = {},
) {
  const own = options.directory === undefined ? temporaryDirectory() : undefined;
  const resources = resourcesOf(definitions);
  const told: string[] = [];
  const stepFunctions = createStepFunctions({
    resources,
    roles: createIam(resources).roles,
    directory: options.directory ?? own?.path ?? '',
    invoke: options.invoke ?? (async () => ({ ok: true, payload: {} })),
    onExecution: (arn, what) => told.push(`${arn.split(':').at(-1)} ${what}`),
    now: () => Date.now(),
  });
  const callOf = (operation: string, input: unknown) => ({
    method: 'POST',
    path: '/',
    query: new URLSearchParams(),
    headers: { 'x-amz-target': `AWSStepFunctions.${operation}` },
    body: Buffer.from(JSON.stringify(input)),
    caller: { kind: 'administrator', arn: 'arn:aws:iam::000000000000:root' } as const,
  });
  const call = async <T = Record<string, unknown>>(operation: string, input: unknown): Promise<T> => {
    const { body } = await stepFunctions.service.handle(callOf(operation, input));
    return JSON.parse(body.toString()) as T;
  };
  if (options.begin ?? true) stepFunctions.start();
  return {
    told,
    call,
    store: stepFunctions.store,
    permissions: async (operation: string, input: unknown) =>
      stepFunctions.service.permissions(callOf(operation, input)),
    start: async (input: unknown = {}, more: { name?: string; machine?: string } = {}): Promise<string> => {
      const { executionArn } = await call<{ executionArn: string }>('StartExecution', {
        stateMachineArn: machineArn(more.machine),
        input: JSON.stringify(input),
        ...(more.name !== undefined && { name: more.name }),
      });
      await quiet();
      return executionArn;
    },
    describe: (executionArn: string) => call<Described>('DescribeExecution', { executionArn }),
    history: async (executionArn: string) =>
      (await call<{ events: Happened[] }>('GetExecutionHistory', { executionArn })).events,
    stop: () => {
      stepFunctions.stop();
      own?.clean();
    },
  };
}

/** Runs one machine to its end, or as far as it goes without time passing. */
export async function run(
  states: Readonly<Record<string, unknown>>,
  input: unknown = {},
  options: { readonly invoke?: InvokeFunction; readonly seconds?: number; readonly machine?: object } = {},
) {
  const machines = openMachines({ Machine: machine(states, options.machine) }, options);
  try {
    const arn = await machines.start(input);
    if (options.seconds !== undefined) await pass(options.seconds);
    const described = await machines.describe(arn);
    const events = await machines.history(arn);
    return {
      ...described,
      out: described.output === undefined ? undefined : (JSON.parse(described.output) as unknown),
      events,
      types: events.map(({ type }) => type),
      told: machines.told,
    };
  } finally {
    machines.stop();
  }
}

/** A stand-in for Lambda that answers by what each test says and keeps what it was asked. */
export function stand(answer: (payload: never, n: number) => unknown = () => ({})) {
  const asked: { as: string; functionArn: string; payload: Record<string, unknown> }[] = [];
  const invoke: InvokeFunction = async ({ as, functionArn, payload }) => {
    asked.push({ as, functionArn, payload: payload as Record<string, unknown> });
    try {
      return { ok: true, payload: await answer(payload as never, asked.length) };
    } catch (error) {
      if (error instanceof Thrown) return error.result;
      throw error;
    }
  };
  return { invoke, asked, token: (n = -1) => String(asked.at(n)?.payload['token']) };
}

/** What a function throws, as Lambda passes it on. */
export class Thrown extends Error {
  readonly result: InvokeResult;
  constructor(errorType: string, errorMessage = 'as asked') {
    super(errorMessage);
    this.result = { ok: false, error: errorType, payload: { errorType, errorMessage, trace: [] } };
  }
}

export const task = (more: object = {}, payload: unknown = '{% $states.input %}') => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Arguments: { FunctionName: 'Work', Payload: payload },
  ...more,
});

export const waiting = (more: object = {}) => ({
  ...task(more, { token: '{% $states.context.Task.Token %}', asks: '{% $states.input %}' }),
  Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
});
