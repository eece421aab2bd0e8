import * as z from 'zod';
import { parseInput } from '../json-call.ts';
import { AwsError } from '../service.ts';
import { secondsOf } from './describe.ts';
import { executionArn, type Position } from './execution.ts';
import type { Machine } from './machine.ts';
import { type Cloud, existingMachine, jsonText, machineName, parseJsonText } from './requests.ts';

const starting = z.strictObject({
  ...machineName,
  name: z.string().optional(),
  input: jsonText.default('{}'),
  /** Traces are not kept on the laptop. */
  traceHeader: z.string().optional(),
});

const NAME = /^[^\s<>{}[\]?*"#%\\^|~`$&,;:/\u0000-\u001f\u007f-\u009f]{1,80}$/;

/** A running execution of this name and input is the one meant; any other of this name is refused, as AWS does. */
export function startExecution(cloud: Cloud, body: unknown): unknown {
  const { stateMachineArn, name = crypto.randomUUID(), input } = parseInput(starting, body);
  if (!NAME.test(name)) throw new AwsError('InvalidName', `Invalid Name: '${name}'`);
  const machine = existingMachine(cloud, stateMachineArn);
  const arn = executionArn(stateMachineArn, name);
  const parsed = parseJsonText(input, 'InvalidExecutionInput');
  const known = cloud.store.find(arn);
  if (known?.status === 'RUNNING' && JSON.stringify(known.input) === JSON.stringify(parsed)) {
    return { executionArn: arn, startDate: secondsOf(known.startedAt) };
  }
  if (known) throw new AwsError('ExecutionAlreadyExists', `Execution Already Exists: '${arn}'`);
  const startedAt = cloud.now();
  const position = beginning(machine, parsed, startedAt);
  const begun = { input, roleArn: machine.roleArn };
  cloud.store.create(
    { arn, machineArn: stateMachineArn, name, status: 'RUNNING', input: parsed, startedAt, position },
    [{ type: 'ExecutionStarted', details: { executionStartedEventDetails: begun } }],
  );
  cloud.onExecution(stateMachineArn, 'started');
  cloud.runner.drive(arn);
  return { executionArn: arn, startDate: secondsOf(startedAt) };
}

function beginning({ definition }: Machine, input: unknown, startedAt: number): Position {
  const { StartAt, TimeoutSeconds } = definition;
  return {
    state: StartAt,
    input,
    variables: {},
    enteredAt: startedAt,
    enteredEvent: 0,
    retries: [],
    attempt: 0,
    lastsUntil: TimeoutSeconds === undefined ? undefined : startedAt + TimeoutSeconds * 1000,
    phase: { kind: 'entering' },
  };
}
