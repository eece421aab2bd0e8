import { InvokeCommand, type LambdaClient, LambdaServiceException } from '@aws-sdk/client-lambda';
import { afterError } from './after-error.ts';
import { type CallResult, type Connector, MAX_OUTPUT_BYTES } from './connector.ts';
import { readOutput } from './read-output.ts';

/**
 * Calls a Lambda function with `{tool, input, idempotencyKey}`; its return value is the output. An error the
 * function threw, or a call Lambda refused to make, is a clear no; one that gave no answer leaves the effect in doubt.
 */
export function connectLambda(lambda: Pick<LambdaClient, 'send'>): Connector {
  return async ({ tool, input, idempotencyKey, timeoutMs }) => {
    if (tool.connector.type !== 'lambda') return failed('misconfigured', 'this is no Lambda tool');
    const payload = JSON.stringify({ tool: tool.name, input, idempotencyKey });
    try {
      const reply = await lambda.send(
        new InvokeCommand({ FunctionName: tool.connector.functionArn, Payload: Buffer.from(payload) }),
        { abortSignal: AbortSignal.timeout(timeoutMs) },
      );
      return readReply(Buffer.from(reply.Payload ?? []), reply.FunctionError);
    } catch (error) {
      return afterError(error, isRefusal, 'the function');
    }
  };
}

/** Lambda itself refused the call, so nothing ran. */
const isRefusal = (error: Error): boolean =>
  error instanceof LambdaServiceException && error.$fault === 'client';

function readReply(payload: Buffer, functionError: string | undefined): CallResult {
  if (!functionError) {
    const kept = readOutput(payload.toString('utf8') || 'null');
    const detail = `the answer is larger than ${MAX_OUTPUT_BYTES} bytes`;
    return kept ? { status: 'succeeded', ...kept } : { status: 'unknown', code: 'output-too-large', detail };
  }
  const error = JSON.parse(payload.toString('utf8')) as { errorType?: unknown; errorMessage?: unknown };
  const type = typeof error.errorType === 'string' ? error.errorType : functionError;
  const message = typeof error.errorMessage === 'string' ? error.errorMessage.slice(0, 300) : '';
  if (type === 'Sandbox.Timedout')
    return { status: 'unknown', code: 'timed-out', detail: message, retry: true };
  return failed('refused-by-system', `${type}: ${message}`);
}

const failed = (code: string, detail: string): CallResult => ({ status: 'failed', code, detail });
