import {
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  InvalidToken,
  SendTaskFailureCommand,
  SendTaskSuccessCommand,
  type SFNClient,
  StartExecutionCommand,
  TaskDoesNotExist,
  TaskTimedOut,
} from '@aws-sdk/client-sfn';
import * as z from 'zod';
import { Fault } from '../../core/fault.ts';

/** What a waiting step is told: its result, or the error its machine catches. */
export type Answer = { readonly output: unknown } | { readonly error: string; readonly cause: string };

/** Step Functions as we use it: machines start by name, once; waits are answered once. */
export type Machines = {
  /** Starts an execution named `name`; one that exists already is the one meant. */
  start(machineArn: string, name: string, input: unknown): Promise<void>;
  /** Answers a waiting step; `false` when nothing waits on this token any more. */
  answer(token: string, answer: Answer): Promise<boolean>;
  /** The status of an execution, `undefined` when there is none of this name. */
  status(machineArn: string, name: string): Promise<string | undefined>;
};

export function createMachines(sfn: Pick<SFNClient, 'send'>): Machines {
  return {
    start: async (stateMachineArn, name, input) => {
      const command = new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) });
      await (sfn.send(command) as Promise<unknown>).catch((error: unknown) => {
        if (!(error instanceof ExecutionAlreadyExists)) throw error;
      });
    },
    answer: async (token, answer) => {
      try {
        await send(sfn, token, answer);
        return true;
      } catch (error) {
        const gone = [TaskTimedOut, TaskDoesNotExist, InvalidToken].some((kind) => error instanceof kind);
        if (gone) return false;
        throw error;
      }
    },
    status: async (machineArn, name) => {
      const executionArn = `${machineArn.replace(':stateMachine:', ':execution:')}:${name}`;
      try {
        return (await sfn.send(new DescribeExecutionCommand({ executionArn }))).status;
      } catch (error) {
        if (error instanceof Error && error.name === 'ExecutionDoesNotExist') return undefined;
        throw error;
      }
    },
  };
}

function send(sfn: Pick<SFNClient, 'send'>, taskToken: string, answer: Answer): Promise<unknown> {
  if ('output' in answer) {
    return sfn.send(new SendTaskSuccessCommand({ taskToken, output: JSON.stringify(answer.output ?? null) }));
  }
  return sfn.send(new SendTaskFailureCommand({ taskToken, error: answer.error, cause: answer.cause }));
}

const arns = z.record(z.string(), z.string());

/**
 * Finds a workflow's machine by its name in statemachines/; an unknown one is a fault that names those there are. A
 * machine of another app is its own ARN: only one that was granted to us can be started.
 */
export function machineArns(json: string): (machine: string) => string {
  const known = arns.parse(JSON.parse(json));
  return (machine) => {
    const arn = machine.startsWith('arn:') ? machine : known[machine];
    if (arn) return arn;
    const names = Object.keys(known).join(', ') || 'none';
    throw new Fault('SettingsInvalid', `no state machine is called ${machine}; deployed: ${names}`);
  };
}
