import { CfnOutput } from 'aws-cdk-lib';
import type { FunctionName } from '../functions/aws/env.ts';
import type { ControlStack } from './control-stack.ts';

/** Functions that workflows of other apps have as their steps. */
export const stepFunctions = ['assign-task', 'await-action', 'finish-run'] as const satisfies FunctionName[];
export type StepFunction = (typeof stepFunctions)[number];

/** Functions that call tools. */
export const toolCallers = ['actions', 'mcp', 'execute-action'] as const satisfies FunctionName[];

/** Functions whose roles other apps let reach what they add: their tools and their workflows. */
const reachingFunctions = [
  ...toolCallers,
  ...(['relay', 'reconcile', 'assign-task', 'await-action'] as const),
] as const satisfies FunctionName[];
export type ReachingFunction = (typeof reachingFunctions)[number];

/** What a stage's control plane exports under a name of its own. */
export const exportNames = {
  apiId: (stage: string) => `autonomy-${stage}-api-id`,
  functionArn: (stage: string, name: StepFunction) => `autonomy-${stage}-${name}-arn`,
  roleName: (stage: string, name: ReachingFunction) => `autonomy-${stage}-${name}-role`,
};

/** Tells other apps of the account where this control plane is; CloudFormation keeps what they use. */
export function exportControl(control: ControlStack, stage: string): void {
  const { api, functions } = control;
  const tell = (exportName: string, value: string) =>
    new CfnOutput(control, outputOf(exportName.replace(`autonomy-${stage}`, 'exported')), {
      exportName,
      value,
    });
  tell(exportNames.apiId(stage), api.api.apiId);
  for (const name of stepFunctions) tell(exportNames.functionArn(stage, name), functions[name].functionArn);
  for (const name of reachingFunctions) {
    const role = functions[name].role?.roleName;
    if (role === undefined) throw new Error(`${name} has no role other apps could grant anything`);
    tell(exportNames.roleName(stage, name), role);
  }
}

/** `exported-api-id` becomes `ExportedApiId`. */
const outputOf = (name: string) =>
  name.replace(/(^|-)([a-z])/g, (_, _dash: string, letter: string) => letter.toUpperCase());
