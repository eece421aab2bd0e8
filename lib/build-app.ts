import { type App, CfnOutput, Tags } from 'aws-cdk-lib';
import { exportControl } from './control-exports.ts';
import { ControlStack } from './control-stack.ts';
import { DataStack } from './data-stack.ts';
import { addChecks } from './nag.ts';
import { ObservabilityStack } from './observability-stack.ts';
import { PilotStack } from './pilot-stack.ts';
import { type Overrides, readSettings } from './settings.ts';

/** What other stacks use of the data stack cannot be taken from under them. */
const protectData = 'strong';

/** The whole product of one stage, account- and region-agnostic. */
export function buildApp(app: App, stage: string, overrides: Overrides = {}) {
  const settings = readSettings(stage, overrides);
  app.node.setContext('@aws-cdk/core:defaultCrossStackReferences', protectData);
  const data = new DataStack(app, `AutonomyData-${stage}`, { settings });
  const control = new ControlStack(app, `AutonomyControl-${stage}`, { settings, data });
  const observability = new ObservabilityStack(app, `AutonomyObservability-${stage}`, { settings, control });
  const pilot = settings.pilot ? new PilotStack(app, `AutonomyPilot-${stage}`, { settings }) : undefined;
  new CfnOutput(control, 'ApiUrl', { value: control.api.api.apiEndpoint });
  exportControl(control, stage);
  const untagged = { excludeResourceTypes: ['AWS::CloudWatch::Dashboard'] };
  Tags.of(app).add('application', 'autonomy-os', untagged);
  Tags.of(app).add('stage', stage, untagged);
  addChecks(app, settings, control);
  return { data, control, observability, pilot };
}
