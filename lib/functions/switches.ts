import { Duration } from 'aws-cdk-lib';
import { type EventBus, type IRuleTarget, Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { Site } from './site.ts';

/** The kill switch: engaged and restored over the API, contained at once and again by the schedule. */
export function switchFunctions({ add, may, told: { tables } }: Site) {
  const permissions = [
    ...may.readRows(),
    may.queryIndex('list'),
    may.commit(),
    may.append(),
    may.raiseFence(),
  ];
  const shared = { environment: tables, permissions, timeout: Duration.seconds(29) };
  return {
    switches: add('switches', { entry: 'switch/switches', ...shared }),
    'contain-switches': add('contain-switches', { entry: 'switch/contain-switches', ...shared }),
  };
}

/** Whoever engaged a switch, by API or by an approval page, it is contained. */
export function containOnEngage(scope: Construct, bus: EventBus, contain: IFunction): IRuleTarget {
  const target = new LambdaFunction(contain, { retryAttempts: 2 });
  new Rule(scope, 'SwitchEngaged', {
    eventBus: bus,
    eventPattern: { source: ['autonomy-os'], detailType: ['switch.engaged'] },
    targets: [target],
  });
  return target;
}
