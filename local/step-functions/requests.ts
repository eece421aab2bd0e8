import * as z from 'zod';
import { parseInput } from '../json-call.ts';
import { AwsError } from '../service.ts';
import type { Execution } from './execution.ts';
import type { Machine } from './machine.ts';
import type { OnExecution, Runner } from './runner.ts';
import type { ExecutionStore } from './store.ts';

/** What the operations of the API work on. */
export type Cloud = {
  readonly machines: ReadonlyMap<string, Machine>;
  readonly store: ExecutionStore;
  readonly runner: Runner;
  readonly onExecution: OnExecution;
  readonly now: () => number;
};

export const ofMachine = z.looseObject({ stateMachineArn: z.string() });
export const ofExecution = z.looseObject({ executionArn: z.string() });
export const ofToken = z.looseObject({ taskToken: z.string().min(1).max(2048) });

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
