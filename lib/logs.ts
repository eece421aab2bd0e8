import { RemovalPolicy } from 'aws-cdk-lib';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { Settings } from './settings.ts';

/** How long logs are kept, and whether they outlive their stack. */
export type LogSettings = Pick<Settings, 'logRetentionDays' | 'keepData'>;

export const forAYear: LogSettings = { logRetentionDays: 365, keepData: true };

/** A log group that forgets after the stage's days, and stays with the data or goes with it. */
export function createLogs(scope: Construct, id: string, settings: LogSettings): LogGroup {
  const retention: RetentionDays = settings.logRetentionDays;
  return new LogGroup(scope, id, {
    retention,
    removalPolicy: settings.keepData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
  });
}
