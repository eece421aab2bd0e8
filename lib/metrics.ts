import { Duration } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';

/** What the product measures: name → how many add up. Dimensions are stage, unit and workflow; ids never. */
export const counts = {
  ActionsAllowed: 'Actions allowed',
  ActionsHeld: 'Actions held for people',
  ActionsDenied: 'Actions denied',
  ActionsSucceeded: 'Actions succeeded',
  ActionsFailed: 'Actions failed',
  ActionsUnknown: 'Actions with unknown outcome',
  ApprovalsApproved: 'Approved',
  ApprovalsDenied: 'Denied',
  ApprovalsExpired: 'Expired',
  TasksCompleted: 'Tasks completed',
  TasksFailed: 'Tasks failed',
  RequestsRefused: 'Requests without valid credentials',
} as const;
export type Count = keyof typeof counts;

const period = Duration.minutes(5);

/** A metric with exactly these dimensions. */
export function metric(
  stage: string,
  name: string,
  statistic: string,
  more: Record<string, string> = {},
): Metric {
  return new Metric({
    namespace: 'AutonomyOS',
    metricName: name,
    statistic,
    period,
    dimensionsMap: { stage, ...more },
  });
}
