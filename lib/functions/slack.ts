import { Duration } from 'aws-cdk-lib';
import { type EventBus, Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { Settings } from '../settings.ts';
import type { Site } from './site.ts';

/** Approvals in Slack. Without an app's secret both functions stand idle and may do nothing. */
export function slackFunctions({ add, may, told: { tables, api }, settings }: Site) {
  const SLACK = slackOf(settings);
  const permissions = settings.slackSecret
    ? [...may.readRows(), may.commit(), may.append(), ...may.readClientSecret(settings.slackSecret)]
    : [];
  return {
    slack: add('slack', {
      entry: 'approval/slack/slack',
      environment: { ...tables, SLACK },
      permissions,
      timeout: Duration.seconds(10),
      memorySize: 1024,
    }),
    'tell-slack': add('tell-slack', {
      entry: 'approval/slack/tell-slack',
      environment: { ...tables, ...api, SLACK },
      permissions,
      timeout: Duration.minutes(2),
    }),
  };
}

const changes = [
  'requested',
  'voted',
  'approved',
  'denied',
  'expired',
  'withdrawn',
  'unreachable',
  'superseded',
];

/** Whoever has a message sees what becomes of the request. */
export function tellOnApprovals(scope: Construct, bus: EventBus, tell: IFunction): void {
  new Rule(scope, 'ApprovalChanged', {
    eventBus: bus,
    eventPattern: { source: ['autonomy-os'], detailType: changes.map((change) => `approval.${change}`) },
    targets: [new LambdaFunction(tell, { retryAttempts: 2 })],
  });
}

const slackOf = ({ slackSecret: secretName, slackCeiling: ceiling, slackApiUrl: apiUrl }: Settings) =>
  JSON.stringify({ secretName, ceiling, apiUrl });
