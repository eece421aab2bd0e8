import { type App, type CfnElement, Stack, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { ControlStack } from './control-stack.ts';
import type { Settings } from './settings.ts';

const arn = (service: string, rest: string) =>
  `Resource::arn:<AWS::Partition>:${service}:<AWS::Region>:<AWS::AccountId>:${rest}`;

/** Findings of the AWS Solutions checks that we accept, each with its reason. Anything else stops the synthesis. */
export function acceptedFindings(
  { stage, pilot }: Settings,
  control: ControlStack,
): Readonly<Record<string, string>> {
  return {
    S1: 'Releases are written by one function and read by hash; CloudTrail data events tell who read them, without a second bucket of logs.',
    APIG4:
      'Agents bring tokens and approvers bring links; the functions behind these routes verify both, because a native authorizer disappears silently when its discovery document is unreachable at deployment.',
    SQS3: 'This queue is itself the dead-letter queue of the relay.',
    'IAM5[Resource::*]':
      'Only actions that take no resource stand on a star; lib/permissions.ts lists each with its reason and a test holds every policy to that list.',
    [`IAM5[Resource::AutonomyData-${stage}:ExportsOutputFnGetAttReleasesE6BA3EBFArn06DC8206/releases/*]`]:
      'Releases are named by their hash, so the functions that use them reach the whole prefix.',
    [`IAM5[Resource::AutonomyData-${stage}:ExportsOutputFnGetAttReleasesE6BA3EBFArn06DC8206/decisions/*]`]:
      'Files of decisions are named by their minute and what they hold: the relay writes and a replay reads the whole prefix.',
    [`IAM5[${arn('secretsmanager', `secret:autonomy/${stage}/system/*`)}]`]:
      'Systems are added by governance and not by deployment, so the door reads the secrets of all systems of its stage.',
    [`IAM5[${arn('lambda', `function:autonomy-${stage}-tool-*`)}]`]:
      'Tools are added by governance and not by deployment, so the door invokes functions named as tools of its stage.',
    [`IAM5[${arn('states', `stateMachine:autonomy-${stage}-tool-*`)}]`]:
      'Tools are added by governance and not by deployment, so the door starts machines named as tools of its stage.',
    [`IAM5[${arn('states', `execution:autonomy-${stage}-tool-*:*`)}]`]:
      'Executions of these machines are named by the actions that start them, and the door waits for their end.',
    [`IAM5[${arn('events', `event-bus/autonomy-${stage}-tool-*`)}]`]:
      'Tools are added by governance and not by deployment, so the door puts events on buses named as tools of its stage.',
    [`IAM5[${arn('ses', 'identity/*')}]`]:
      'In the sandbox of SES the recipient must be granted too, and recipients are people whom governance adds; the condition binds the sender.',
    ...Object.fromEntries(
      workflowIds(control).map((id) => [
        `IAM5[${arn('states', `execution:<${id}.Name>:*`)}]`,
        'The sweep looks at executions of this machine, whose names are only known when they run.',
      ]),
    ),
    ...(pilot && {
      SMG4: 'The token of the reference ERP is made by whoever runs the pilot and replaced with it.',
    }),
  };
}

const workflowIds = ({ machines: { approval, ...workflows } }: ControlStack) =>
  Object.values(workflows).map(({ machine }) =>
    Stack.of(machine).getLogicalId(machine.node.defaultChild as CfnElement),
  );

/** Adds the AWS Solutions checks with what we accept of them. */
export function addChecks(app: App, settings: Settings, control: ControlStack): void {
  Validations.of(app).addPlugins(new AwsSolutionsChecks());
  for (const [rule, reason] of Object.entries(acceptedFindings(settings, control))) {
    Validations.of(app).acknowledge({ id: `AwsSolutions::AwsSolutions-${rule}`, reason });
  }
}
