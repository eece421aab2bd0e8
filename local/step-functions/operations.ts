import * as z from 'zod';
import { parseInput } from '../json-call.ts';
import { AwsError } from '../service.ts';
import { describe, historyOf, list, secondsOf } from './describe.ts';
import { executionArn } from './execution.ts';
import { type Cloud, existing, ofMachine, ofToken, tokenOf } from './requests.ts';

const starting = ofMachine.extend({
  name: z
    .string()
    .regex(/^[^\s<>{}[\]?*"#%\\^|~`$&,;:/\u0000-\u001f\u007f-\u009f]{1,80}$/)
    .optional(),
  input: z.string().default('{}'),
});
const success = ofToken.extend({ output: z.string() });
const failure = z.looseObject({
  error: z.string().max(256).optional(),
  cause: z.string().max(32_768).optional(),
});

/** One operation of the API; `on` says what its IAM action is asked on. */
export type Operation = {
  readonly on: 'machine' | 'execution' | 'token';
  readonly run: (cloud: Cloud, body: unknown) => unknown;
};

/** Everything the laptop runs of the Step Functions API. */
export const operations: Readonly<Record<string, Operation>> = {
  StartExecution: { on: 'machine', run: start },
  DescribeExecution: { on: 'execution', run: (cloud, body) => describe(existing(cloud, body)) },
  ListExecutions: { on: 'machine', run: list },
  StopExecution: {
    on: 'execution',
    run: (cloud, body) => {
      const { arn } = existing(cloud, body);
      return { stopDate: secondsOf(cloud.runner.abort(arn, parseInput(failure, body)) ?? cloud.now()) };
    },
  },
  GetExecutionHistory: { on: 'execution', run: historyOf },
  SendTaskSuccess: {
    on: 'token',
    run: (cloud, body) => {
      const value = parseOutput(parseInput(success, body).output);
      return answer(cloud, body, (arn, attempt) => cloud.runner.answer(arn, attempt, { ok: true, value }));
    },
  },
  SendTaskFailure: {
    on: 'token',
    run: (cloud, body) => {
      const { error, cause } = parseInput(failure, body);
      return answer(cloud, body, (arn, attempt) =>
        cloud.runner.answer(arn, attempt, { ok: false, error, cause }),
      );
    },
  },
  SendTaskHeartbeat: {
    on: 'token',
    run: (cloud, body) => answer(cloud, body, (arn, attempt) => cloud.runner.beat(arn, attempt)),
  },
};

/** A running execution of this name and input is the one meant; any other of this name is refused, as AWS does. */
function start(cloud: Cloud, body: unknown): unknown {
  const { stateMachineArn, name = crypto.randomUUID(), input } = parseInput(starting, body);
  const machine = cloud.machines.get(stateMachineArn);
  if (!machine) {
    throw new AwsError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${stateMachineArn}'`);
  }
  const arn = executionArn(stateMachineArn, name);
  const parsed = parseInputText(input);
  const known = cloud.store.find(arn);
  if (known?.status === 'RUNNING' && JSON.stringify(known.input) === JSON.stringify(parsed)) {
    return { executionArn: arn, startDate: secondsOf(known.startedAt) };
  }
  if (known) throw new AwsError('ExecutionAlreadyExists', `Execution Already Exists: '${arn}'`);
  const startedAt = cloud.now();
  const { StartAt, TimeoutSeconds } = machine.definition;
  const position = {
    state: StartAt,
    input: parsed,
    variables: {},
    enteredAt: startedAt,
    enteredEvent: 0,
    retries: [],
    attempt: 0,
    lastsUntil: TimeoutSeconds === undefined ? undefined : startedAt + TimeoutSeconds * 1000,
    phase: { kind: 'entering' },
  } as const;
  const begun = { input, roleArn: machine.roleArn };
  cloud.store.create(
    { arn, machineArn: stateMachineArn, name, status: 'RUNNING', input: parsed, startedAt, position },
    [{ type: 'ExecutionStarted', details: { executionStartedEventDetails: begun } }],
  );
  cloud.onExecution(stateMachineArn, 'started');
  cloud.runner.drive(arn);
  return { executionArn: arn, startDate: secondsOf(startedAt) };
}

function parseInputText(input: string): unknown {
  try {
    return JSON.parse(input);
  } catch {
    throw new AwsError(
      'InvalidExecutionInput',
      `Invalid State Machine Execution Input: the input is not JSON`,
    );
  }
}

function parseOutput(output: string): unknown {
  try {
    return JSON.parse(output);
  } catch {
    throw new AwsError('InvalidOutput', `Invalid Output: the output is not JSON`);
  }
}

function answer(cloud: Cloud, body: unknown, give: (arn: string, attempt: number) => boolean): unknown {
  const { execution, attempt } = tokenOf(cloud, body);
  if (give(execution.arn, attempt)) return {};
  throw new AwsError('TaskTimedOut', `Task Timed Out: 'Provided task does not exist anymore'`);
}
