import * as z from 'zod';
import type { Resource } from '../service.ts';
import type { Iam } from './iam.ts';

const properties = z.object({
  RoleArn: z.string(),
  TracingConfiguration: z.object({ Enabled: z.boolean() }).optional(),
  LoggingConfiguration: z.object({ Destinations: z.array(z.unknown()).default([]) }).optional(),
});

const TRACING = [
  'xray:PutTraceSegments',
  'xray:PutTelemetryRecords',
  'xray:GetSamplingRules',
  'xray:GetSamplingTargets',
];
const LOGGING = [
  'logs:CreateLogDelivery',
  'logs:GetLogDelivery',
  'logs:UpdateLogDelivery',
  'logs:DeleteLogDelivery',
  'logs:ListLogDeliveries',
  'logs:PutResourcePolicy',
  'logs:DescribeResourcePolicies',
  'logs:DescribeLogGroups',
];

/** Asks IAM for what Step Functions does in its machines' names without calling us: traces and log deliveries. */
export function recordMachineUse(iam: Iam, resources: readonly Resource[]): void {
  for (const resource of resources.filter(({ type }) => type === 'AWS::StepFunctions::StateMachine')) {
    const parsed = properties.safeParse(resource.properties);
    if (!parsed.success) continue;
    const { RoleArn, TracingConfiguration, LoggingConfiguration } = parsed.data;
    const actions = [
      ...(TracingConfiguration?.Enabled ? TRACING : []),
      ...(LoggingConfiguration && LoggingConfiguration.Destinations.length > 0 ? LOGGING : []),
    ];
    for (const action of actions) iam.allows(RoleArn, { action, resource: '*' });
  }
}
