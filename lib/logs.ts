import { RemovalPolicy } from 'aws-cdk-lib';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { Settings } from './settings.ts';

/** A log group that forgets after the stage's days, and stays with the data or goes with it. */
export function createLogs(scope: Construct, id: string, settings: Settings): LogGroup {
  const retention: RetentionDays = settings.logRetentionDays;
  return new LogGroup(scope, id, {
    retention,
    removalPolicy: settings.keepData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
  });
}
