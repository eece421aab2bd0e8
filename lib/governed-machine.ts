import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { DefinitionBody, LogLevel, StateMachine, StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { root } from './governed-function.ts';
import type { Settings } from './settings.ts';

export type GovernedMachineProps = {
  /** Name of the file in statemachines/ without `.asl.json`. */
  readonly machine: string;
  /** The functions its placeholders `${name}` mean; none may be missing and none left over. */
  readonly functions: Readonly<Record<string, IFunction>>;
  readonly settings: Settings;
};

/**
 * A state machine from statemachines/ that may invoke exactly the functions its definition names. Its log holds no
 * execution data, because a task token is a credential.
 */
export class GovernedMachine extends Construct {
  readonly machine: StateMachine;

  constructor(scope: Construct, id: string, props: GovernedMachineProps) {
    super(scope, id);
    const text = readFileSync(join(root, 'statemachines', `${props.machine}.asl.json`), 'utf8');
    const { definition, used } = substitute(text, props);
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('states.amazonaws.com') });
    role.addToPolicy(
      new PolicyStatement({
        actions: ['lambda:InvokeFunction'],
        resources: used.map((fn) => fn.functionArn),
      }),
    );
    this.machine = new StateMachine(this, 'Machine', {
      definitionBody: DefinitionBody.fromString(definition),
      stateMachineType: StateMachineType.STANDARD,
      role,
      tracingEnabled: true,
      logs: {
        level: LogLevel.ALL,
        includeExecutionData: false,
        destination: new LogGroup(this, 'Logs', {
          retention: props.settings.logRetentionDays as RetentionDays,
          removalPolicy: RemovalPolicy.DESTROY,
        }),
      },
    });
  }
}

/** Puts ARNs for placeholders; throws when one has no function or a function no placeholder. */
function substitute(text: string, { machine, functions }: GovernedMachineProps) {
  const asked = [...new Set([...text.matchAll(/\$\{([\w-]+)\}/g)].map((match) => match[1] ?? ''))];
  const missing = asked.filter((name) => !functions[name]);
  const idle = Object.keys(functions).filter((name) => !asked.includes(name));
  if (missing.length > 0)
    throw new Error(`${machine}.asl.json asks for unknown functions: ${missing.join(', ')}`);
  if (idle.length > 0) throw new Error(`${machine}.asl.json never uses: ${idle.join(', ')}`);
  const used = asked.flatMap((name) => functions[name] ?? []);
  const definition = text.replace(/\$\{([\w-]+)\}/g, (_, name: string) => functions[name]?.functionArn ?? '');
  return { definition, used };
}
