import { CfnOutput } from 'aws-cdk-lib';
import { Grant, type IGrantable, type IPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { AutonomyOs } from './autonomy-os.ts';

export type AgentRoleProps = {
  readonly os: AutonomyOs;
  /** The one agent that runs as this role: `agt_shipping_clerk`. */
  readonly agent: string;
  /** What runs it: `new ServicePrincipal('lambda.amazonaws.com')`, `ecs-tasks.amazonaws.com`. */
  readonly assumedBy: IPrincipal;
};

/**
 * The role an agent's program runs as, and by which it signs in without a key. It may ask for this agent's tokens and
 * nothing else: whatever the agent does goes through the door. Its ARN, without a path, stands under `workloads` in
 * the agent's manifest.
 */
export class AgentRole extends Construct implements IGrantable {
  readonly role: Role;
  readonly grantPrincipal: IPrincipal;
  /** For `workloads` of the agent's manifest. */
  readonly workload: string;

  constructor(scope: Construct, id: string, { os, agent, assumedBy }: AgentRoleProps) {
    super(scope, id);
    if (JSON.stringify(assumedBy.policyFragment.principalJson).includes('*'))
      throw new Error(`${this.node.path}: assumedBy names everybody: whoever assumes this role is ${agent}`);
    this.role = new Role(this, 'Role', { assumedBy, description: `The agent ${agent} of Autonomy OS` });
    this.grantPrincipal = this.role.grantPrincipal;
    os.grantAskForToken(this.role, agent);
    this.workload = this.role.roleArn;
    new CfnOutput(this, 'Workload', { value: this.workload, description: `workloads of ${agent}` });
  }

  /** Lets it write its own log. */
  grantWriteLogs(logGroup: ILogGroup): Grant {
    return Grant.addToPrincipal({
      grantee: this,
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resourceArns: [logGroup.logGroupArn],
    });
  }
}
