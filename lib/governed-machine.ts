import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Policy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { DefinitionBody, LogLevel, StateMachine, StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { root } from './governed-function.ts';
import { lintMachine } from './lint-machine.ts';
import { createLogs, type LogSettings } from './logs.ts';

export type GovernedMachineProps = {
  /** Name of the file in statemachines/ without `.asl.json`. */
  readonly machine: string;
  /** Its text, for a machine that stands elsewhere. @default that file's */
  readonly definition?: string;
  /** The functions its placeholders `${name}` mean; none may be missing and none left over. */
  readonly functions: Readonly<Record<string, IFunction>>;
  readonly settings: LogSettings;
  /** Which of these functions answer a waiting step by themselves, and how. @default none */
  readonly answers?: Readonly<Record<string, readonly StepAnswer[]>>;
  /** Names of errors that our own functions answer with and the definition matches. @default none */
  readonly errors?: readonly string[];
};
export type StepAnswer = 'states:SendTaskSuccess' | 'states:SendTaskFailure';

/**
 * A state machine that may invoke exactly the functions its definition names. Its log holds no
 * execution data, because a task token is a credential.
 */
export class GovernedMachine extends Construct {
  readonly machine: StateMachine;

  constructor(scope: Construct, id: string, props: GovernedMachineProps) {
    super(scope, id);
    const file = join(root, 'statemachines', `${props.machine}.asl.json`);
    const text = props.definition ?? readFileSync(file, 'utf8');
    refuseFindings(text, props);
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
        destination: createLogs(this, 'Logs', props.settings),
      },
    });
    this.letStepsAnswer(props);
  }

  /** In policies of their own: the machine names these functions, so their roles cannot name it without a cycle. */
  private letStepsAnswer({ functions, answers = {} }: GovernedMachineProps): void {
    for (const [name, actions] of Object.entries(answers)) {
      const role = functions[name]?.role;
      if (!role) throw new Error(`${this.node.path}: ${name} answers, but is no step of this machine`);
      const statement = new PolicyStatement({
        actions: [...actions],
        resources: [this.machine.stateMachineArn],
      });
      new Policy(this, `${name}-answers`, { roles: [role], statements: [statement] });
    }
  }
}

/** Throws one line for each promise the definition does not keep. */
function refuseFindings(text: string, { machine, errors = [] }: GovernedMachineProps): void {
  const findings = lintMachine(JSON.parse(text), errors);
  if (findings.length === 0) return;
  throw new Error(findings.map(({ where, reason }) => `${machine}.asl.json, ${where}: ${reason}`).join('\n'));
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
