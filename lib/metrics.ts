import { Duration } from 'aws-cdk-lib';
import { type IMetric, MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';

/** What the relay counts of each unit: name → how a legend says it. */
export const counts = {
  ActionsAllowed: 'allowed',
  ActionsHeld: 'held for people',
  ActionsDenied: 'denied',
  ActionsSucceeded: 'succeeded',
  ActionsFailed: 'failed',
  ActionsUnknown: 'unknown outcome',
  ApprovalsApproved: 'approved',
  ApprovalsDenied: 'denied',
  ApprovalsExpired: 'expired',
  ApprovalsWithdrawn: 'withdrawn',
  ApprovalsUnreachable: 'unreachable',
  ApprovalsSuperseded: 'superseded',
  TasksCompleted: 'completed',
  TasksFailed: 'failed',
} as const;
export type Count = keyof typeof counts;

const namespace = 'AutonomyOS';
const period = Duration.minutes(5);

/** One figure of the relay with exactly these dimensions. */
export function relayMetric(
  metricName: string,
  statistic: string,
  dimensions: Readonly<Record<string, string>>,
): Metric {
  return new Metric({ namespace, metricName, statistic, period, dimensionsMap: { ...dimensions } });
}

type Searched = {
  readonly stage: string;
  readonly metricName: string;
  readonly statistic: string;
  /** What tells the lines apart; ids never. */
  readonly by: readonly ('unit' | 'workflow')[];
  readonly label: string;
};

/** One line for each unit (and workflow) that reported within the last two weeks. */
export function eachOf(searched: Searched): IMetric {
  const names = searched.by.map((name) => `\${PROP('Dim.${name}')}`).join(' ');
  return new MathExpression({ expression: search(searched), label: `${searched.label} ${names}`, period });
}

/** All units and workflows added up. */
export function sumOf(searched: Omit<Searched, 'statistic'>): IMetric {
  const expression = `SUM(${search({ ...searched, statistic: 'Sum' })})`;
  return new MathExpression({ expression, label: searched.label, period });
}

function search({ stage, metricName, statistic, by }: Searched): string {
  const schema = [namespace, 'stage', ...by].join(',');
  return `SEARCH('{${schema}} MetricName="${metricName}" stage="${stage}"', '${statistic}')`;
}
