import { join } from 'node:path';
import { Duration } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Environment, FunctionName } from '../functions/aws/env.ts';
import { createLogs } from './logs.ts';
import type { Settings } from './settings.ts';

export const root = join(import.meta.dirname, '..');

const cedarWasm = join(root, 'node_modules/@cedar-policy/cedar-wasm/nodejs/cedar_wasm_bg.wasm');

/** What CommonJS packages expect and an ES module does not have. */
const banner = [
  "import{createRequire}from'node:module';",
  "import{dirname as pathOf}from'node:path';",
  "import{fileURLToPath as fileOf}from'node:url';",
  'const require=createRequire(import.meta.url);',
  'const __filename=fileOf(import.meta.url);',
  'const __dirname=pathOf(__filename);',
].join('');

export type GovernedFunctionProps<F extends FunctionName> = {
  /** Name in the environment contract. */
  readonly name: F;
  /** Entry below functions/ without `.ts`. */
  readonly entry: string;
  readonly settings: Settings;
  /** Everything the contract asks for but the stage and the service's name. */
  readonly environment: Omit<Environment<F>, 'STAGE' | 'POWERTOOLS_SERVICE_NAME'>;
  /** Exactly what it may do; logs and traces are added. */
  readonly permissions: readonly PolicyStatement[];
  /** @default 10 seconds */
  readonly timeout?: Duration;
  /** @default 512 MB */
  readonly memorySize?: number;
  /** Ships the policy engine beside the bundle. @default false */
  readonly decides?: boolean;
  /** @default none */
  readonly reservedConcurrency?: number | undefined;
};

/** A Lambda function with its own role that may do exactly what it is given, its own log group, and traces. */
export class GovernedFunction<F extends FunctionName> extends Construct {
  readonly function: NodejsFunction;
  readonly role: Role;

  constructor(scope: Construct, id: string, props: GovernedFunctionProps<F>) {
    super(scope, id);
    const logGroup = createLogs(this, 'Logs', props.settings);
    this.role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    this.role.addToPolicy(writeLogs(logGroup));
    for (const statement of props.permissions) this.role.addToPolicy(statement);
    this.function = new NodejsFunction(this, 'Function', {
      entry: join(root, 'functions', `${props.entry}.ts`),
      handler: 'handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      role: this.role,
      logGroup,
      tracing: Tracing.ACTIVE,
      timeout: props.timeout ?? Duration.seconds(10),
      memorySize: props.memorySize ?? 512,
      environment: environmentOf(props),
      projectRoot: root,
      depsLockFilePath: join(root, 'package-lock.json'),
      ...(props.reservedConcurrency !== undefined && {
        reservedConcurrentExecutions: props.reservedConcurrency,
      }),
      bundling: bundling(props.decides ?? false),
    });
  }
}

function environmentOf<F extends FunctionName>({ name, settings, environment }: GovernedFunctionProps<F>) {
  const fixed = { STAGE: settings.stage, POWERTOOLS_SERVICE_NAME: name };
  return { ...fixed, ...(environment as Record<string, string>) };
}

/** One ES module with pinned SDK; names kept, because state machines match error names. */
export function bundling(decides: boolean) {
  return {
    format: OutputFormat.ESM,
    target: 'node24',
    mainFields: ['module', 'main'],
    minify: true,
    keepNames: true,
    externalModules: [],
    banner,
    ...(decides && { commandHooks: besideBundle }),
  };
}

/** The engine reads its wasm beside the code that loads it. */
const besideBundle = {
  beforeBundling: () => [],
  beforeInstall: () => [],
  afterBundling: (_input: string, output: string) => [`cp "${cedarWasm}" "${output}"`],
};

function writeLogs(logGroup: LogGroup): PolicyStatement {
  return new PolicyStatement({
    actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    resources: [logGroup.logGroupArn],
  });
}
