import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import type { ControlStack } from './control-stack.ts';
import { metric } from './metrics.ts';
import type { Settings } from './settings.ts';

/** What must wake someone: a parked reaction, a lagging relay, failing functions, a changed audit log. */
export class Alarms extends Construct {
  constructor(
    scope: Construct,
    id: string,
    { settings, control }: { settings: Settings; control: ControlStack },
  ) {
    super(scope, id);
    const { stage } = settings;
    const topic = settings.alarmMail === undefined ? undefined : alarmTopic(this, settings.alarmMail);
    const watch = (name: string, alarmDescription: string, watched: IMetric, threshold = 0) => {
      const alarm = new Alarm(this, name, {
        alarmDescription,
        metric: watched,
        threshold,
        evaluationPeriods: 1,
        comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
        treatMissingData: TreatMissingData.NOT_BREACHING,
      });
      if (topic) alarm.addAlarmAction(new SnsAction(topic));
    };
    const { relay, reconcile, actions } = control.functions;
    watch(
      'Parked',
      'Reactions were parked: redrive the queue after mending the cause (docs/runbooks.md).',
      control.relay.parked.metricApproximateNumberOfMessagesVisible(),
    );
    watch(
      'AuditTampered',
      'A written audit event was changed or removed.',
      metric(stage, 'AuditTampered', 'Sum'),
    );
    if (relay)
      watch(
        'RelayLag',
        'The relay is a minute behind.',
        relay.metric('IteratorAge', { statistic: 'Maximum' }),
        60_000,
      );
    if (reconcile) watch('SweepFailed', 'The sweep of open rows failed.', reconcile.metricErrors());
    if (actions) watch('DoorFailed', 'The door failed requests.', actions.metricErrors(), 3);
  }
}

function alarmTopic(scope: Construct, mail: string): Topic {
  const topic = new Topic(scope, 'Topic', { enforceSSL: true });
  topic.addSubscription(new EmailSubscription(mail));
  return topic;
}
