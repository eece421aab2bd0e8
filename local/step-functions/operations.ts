import * as z from 'zod';
import { parseInput } from '../json-call.ts';
import { AwsError } from '../service.ts';
import { describeExecution, historyOf, list, secondsOf } from './describe.ts';
import {
  type Cloud,
  existing,
  executionName,
  jsonText,
  parseJsonText,
  tokenName,
  tokenOf,
} from './requests.ts';
import { startExecution } from './start-execution.ts';

const failure = { error: z.string().max(256).optional(), cause: z.string().max(32_768).optional() };
const taskFailure = z.strictObject({ ...tokenName, ...failure });
const taskSuccess = z.strictObject({ ...tokenName, output: jsonText });
const taskHeartbeat = z.strictObject(tokenName);
const stopping = z.strictObject({ ...executionName, ...failure });

/** One operation of the API; `on` says what its IAM action is asked on. */
export type Operation = {
  readonly on: 'machine' | 'execution' | 'token';
  readonly run: (cloud: Cloud, body: unknown) => unknown;
};

/** Everything the laptop runs of the Step Functions API. */
export const operations: Readonly<Record<string, Operation>> = {
  StartExecution: { on: 'machine', run: startExecution },
  DescribeExecution: { on: 'execution', run: describeExecution },
  ListExecutions: { on: 'machine', run: list },
  StopExecution: { on: 'execution', run: stopExecution },
  GetExecutionHistory: { on: 'execution', run: historyOf },
  SendTaskSuccess: { on: 'token', run: sendTaskSuccess },
  SendTaskFailure: { on: 'token', run: sendTaskFailure },
  SendTaskHeartbeat: { on: 'token', run: sendTaskHeartbeat },
};

function stopExecution(cloud: Cloud, body: unknown): unknown {
  const { error, cause } = parseInput(stopping, body);
  const stoppedAt = cloud.runner.abort(existing(cloud, body).arn, { error, cause });
  return { stopDate: secondsOf(stoppedAt ?? cloud.now()) };
}

function sendTaskSuccess(cloud: Cloud, body: unknown): unknown {
  const value = parseJsonText(parseInput(taskSuccess, body).output, 'InvalidOutput');
  const { execution, attempt } = tokenOf(cloud, body);
  return accepted(cloud.runner.answer(execution.arn, attempt, { ok: true, value }));
}

function sendTaskFailure(cloud: Cloud, body: unknown): unknown {
  const { error, cause } = parseInput(taskFailure, body);
  const { execution, attempt } = tokenOf(cloud, body);
  return accepted(cloud.runner.answer(execution.arn, attempt, { ok: false, error, cause }));
}

function sendTaskHeartbeat(cloud: Cloud, body: unknown): unknown {
  parseInput(taskHeartbeat, body);
  const { execution, attempt } = tokenOf(cloud, body);
  return accepted(cloud.runner.beat(execution.arn, attempt));
}

function accepted(taken: boolean): unknown {
  if (taken) return {};
  throw new AwsError('TaskTimedOut', `Task Timed Out: 'Provided task does not exist anymore'`);
}
