import { existsSync, statSync } from 'node:fs';
import * as z from 'zod';
import { BootError } from '../boot-error.ts';
import type { Role } from '../iam/roles.ts';
import type { Resource } from '../service.ts';
import { readResources } from '../template/read-properties.ts';

/** A Lambda function of the template, ready to run. */
export type LambdaFunction = {
  readonly name: string;
  readonly arn: string;
  readonly roleArn: string;
  /** Directory of its bundle. */
  readonly code: string;
  /** `<file>.<export>` inside it. */
  readonly handler: string;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly logGroup: string;
  readonly traced: boolean;
  /** Reserved concurrency, where the template sets one. */
  readonly reserved: number | undefined;
};

const properties = z.strictObject({
  FunctionName: z.string().optional(),
  Description: z.string().optional(),
  Tags: z.unknown().optional(),
  Architectures: z.unknown().optional(),
  Code: z.strictObject({ S3Bucket: z.string(), S3Key: z.string() }),
  Handler: z.string().regex(/^[\w./-]+\.\w+$/),
  Runtime: z.string().regex(/^nodejs/, 'only Node.js runs on the laptop'),
  Role: z.string(),
  Timeout: z.coerce.number().default(3),
  MemorySize: z.coerce.number().default(128),
  Environment: z.strictObject({ Variables: z.record(z.string(), z.coerce.string()) }).optional(),
  TracingConfig: z.strictObject({ Mode: z.string() }).optional(),
  LoggingConfig: z
    .strictObject({
      LogGroup: z.string().optional(),
      LogFormat: z.string().optional(),
      ApplicationLogLevel: z.string().optional(),
      SystemLogLevel: z.string().optional(),
    })
    .optional(),
  ReservedConcurrentExecutions: z.coerce.number().int().optional(),
});

/** The template's functions; code that was not packaged or a role Lambda may not assume is a `BootError`. */
export function readFunctions(
  resources: readonly Resource[],
  assets: ReadonlyMap<string, string>,
  roles: readonly Role[],
): readonly LambdaFunction[] {
  return readResources(resources, 'AWS::Lambda::Function', properties).map(({ resource, properties: p }) => {
    const at = `${resource.stack}/${resource.logicalId}`;
    const role = roles.find(({ arn }) => arn === p.Role);
    if (!role?.trusts.includes('lambda.amazonaws.com')) {
      throw new BootError(`${at}: Lambda cannot assume the role ${p.Role}`);
    }
    return {
      name: resource.ref,
      arn: resource.arn,
      roleArn: p.Role,
      code: codeOf(p.Code.S3Key, assets, at),
      handler: p.Handler,
      timeoutSeconds: p.Timeout,
      memoryMb: p.MemorySize,
      environment: p.Environment?.Variables ?? {},
      logGroup: p.LoggingConfig?.LogGroup ?? `/aws/lambda/${resource.ref}`,
      traced: p.TracingConfig?.Mode === 'Active',
      reserved: p.ReservedConcurrentExecutions,
    };
  });
}

function codeOf(key: string, assets: ReadonlyMap<string, string>, at: string): string {
  const directory = assets.get(key);
  if (directory && existsSync(directory) && statSync(directory).isDirectory()) return directory;
  throw new BootError(`${at}: the assembly has no directory for its code ${key}; synthesize it again`);
}
