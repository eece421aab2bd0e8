import { readFileSync } from 'node:fs';
import { ArnFormat, type CfnElement, CfnOutput, type Duration, Stack } from 'aws-cdk-lib';
import { type Grant, type IGrantable, Policy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { type StepFunction, stepFunctions } from '../control-exports.ts';
import { GovernedMachine, type StepAnswer } from '../governed-machine.ts';
import { forAYear, type LogSettings } from '../logs.ts';
import { accept } from './accept.ts';
import type { AutonomyOs } from './autonomy-os.ts';
import { readWorkflow, type Workflow } from './read-workflow.ts';

/** What the work cost before; see `baseline` in docs/governance.md. Amounts are decimal strings. */
export type Baseline = {
  readonly label: string;
  readonly minutesPerRequest: string;
  readonly hourlyRate: { readonly amount: string; readonly currency: string };
  readonly minutesPerTouch: string;
  /** The person who answers for these figures. */
  readonly owner: string;
  readonly source: string;
  /** ISO date. */
  readonly asOf: string;
};

export type GovernedWorkflowProps = {
  readonly os: AutonomyOs;
  /** The business unit whose agents do its tasks. */
  readonly unit: string;
  /** Its id: what a run asks for. */
  readonly name: string;
  readonly title: string;
  /** File of its definition: Amazon States Language, JSONata, steps by placeholder (`${assign-task}`). */
  readonly definition: string;
  /** How long a run may take at most. Whoever waits longer is told that it failed. */
  readonly deadline: Duration;
  readonly baseline: Baseline;
  /** Functions of the app's own for what an expression can't say, by placeholder. @default none */
  readonly functions?: Readonly<Record<string, IFunction>>;
  /** Names of errors that these functions give. @default none */
  readonly errors?: readonly string[];
  /** @default a year, kept when the stack goes */
  readonly logs?: LogSettings;
};

/** What the control plane's own steps answer with. */
const stepErrors = ['TaskFailed', 'RunEnded'];

/**
 * A workflow of another app: agents do its tasks under leases, people decide what they are asked, and every run ends
 * with a record, in time. Its machine may invoke the functions its definition names; the control plane alone may
 * start it and answer its waits. Its manifest goes to governance with the app's synthesis.
 */
export class GovernedWorkflow extends Construct {
  readonly machine: StateMachine;
  private readonly os: AutonomyOs;

  constructor(scope: Construct, id: string, props: GovernedWorkflowProps) {
    super(scope, id);
    this.os = props.os;
    const text = readFileSync(props.definition, 'utf8');
    const workflow = readWorkflow(text, props.name, props.deadline.toSeconds());
    this.machine = this.make(props, workflow);
    this.letControlPlaneRun();
    this.addManifest(props, workflow);
  }

  /** Lets it ask for runs, of this workflow and of any other: IAM knows the route alone. */
  grantStartRuns(grantee: IGrantable): Grant {
    return this.os.grantStartRuns(grantee);
  }

  private make({ os, name, functions = {}, ...props }: GovernedWorkflowProps, { text, invokes }: Workflow) {
    const used = stepFunctions.filter((step) => invokes.includes(step));
    const reason = 'A state machine registers its log delivery and its traces with the account.';
    accept(this, 'IAM5[Resource::*]', reason);
    return new GovernedMachine(this, 'Machine', {
      machine: name,
      definition: text,
      functions: { ...functions, ...Object.fromEntries(used.map((step) => [step, os.step(step)])) },
      settings: props.logs ?? forAYear,
      errors: [...stepErrors, ...(props.errors ?? [])],
      answers: Object.fromEntries(used.flatMap((step) => answersOf(step))),
    }).machine;
  }

  /** Relay and sweep start it, look after it and answer its waits: this machine and no other. */
  private letControlPlaneRun(): void {
    const resources = [this.machine.stateMachineArn];
    const runs = ['states:StartExecution', 'states:SendTaskSuccess', 'states:SendTaskFailure'];
    const executions = Stack.of(this).formatArn({
      service: 'states',
      resource: 'execution',
      resourceName: `${this.machine.stateMachineName}:*`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    new Policy(this, 'ControlPlaneRuns', {
      roles: [this.os.roleOf('relay'), this.os.roleOf('reconcile')],
      statements: [new PolicyStatement({ actions: runs, resources })],
    });
    new Policy(this, 'SweepLooks', {
      roles: [this.os.roleOf('reconcile')],
      statements: [new PolicyStatement({ actions: ['states:DescribeExecution'], resources: [executions] })],
    });
    const { machine } = this;
    const logicalId = Stack.of(machine).getLogicalId(machine.node.defaultChild as CfnElement);
    accept(
      this,
      `IAM5[Resource::arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:execution:<${logicalId}.Name>:*]`,
      'The sweep looks at executions of this machine, whose names are only known when they run.',
    );
  }

  /** Its ARN is known once it is deployed: the manifest asks for it by a variable, the stack's output tells it. */
  private addManifest({ os, unit, name, title, baseline }: GovernedWorkflowProps, { steps }: Workflow): void {
    const variable = `${name.toUpperCase().replaceAll('-', '_')}_MACHINE`;
    const description = `autonomy apply … --var ${variable}=…`;
    new CfnOutput(this, 'MachineArn', { value: this.machine.stateMachineArn, description });
    const machine = `\${${variable}}`;
    os.manifests.add(unit, { kind: 'Workflow', id: name, title, machine, steps, baseline });
  }
}

/** Which steps answer a wait themselves, where it is over before they return. */
function answersOf(step: StepFunction): readonly [string, readonly StepAnswer[]][] {
  if (step === 'assign-task') return [[step, ['states:SendTaskSuccess', 'states:SendTaskFailure']]];
  return step === 'await-action' ? [[step, ['states:SendTaskSuccess']]] : [];
}
