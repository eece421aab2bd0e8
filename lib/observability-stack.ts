import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { Alarms } from './alarms.ts';
import type { ControlStack } from './control-stack.ts';
import { operationsDashboard, roiDashboard } from './dashboards.ts';
import type { Settings } from './settings.ts';

type Props = StackProps & { readonly settings: Settings; readonly control: ControlStack };

/** Two dashboards, operations and ROI, and the alarms. */
export class ObservabilityStack extends Stack {
  constructor(scope: Construct, id: string, props: Props) {
    super(scope, id, props);
    const { stage } = props.settings;
    operationsDashboard(this, 'Operations', stage, props.control);
    roiDashboard(this, 'ROI', stage);
    new Alarms(this, 'Alarms', props);
  }
}
