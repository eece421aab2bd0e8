import type { Credentials } from '../iam/credentials.ts';
import { REGION } from '../service.ts';
import type { LambdaFunction } from './function.ts';

/** Everything a function finds in its environment: its own settings and what Lambda adds; nothing of the host's. */
export function sandboxEnvironment(target: LambdaFunction, key: Credentials, url: string) {
  return {
    ...target.environment,
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    AWS_ACCESS_KEY_ID: key.accessKeyId,
    AWS_SECRET_ACCESS_KEY: key.secretAccessKey,
    AWS_ENDPOINT_URL: url,
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_FUNCTION_NAME: target.name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(target.memoryMb),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: target.logGroup,
    AWS_LAMBDA_LOG_STREAM_NAME: LOG_STREAM,
    LAMBDA_TASK_ROOT: target.code,
    LANG: 'en_US.UTF-8',
    TZ: 'UTC',
  };
}

/** All sandboxes of a function write to one stream. */
export const LOG_STREAM = 'laptop';
