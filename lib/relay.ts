import { Duration } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { EventSourceMapping, type IFunction, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

/** Feeds the audit stream to the relay; a record that keeps failing is parked, never blocking its shard. */
export class RelayStream extends Construct {
  readonly parked: Queue;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.parked = new Queue(this, 'Parked', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
  }

  /** What the relay's role needs so that Lambda can park a record in its name. */
  parkPermission(): PolicyStatement {
    return new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [this.parked.queueArn] });
  }

  feed(relay: IFunction, streamArn: string): EventSourceMapping {
    return new EventSourceMapping(this, 'Mapping', {
      target: relay,
      eventSourceArn: streamArn,
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: 25,
      retryAttempts: 5,
      bisectBatchOnError: true,
      reportBatchItemFailures: true,
      onFailure: { bind: () => ({ destination: this.parked.queueArn }) },
    });
  }
}
