import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import type { ControlStack } from './control-stack.ts';
import { relayMetric } from './metrics.ts';
import type { Settings } from './settings.ts';

type Watched = {
  readonly says: string;
  readonly metric: IMetric;
  /** Rings above it. @default 0 */
  readonly threshold?: number;
  /** For so many of the metric's periods in a row. @default 1 */
  readonly periods?: number;
};

/**
 * What must wake someone: a parked reaction, a lagging relay, failing functions or machines, a changed audit log,
 * descriptions of tools that nobody can compare any more.
 */
export class Alarms extends Construct {
  constructor(
    scope: Construct,
    id: string,
    { settings, control }: { readonly settings: Settings; readonly control: ControlStack },
  ) {
    super(scope, id);
    const { alarmMail } = settings;
    const topic = alarmMail === undefined ? undefined : alarmTopic(this, alarmMail);
    for (const [name, { says, metric, threshold = 0, periods = 1 }] of Object.entries(
      watchedIn(control, settings),
    )) {
      const alarm = new Alarm(this, name, {
        alarmDescription: says,
        metric,
        threshold,
        evaluationPeriods: periods,
        comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
        treatMissingData: TreatMissingData.NOT_BREACHING,
      });
      if (topic) alarm.addAlarmAction(new SnsAction(topic));
    }
  }
}

function watchedIn(
  { api, functions, machines, relay }: ControlStack,
  { stage }: Settings,
): Readonly<Record<string, Watched>> {
  return {
    Parked: {
      says: 'Reactions were parked: mend the cause; the sweep causes them again (docs/runbooks.md).',
      metric: relay.parked.metricApproximateNumberOfMessagesVisible(),
    },
    AuditTampered: {
      says: 'A written audit event was changed or removed.',
      metric: relayMetric('AuditTampered', 'Sum', { stage }),
    },
    RelayLag: {
      says: 'The relay is a minute behind.',
      metric: functions.relay.metric('IteratorAge', { statistic: 'Maximum' }),
      threshold: 60_000,
    },
    SweepFailed: {
      says: 'The sweep of open rows failed.',
      metric: functions.reconcile.metricErrors(),
    },
    UpstreamsUnreachable: {
      says: 'A description that tools were imported from could not be read for six hours.',
      metric: relayMetric('UpstreamsUnreachable', 'Sum', { stage }).with({ period: Duration.hours(1) }),
      periods: 6,
    },
    DoorFailed: {
      says: 'The API answered requests with 5xx.',
      metric: api.api.metricServerError(),
      threshold: 3,
    },
    ...Object.fromEntries(
      Object.entries(machines).map(([name, { machine }]) => [
        `${name}-machine-failed`,
        { says: `An execution of the ${name} machine failed.`, metric: machine.metricFailed() },
      ]),
    ),
  };
}

function alarmTopic(scope: Construct, mail: string): Topic {
  const topic = new Topic(scope, 'Topic', { enforceSSL: true });
  topic.addSubscription(new EmailSubscription(mail));
  return topic;
}
