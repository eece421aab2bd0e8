import type { Iam } from '../iam/iam.ts';
import { ACCOUNT, AwsError, type InvokeFunction, REGION } from '../service.ts';
import type { LambdaFunction } from './function.ts';
import type { Pool } from './pool.ts';
import { LOG_STREAM } from './sandbox-environment.ts';

/** Finds functions by name or ARN, with or without `:$LATEST`. */
export type Directory = (nameOrArn: string) => LambdaFunction;

export function createDirectory(functions: readonly LambdaFunction[]): Directory {
  const found = new Map(functions.flatMap((each) => [[each.name, each] as const, [each.arn, each] as const]));
  return (nameOrArn) => {
    const target = found.get(nameOrArn.replace(/:\$LATEST$/, ''));
    if (target) return target;
    throw new AwsError('ResourceNotFoundException', `Function not found: ${nameOrArn}`, 404);
  };
}

/** Invokes in a role's name after asking IAM, or in AWS's, whose right was checked when the caller was wired. */
export function createInvoke(options: {
  readonly find: Directory;
  readonly pool: Pool;
  readonly iam: Iam;
}): InvokeFunction {
  return async ({ as, functionArn, payload }) => {
    const target = options.find(functionArn);
    const permission = { action: 'lambda:InvokeFunction', resource: target.arn };
    if (as !== 'aws' && !options.iam.allows(as, permission)) {
      const what = `lambda:InvokeFunction on resource: ${target.arn}`;
      throw new AwsError('AccessDeniedException', `User: ${as} is not authorized to perform: ${what}`, 403);
    }
    return options.pool.run(target, payload);
  };
}

/**
 * Asks IAM for what the Lambda service does in the function's name without calling us: writing its logs and traces.
 * A role that may not is a refusal in `usage`, though the laptop keeps the lines.
 */
export function recordRuntimeUse(iam: Iam, { roleArn, logGroup, traced }: LambdaFunction): void {
  const resource = `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:${logGroup}:log-stream:${LOG_STREAM}`;
  for (const action of ['logs:CreateLogStream', 'logs:PutLogEvents'])
    iam.allows(roleArn, { action, resource });
  if (!traced) return;
  for (const action of ['xray:PutTraceSegments', 'xray:PutTelemetryRecords']) {
    iam.allows(roleArn, { action, resource: '*' });
  }
}
