import {
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  ExecutionAlreadyExists,
  type SFNClient,
  SFNServiceException,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { type CallResult, type Connector, MAX_OUTPUT_BYTES } from './connector.ts';
import { afterError } from './after-error.ts';
import { type Clock, poll } from './poll.ts';
import { readOutput } from './read-output.ts';

type Sfn = Pick<SFNClient, 'send'>;

/** Milliseconds one look at an execution may take. */
const LOOK_MS = 2000;

/**
 * Starts an execution of a Standard machine, named by the action's id, and waits for its end. Called again it waits for
 * the same execution. One that outlasts the tool's time runs on, so nobody can say what it comes to.
 */
export function connectWorkflow(sfn: Sfn, clock: Clock): Connector {
  return async ({ tool, input, idempotencyKey: name, timeoutMs }) => {
    if (tool.connector.type !== 'workflow')
      return { status: 'failed', code: 'misconfigured', detail: 'this is no workflow tool', sent: false };
    const { machineArn: stateMachineArn } = tool.connector;
    const until = clock.now().getTime() + timeoutMs;
    const stopped = await start(sfn, { stateMachineArn, name, input: JSON.stringify(input) }, timeoutMs);
    if (stopped) return stopped;
    const executionArn = `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;
    const ended = await poll(() => look(sfn, executionArn), until - clock.now().getTime(), clock);
    return ended ?? inDoubt('timed-out', `execution ${name} still runs`);
  };
}

type Started = { readonly stateMachineArn: string; readonly name: string; readonly input: string };

/** Why there is nothing to wait for; `undefined` when the execution runs, or ran before. */
async function start(sfn: Sfn, execution: Started, timeoutMs: number): Promise<CallResult | undefined> {
  try {
    const abortSignal = AbortSignal.timeout(timeoutMs);
    const { executionArn = '' } = await sfn.send(new StartExecutionCommand(execution), { abortSignal });
    return executionArn.includes(':express:')
      ? inDoubt(
          'misconfigured',
          'an Express machine was started, and its end can’t be told: use a Standard one',
        )
      : undefined;
  } catch (error) {
    if (error instanceof ExecutionAlreadyExists) return undefined;
    return afterError(error, isRefusal, 'the machine');
  }
}

const isRefusal = (error: Error) => error instanceof SFNServiceException && error.$fault === 'client';

/** How it ended; `undefined` while it runs, is not shown yet, or can't be looked at for the moment. */
async function look(sfn: Sfn, executionArn: string): Promise<CallResult | undefined> {
  try {
    const abortSignal = AbortSignal.timeout(LOOK_MS);
    return outcomeOf(await sfn.send(new DescribeExecutionCommand({ executionArn }), { abortSignal }));
  } catch (error) {
    const closed = error instanceof Error && error.name === 'AccessDeniedException';
    return closed ? inDoubt('unreachable', 'the execution runs and may not be looked at') : undefined;
  }
}

function outcomeOf({ status, output, error, cause }: DescribeExecutionCommandOutput): CallResult | undefined {
  switch (status) {
    case 'SUCCEEDED': {
      const kept = readOutput(output ?? 'null');
      if (kept) return { status: 'succeeded', ...kept };
      return inDoubt('output-too-large', `the output is larger than ${MAX_OUTPUT_BYTES} bytes`);
    }
    case 'FAILED':
    case 'ABORTED':
    case 'TIMED_OUT': {
      const detail = [error ?? status, reasonIn(cause)].filter((part) => part !== '').join(': ');
      return { status: 'failed', code: 'refused-by-system', detail: detail.slice(0, 300) };
    }
    default:
      return undefined;
  }
}

/** A function's error is JSON with the lines of its code: its message alone is told. */
function reasonIn(cause = ''): string {
  try {
    const { errorMessage } = JSON.parse(cause) as { readonly errorMessage?: unknown };
    return typeof errorMessage === 'string' ? errorMessage : '';
  } catch {
    return cause;
  }
}

const inDoubt = (code: string, detail: string): CallResult => ({ status: 'unknown', code, detail });
