import {
  Dashboard,
  GraphWidget,
  type IMetric,
  SingleValueWidget,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import type { ControlStack } from './control-stack.ts';
import { type Count, counts, metric } from './metrics.ts';

/** The unit and workflow whose figures a dashboard shows. */
export type Scope = { readonly stage: string; readonly unit: string; readonly workflow: string };

/** What runs now, where it is stuck, what failed. */
export function operationsDashboard(
  scope: Construct,
  id: string,
  { stage, unit }: Scope,
  control: ControlStack,
) {
  const count = (name: Count) => metric(stage, name, 'Sum', { unit }).with({ label: counts[name] });
  const { approval, ...workflows } = control.machines;
  const machines = [approval, ...Object.values(workflows)].flatMap((each) => (each ? [each.machine] : []));
  const dashboard = new Dashboard(scope, id);
  dashboard.addWidgets(
    graph('What agents asked for', [count('ActionsAllowed'), count('ActionsHeld'), count('ActionsDenied')]),
    graph('What became of it', [count('ActionsSucceeded'), count('ActionsFailed'), count('ActionsUnknown')]),
    graph('What people decided', [
      count('ApprovalsApproved'),
      count('ApprovalsDenied'),
      count('ApprovalsExpired'),
    ]),
  );
  dashboard.addWidgets(
    graph('Work of agents', [count('TasksCompleted'), count('TasksFailed')]),
    graph(
      'Workflows started',
      machines.map((machine) => machine.metricStarted()),
    ),
    graph(
      'Workflows failed',
      machines.map((machine) => machine.metricFailed()),
    ),
  );
  dashboard.addWidgets(
    graph(
      'Function errors',
      Object.values(control.functions).map((fn) => fn.metricErrors()),
    ),
    graph(
      'Function duration',
      Object.values(control.functions).map((fn) => fn.metricDuration()),
    ),
    graph('Parked by the relay', [control.relay.parked.metricApproximateNumberOfMessagesVisible()]),
  );
  return dashboard;
}

const formulas = `
## How these figures are made
- **Cycle time** = end of a run − its request, waiting for people included.
- **Minutes saved** = the baseline's minutes per request, if the work was really done, − touches × minutes per touch.
- **Cost** = touches × minutes per touch ÷ 60 × the baseline's hourly rate.
- **Net value** = minutes saved ÷ 60 × the hourly rate. Touches are netted once, in the minutes.

The baseline stands in the workflow's manifest with its owner and source. The pilot's is a **demonstration baseline**:
measure your own before you quote a figure.
`;

/** What it was worth, with the formulas beside the figures. */
export function roiDashboard(scope: Construct, id: string, { stage, unit, workflow }: Scope) {
  const value = (name: string, statistic: string, label: string) =>
    metric(stage, name, statistic, { unit, workflow }).with({ label });
  const single = (title: string, shown: IMetric) =>
    new SingleValueWidget({ title, metrics: [shown], width: 6, setPeriodToTimeRange: true });
  const dashboard = new Dashboard(scope, id);
  dashboard.addWidgets(
    single('Net value (USD)', value('NetValueUsd', 'Sum', 'net value')),
    single('Minutes saved', value('MinutesSaved', 'Sum', 'minutes saved')),
    single('Cost of people (USD)', value('CostUsd', 'Sum', 'cost')),
    single('Requests finished', value('RunsFinished', 'Sum', 'finished')),
  );
  dashboard.addWidgets(
    graph('Cycle time (seconds)', [
      value('CycleTimeSeconds', 'p50', 'median'),
      value('CycleTimeSeconds', 'p95', 'p95'),
    ]),
    graph('Of it waiting for people (seconds)', [
      value('HeldSeconds', 'Average', 'average'),
      value('HeldSeconds', 'Maximum', 'longest'),
    ]),
    graph('Net value over time (USD)', [
      value('NetValueUsd', 'Sum', 'net value'),
      value('CostUsd', 'Sum', 'cost'),
    ]),
  );
  dashboard.addWidgets(new TextWidget({ markdown: formulas, width: 24, height: 6 }));
  return dashboard;
}

const graph = (title: string, left: IMetric[]) => new GraphWidget({ title, left, width: 8 });
