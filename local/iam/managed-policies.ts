import { BootError } from '../boot-error.ts';

const everywhere = (...Action: string[]) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action, Resource: '*' }],
});

const LOGS = ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'];
const STREAMS = [
  'dynamodb:DescribeStream',
  'dynamodb:GetRecords',
  'dynamodb:GetShardIterator',
  'dynamodb:ListStreams',
];

/** AWS's own managed policies, as far as the laptop knows them. */
const POLICIES: Readonly<Record<string, unknown>> = {
  'service-role/AWSLambdaBasicExecutionRole': everywhere(...LOGS),
  'service-role/AWSLambdaDynamoDBExecutionRole': everywhere(...STREAMS, ...LOGS),
  AWSXRayDaemonWriteAccess: everywhere(
    'xray:PutTraceSegments',
    'xray:PutTelemetryRecords',
    'xray:GetSamplingRules',
    'xray:GetSamplingTargets',
    'xray:GetSamplingStatisticSummaries',
  ),
};

export function awsManagedPolicy(arn: string, at: string): unknown {
  const policy = POLICIES[arn.replace('arn:aws:iam::aws:policy/', '')];
  if (policy === undefined)
    throw new BootError(`${at}: the managed policy ${arn} is not known on the laptop`);
  return policy;
}
