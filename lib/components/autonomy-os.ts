import { Fn, Stack } from 'aws-cdk-lib';
import { Grant, type IGrantable, type IRole, Role } from 'aws-cdk-lib/aws-iam';
import { Function, type IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { exportNames, type ReachingFunction, type StepFunction } from '../control-exports.ts';
import { Manifests } from './manifests.ts';

export type AutonomyOsProps = {
  /** Which deployment of Autonomy OS in this account and region is meant: `dev`, `prod`. */
  readonly stage: string;
  /**
   * Id of its HTTP API, the first label of its address.
   * @default what the stack AutonomyControl-<stage> exports
   */
  readonly apiId?: string;
  /**
   * The governance directory that gets `units/<unit>/<stack>.yaml` when the app is synthesized.
   * @default `governance` in the cloud assembly
   */
  readonly governance?: string;
};

/**
 * The deployed Autonomy OS that this stack's tools, workflows and agents belong to. It makes nothing by itself:
 * what it refers to is what the control plane of the stage exports, in the same account and region.
 */
export class AutonomyOs extends Construct {
  readonly stage: string;
  readonly apiId: string;
  /** What the components of this stack add to governance. */
  readonly manifests: Manifests;

  constructor(scope: Construct, id: string, { stage, apiId, governance }: AutonomyOsProps) {
    super(scope, id);
    if (!/^[a-z][a-z0-9-]{0,20}$/.test(stage))
      throw new Error(`${this.node.path}: stage ${stage}: use the name the control plane was deployed with`);
    this.stage = stage;
    this.apiId = apiId ?? Fn.importValue(exportNames.apiId(stage));
    this.manifests = new Manifests(this, 'Manifests', governance);
  }

  /** The API's address, for `AUTONOMY_ENDPOINT` of an agent's program. */
  get endpoint(): string {
    const { region, urlSuffix } = Stack.of(this);
    return `https://${this.apiId}.execute-api.${region}.${urlSuffix}`;
  }

  /** Lets it start runs of workflows. IAM knows routes, not workflows: whichever there are. */
  grantStartRuns(grantee: IGrantable): Grant {
    return this.grantRoute(grantee, 'POST/v1/runs');
  }

  /** Lets it ask for tokens of this one agent, where the agent's manifest names the role. */
  grantAskForToken(grantee: IGrantable, agent: string): Grant {
    if (!/^agt_[a-z0-9][a-z0-9_-]{1,62}$/.test(agent))
      throw new Error(`${this.node.path}: ${agent} is no agent id: write agt_ and lower-case words`);
    return this.grantRoute(grantee, `POST/v1/agents/${agent}/token`);
  }

  /** A role of the control plane, to let it reach what this stack adds. */
  roleOf(name: ReachingFunction): IRole {
    const made = this.node.tryFindChild(`Role-${name}`);
    if (made) return made as unknown as IRole;
    return Role.fromRoleName(this, `Role-${name}`, Fn.importValue(exportNames.roleName(this.stage, name)));
  }

  /** A function of the control plane that is a step of workflows. */
  step(name: StepFunction): IFunction {
    const made = this.node.tryFindChild(`Step-${name}`);
    if (made) return made as unknown as IFunction;
    const functionArn = Fn.importValue(exportNames.functionArn(this.stage, name));
    const answers = name === 'finish-run' ? {} : { role: this.roleOf(name) };
    return Function.fromFunctionAttributes(this, `Step-${name}`, { functionArn, ...answers });
  }

  private grantRoute(grantee: IGrantable, route: string): Grant {
    const arn = Stack.of(this).formatArn({
      service: 'execute-api',
      resource: this.apiId,
      resourceName: `$default/${route}`,
    });
    return Grant.addToPrincipal({ grantee, actions: ['execute-api:Invoke'], resourceArns: [arn] });
  }
}
