import * as z from 'zod';
import { parseInput } from '../json-call.ts';
import { AwsError } from '../service.ts';
import type { Execution } from './execution.ts';
import type { Machine } from './machine.ts';
import type { Runner } from './runner.ts';
import type { ExecutionStore } from './store.ts';
import type { OnExecution } from './works.ts';

/** What the operations of the API work on. */
export type Cloud = {
  readonly machines: ReadonlyMap<string, Machine>;
  readonly store: ExecutionStore;
  readonly runner: Runner;
  readonly onExecution: OnExecution;
  readonly now: () => number;
};

export const machineName = { stateMachineArn: z.string() };
export const executionName = { executionArn: z.string() };
export const tokenName = { taskToken: z.string().min(1).max(2048) };

/** What permissions are asked on, whatever else the request holds. */
export const ofMachine = z.looseObject(machineName);
export const ofExecution = z.looseObject(executionName);
const ofToken = z.looseObject(tokenName);

const LIMIT_BYTES = 262_144;

/** JSON text of at most 256 KiB. */
export const jsonText = z
  .string()
  .refine((text) => Buffer.byteLength(text) <= LIMIT_BYTES, `is longer than ${LIMIT_BYTES} bytes`);

/** The value of JSON text; other text is refused by the name of the operation's error. */
export function parseJsonText(text: string, refusal: 'InvalidExecutionInput' | 'InvalidOutput'): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new AwsError(refusal, `${refusal}: the text is not JSON`);
  }
}

export function existingMachine({ machines }: Cloud, arn: string): Machine {
  const machine = machines.get(arn);
  if (machine) return machine;
  throw new AwsError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`);
}

/** The execution a request names; one that never was is refused as AWS does. */
export function existing({ store }: Cloud, body: unknown): Execution {
  const { executionArn: arn } = parseInput(ofExecution, body);
  const execution = store.find(arn);
  if (execution) return execution;
  throw new AwsError('ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`);
}

/** The execution and attempt a token was made for; text that never was a token is refused. */
export function tokenOf({ store }: Cloud, body: unknown) {
  const found = store.ofToken(parseInput(ofToken, body).taskToken);
  const execution = found && store.find(found.arn);
  if (found && execution) return { execution, attempt: found.attempt };
  throw new AwsError('InvalidToken', `Invalid Token: 'Invalid token'`);
}
