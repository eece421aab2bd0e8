import { type AwsCall, AwsError, type Service } from '../service.ts';
import type { InvocationQueue } from './invocation-queue.ts';
import type { Directory } from './invoke.ts';
import type { Pool } from './pool.ts';

const INVOCATIONS = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/;
const SYNCHRONOUS_LIMIT_BYTES = 6 * 1024 * 1024;
const EVENT_LIMIT_BYTES = 1024 * 1024;

/** The Lambda API as far as the laptop runs it: Invoke, waiting or as an event. */
export function createLambdaService(options: {
  readonly find: Directory;
  readonly pool: Pool;
  readonly queue: InvocationQueue;
}): Service {
  const targetOf = (call: AwsCall) => {
    const [, name] = INVOCATIONS.exec(call.path) ?? [];
    if (name && call.method === 'POST') return options.find(decodeURIComponent(name));
    throw new AwsError('UnsupportedOperation', `Lambda ${call.method} ${call.path} is not run on the laptop`);
  };
  return {
    signingName: 'lambda',
    errors: 'rest-json',
    permissions: (call) => [{ action: 'lambda:InvokeFunction', resource: targetOf(call).arn }],
    handle: async (call) => {
      const target = targetOf(call);
      const type = call.headers['x-amz-invocation-type'] ?? 'RequestResponse';
      refuseUnsupported(call, type);
      const payload = payloadOf(call);
      if (type === 'Event') {
        options.queue.add(target.name, payload);
        return { status: 202, headers: {}, body: '' };
      }
      const result = await options.pool.run(target, payload);
      const headers = {
        'content-type': 'application/json',
        'x-amz-executed-version': '$LATEST',
        ...(!result.ok && { 'x-amz-function-error': 'Unhandled' }),
      };
      return { status: 200, headers, body: JSON.stringify(result.payload) };
    },
  };
}

function refuseUnsupported(call: AwsCall, type: string): void {
  if (type !== 'RequestResponse' && type !== 'Event') {
    throw new AwsError('UnsupportedOperation', `the invocation type ${type} is not run on the laptop`);
  }
  const limit = type === 'Event' ? EVENT_LIMIT_BYTES : SYNCHRONOUS_LIMIT_BYTES;
  if (call.body.length <= limit) return;
  const message = `Request must be smaller than ${limit} bytes for the InvokeFunction operation`;
  throw new AwsError('RequestTooLargeException', message, 413);
}

function payloadOf(call: AwsCall): unknown {
  if (call.body.length === 0) return {};
  try {
    return JSON.parse(call.body.toString());
  } catch {
    const message = 'Could not parse request body into json: the payload is not JSON';
    throw new AwsError('InvalidRequestContentException', message);
  }
}
