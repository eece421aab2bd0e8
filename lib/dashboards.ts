import {
  Dashboard,
  GraphWidget,
  type IMetric,
  SingleValueWidget,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import type { ControlStack } from './control-stack.ts';
import { type Count, counts, eachOf, sumOf } from './metrics.ts';

/** What runs now, where it is stuck, what failed, in every unit. */
export function operationsDashboard(scope: Construct, id: string, stage: string, control: ControlStack) {
  const count = (metricName: Count) =>
    eachOf({ stage, metricName, statistic: 'Sum', by: ['unit'], label: counts[metricName] });
  const functions = Object.values(control.functions);
  const machines = Object.values(control.machines).map(({ machine }) => machine);
  const dashboard = new Dashboard(scope, id);
  dashboard.addWidgets(
    graph('What agents asked for', [count('ActionsAllowed'), count('ActionsHeld'), count('ActionsDenied')]),
    graph('What became of it', [count('ActionsSucceeded'), count('ActionsFailed'), count('ActionsUnknown')]),
    graph('What people decided', [
      count('ApprovalsApproved'),
      count('ApprovalsDenied'),
      count('ApprovalsExpired'),
      count('ApprovalsWithdrawn'),
      count('ApprovalsUnreachable'),
      count('ApprovalsSuperseded'),
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
      functions.map((fn) => fn.metricErrors()),
    ),
    graph(
      'Function duration',
      functions.map((fn) => fn.metricDuration()),
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

/** What it was worth in every unit and workflow, with the formulas beside the figures. */
export function roiDashboard(scope: Construct, id: string, stage: string) {
  const by = ['unit', 'workflow'] as const;
  const total = (metricName: string, label: string) => sumOf({ stage, metricName, by, label });
  const value = (metricName: string, statistic: string, label: string) =>
    eachOf({ stage, metricName, statistic, by, label });
  const single = (title: string, shown: IMetric) =>
    new SingleValueWidget({ title, metrics: [shown], width: 6, setPeriodToTimeRange: true });
  const dashboard = new Dashboard(scope, id);
  dashboard.addWidgets(
    single('Net value (USD)', total('NetValueUsd', 'net value')),
    single('Minutes saved', total('MinutesSaved', 'minutes saved')),
    single('Cost of people (USD)', total('CostUsd', 'cost')),
    single('Requests finished', total('RunsFinished', 'finished')),
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
