import { CfnOutput, Duration, Stack, Token } from 'aws-cdk-lib';
import {
  type IGrantable,
  type IPrincipal,
  Policy,
  PolicyStatement,
  Role,
  ServicePrincipal,
} from 'aws-cdk-lib/aws-iam';
import { Architecture, type Code, Function, type IFunction, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { toolCallers } from '../control-exports.ts';
import { createLogs, forAYear, type LogSettings } from '../logs.ts';
import type { AutonomyOs } from './autonomy-os.ts';
import { accept } from './accept.ts';
import type { ToolDefinition } from './tool-definition.ts';

/** A tool's code, for a function of its own. */
export type ToolCode = {
  readonly code: Code;
  readonly handler: string;
  /** @default Node.js 24 */
  readonly runtime?: Runtime;
  /** @default none */
  readonly environment?: Readonly<Record<string, string>>;
  /** Megabytes. @default 256 */
  readonly memorySize?: number;
};

export type GovernedToolProps = {
  readonly os: AutonomyOs;
  /** The business unit whose tool it is. */
  readonly unit: string;
  /** What agents are told and rules look at. Governance would refuse the same, later. */
  readonly tool: ToolDefinition;
  /** Who answers a call: code for a function of its own, the function of another tool, or any there is. */
  readonly runs: ToolCode | GovernedTool | IFunction;
  /** Of a function of its own. @default a year, kept when the stack goes */
  readonly logs?: LogSettings;
};

/**
 * A Lambda function that agents call through the door as a tool: `{tool, input, idempotencyKey}` in, its answer out.
 * The door alone may call it. Its manifest goes to governance with the app's synthesis; it works once it is applied
 * and, as every unit's tool, reviewed by the centre.
 */
export class GovernedTool extends Construct implements IGrantable {
  readonly function: IFunction;
  /** What its code may do: `table.grantReadData(tool)`. */
  readonly grantPrincipal: IPrincipal;

  private readonly arn: string;

  constructor(scope: Construct, id: string, { os, unit, tool, runs, logs = forAYear }: GovernedToolProps) {
    super(scope, id);
    if ('code' in runs) {
      this.function = this.make(os, tool, { ...runs, logs });
      this.arn = arnByName(this, nameOf(os, tool));
    } else if (runs instanceof GovernedTool) {
      this.function = runs.function;
      this.arn = runs.arn;
    } else {
      this.function = runs;
      this.arn = this.letDoorCall(os, tool);
    }
    this.grantPrincipal = this.function.grantPrincipal;
    const { further, ...definition } = tool;
    const connector = { type: 'lambda', functionArn: this.arn };
    os.manifests.add(unit, { kind: 'Tool', ...definition, connector, ...further });
  }

  private make(
    os: AutonomyOs,
    { timeoutSeconds = 10, ...tool }: ToolDefinition,
    { code, handler, runtime = Runtime.NODEJS_24_X, environment, memorySize = 256, logs }: MadeFrom,
  ): Function {
    const logGroup = createLogs(this, 'Logs', logs);
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    logGroup.grantWrite(role);
    accept(this, 'IAM5[Resource::*]', 'Traces belong to no resource.');
    return new Function(this, 'Function', {
      functionName: nameOf(os, tool),
      ...{ code, handler, runtime, memorySize, role, logGroup },
      architecture: Architecture.ARM_64,
      tracing: Tracing.ACTIVE,
      timeout: Duration.seconds(timeoutSeconds),
      ...(environment && { environment }),
    });
  }

  /**
   * A function of another name is none the door may call: the roles that call tools are told of this one. Its ARN is
   * known once it is deployed: the manifest asks for it by a variable, the stack's output tells it.
   */
  private letDoorCall(os: AutonomyOs, { name }: ToolDefinition): string {
    const { functionArn } = this.function;
    new Policy(this, 'DoorCalls', {
      roles: toolCallers.map((name) => os.roleOf(name)),
      statements: [new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [functionArn] })],
    });
    const variable = `${name.toUpperCase().replace(/[^A-Z0-9]/g, '_')}_ARN`;
    new CfnOutput(this, 'Arn', { value: functionArn, description: `autonomy apply … --var ${variable}=…` });
    return `\${${variable}}`;
  }
}

type MadeFrom = ToolCode & { readonly logs: LogSettings };

/** The door may call what is named so, and no other function of the account. */
function nameOf({ stage }: AutonomyOs, { name }: Pick<ToolDefinition, 'name'>): string {
  const functionName = `autonomy-${stage}-tool-${name.replace(/[^A-Za-z0-9-]/g, '-')}`;
  if (functionName.length <= 64) return functionName;
  throw new Error(
    `tool ${name}: a function is named in 64 characters, ${functionName} is longer: shorten the name`,
  );
}

/** Region and account as the stack knows them; in a stack for any, variables of the governance directory. */
function arnByName(scope: Construct, functionName: string): string {
  const { region, account, partition } = Stack.of(scope);
  const known = (value: string, otherwise: string) => (Token.isUnresolved(value) ? otherwise : value);
  const at = [known(region, '${REGION}'), known(account, '${ACCOUNT}')].join(':');
  return `arn:${known(partition, 'aws')}:lambda:${at}:function:${functionName}`;
}
