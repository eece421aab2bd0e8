import { ArnFormat, type Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { DataStack } from './data-stack.ts';
import type { GovernedMachine } from './governed-machine.ts';

const allow = (
  actions: string[],
  resources: string[],
  conditions?: Record<string, Record<string, string | string[]>>,
) => new PolicyStatement({ actions, resources, ...(conditions && { conditions }) });

/** Actions that take no resource, each with the reason AWS gives none. Nothing else may stand on `*`. */
export const actionsWithoutResource: Readonly<Record<string, string>> = {
  'xray:PutTraceSegments': 'traces belong to no resource',
  'xray:PutTelemetryRecords': 'traces belong to no resource',
  'xray:GetSamplingRules': 'sampling rules belong to the account',
  'xray:GetSamplingTargets': 'sampling rules belong to the account',
  'dynamodb:ListStreams': 'listing streams is not granted per table',
  'logs:CreateLogDelivery': 'a state machine registers its log delivery with the account',
  'logs:GetLogDelivery': 'log deliveries belong to the account',
  'logs:UpdateLogDelivery': 'log deliveries belong to the account',
  'logs:DeleteLogDelivery': 'log deliveries belong to the account',
  'logs:ListLogDeliveries': 'log deliveries belong to the account',
  'logs:PutResourcePolicy': 'the policy that lets the delivery write belongs to the account',
  'logs:DescribeResourcePolicies': 'the policy that lets the delivery write belongs to the account',
  'logs:DescribeLogGroups': 'log groups are looked up by name in the account',
};

/** What functions may do with the data, one promise each. */
export function dataPermissions(data: DataStack) {
  const { registry, audit, auditStreamArn, dataKey, tokenKey, releases, bus } = data;
  const inTransaction = { StringEquals: { 'dynamodb:EnclosingOperation': 'TransactWriteItems' } };
  const viaDynamo = { StringEquals: { 'kms:ViaService': `dynamodb.${data.region}.amazonaws.com` } };
  return {
    readRows: () => [
      allow(['dynamodb:BatchGetItem'], [registry.tableArn]),
      allow(['kms:Decrypt'], [dataKey.keyArn], viaDynamo),
    ],
    queryIndex: (index: 'open' | 'work' | 'list') =>
      allow(['dynamodb:Query'], [`${registry.tableArn}/index/${index}`]),
    /** Rows change only together with their event: both puts are bound to a transaction. */
    commit: (...more: ('dynamodb:UpdateItem' | 'dynamodb:ConditionCheckItem')[]) =>
      allow(['dynamodb:PutItem', ...more], [registry.tableArn], inTransaction),
    append: () => allow(['dynamodb:PutItem'], [audit.tableArn], inTransaction),
    renewLease: () => allow(['dynamodb:UpdateItem'], [registry.tableArn]),
    /** Mailboxes alone: a count of mails is no history, and in a transaction it could cancel what it counts. */
    countMails: () =>
      allow(['dynamodb:UpdateItem'], [registry.tableArn], {
        'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['MAILBOX#*'] },
      }),
    /** Rates and breakers alone: they spare calls, are no history, and in a transaction would cancel what they count. */
    countCalls: () =>
      allow(['dynamodb:UpdateItem'], [registry.tableArn], {
        'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['RATE#*', 'BREAKER#*'] },
      }),
    raiseFence: () => allow(['dynamodb:UpdateItem'], [registry.tableArn]),
    readAudit: () => [
      allow(['dynamodb:Scan'], [audit.tableArn]),
      allow(['kms:Decrypt'], [dataKey.keyArn], viaDynamo),
    ],
    readStream: () => [
      allow(
        ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'],
        [auditStreamArn],
      ),
      allow(['dynamodb:ListStreams'], ['*']),
    ],
    signTokens: () => allow(['kms:Sign'], [tokenKey.keyArn]),
    verifyTokens: () => allow(['kms:GetPublicKey'], [tokenKey.keyArn]),
    readReleases: () => allow(['s3:GetObject'], [releases.arnForObjects('releases/*')]),
    writeReleases: () => allow(['s3:PutObject'], [releases.arnForObjects('releases/*')]),
    recordDecisions: () => allow(['s3:PutObject'], [releases.arnForObjects('decisions/*')]),
    replayDecisions: () => [
      allow(['s3:GetObject'], [releases.arnForObjects('decisions/*')]),
      allow(['s3:ListBucket'], [releases.bucketArn], {
        StringLike: { 's3:prefix': ['decisions/*', 'releases/*'] },
      }),
    ],
    publish: () => allow(['events:PutEvents'], [bus.eventBusArn]),
  };
}

type Machine = Pick<GovernedMachine, 'machine'>;

/** What functions may do beyond the data: drive machines, call a function, send mail. */
export function stepPermissions(stack: Stack) {
  const arnsOf = (machines: readonly Machine[]) => machines.map(({ machine }) => machine.stateMachineArn);
  const colon = { arnFormat: ArnFormat.COLON_RESOURCE_NAME };
  const executionsOf = ({ machine }: Machine) =>
    stack.formatArn({
      service: 'states',
      resource: 'execution',
      resourceName: `${machine.stateMachineName}:*`,
      ...colon,
    });
  return {
    startExecutions: (machines: readonly Machine[]) => allow(['states:StartExecution'], arnsOf(machines)),
    describeExecutions: (machines: readonly Machine[]) =>
      allow(['states:DescribeExecution'], machines.map(executionsOf)),
    answerSteps: (machines: readonly Machine[]) => allow(['states:SendTaskSuccess'], arnsOf(machines)),
    failSteps: (machines: readonly Machine[]) => allow(['states:SendTaskFailure'], arnsOf(machines)),
    /** The one secret of the inbox's client at the company's sign-in; nothing where there is none. */
    readClientSecret: (name: string | undefined) =>
      name === undefined
        ? []
        : [
            allow(
              ['secretsmanager:GetSecretValue'],
              [
                stack.formatArn({
                  service: 'secretsmanager',
                  resource: 'secret',
                  resourceName: `${name}-??????`,
                  ...colon,
                }),
              ],
            ),
          ],
    invoke: (fn: IFunction) => allow(['lambda:InvokeFunction'], [fn.functionArn]),
    /**
     * Any identity of the account, because SES's sandbox asks for the recipient's too; the sender is bound. SES asks
     * for the configuration set as well where a mail names one.
     */
    sendMail: (from: string, configurationSet?: string) => {
      const ses = (resource: string, resourceName: string) =>
        stack.formatArn({ service: 'ses', resource, resourceName });
      const set = configurationSet === undefined ? [] : [ses('configuration-set', configurationSet)];
      const sender = { StringEquals: { 'ses:FromAddress': from } };
      return allow(['ses:SendEmail'], [ses('identity', '*'), ...set], sender);
    },
  };
}

/** What the door needs to reach tools: secrets of systems, and what is named as a tool of this stage. */
export function toolPermissions(data: DataStack, stage: string): PolicyStatement[] {
  const name = `autonomy-${stage}-tool-*`;
  const named = (service: string, resource: string, resourceName: string, arnFormat: ArnFormat) =>
    data.formatArn({ service, resource, resourceName, arnFormat });
  const { COLON_RESOURCE_NAME: colon, SLASH_RESOURCE_NAME: slash } = ArnFormat;
  return [
    systemSecrets(data, stage),
    allow(['lambda:InvokeFunction'], [named('lambda', 'function', name, colon)]),
    allow(['states:StartExecution'], [named('states', 'stateMachine', name, colon)]),
    allow(['states:DescribeExecution'], [named('states', 'execution', `${name}:*`, colon)]),
    allow(['events:PutEvents'], [named('events', 'event-bus', name, slash)]),
  ];
}

/** The secrets that open systems of this stage. */
export function systemSecrets(data: DataStack, stage: string): PolicyStatement {
  const secret = data.formatArn({
    service: 'secretsmanager',
    resource: 'secret',
    resourceName: `autonomy/${stage}/system/*`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  return allow(['secretsmanager:GetSecretValue'], [secret]);
}
