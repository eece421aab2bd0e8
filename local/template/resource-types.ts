import { createHash } from 'node:crypto';
import { ACCOUNT, REGION } from '../service.ts';

/** What CloudFormation gives for a resource: `Ref`, its ARN, and `Fn::GetAtt` by attribute name. */
export type Identity = {
  readonly ref: string;
  readonly arn: string;
  readonly attributes: Readonly<Record<string, string>>;
};

/** What a resource's identity is made of. */
export type Naming = {
  /** The template's name for it, else `<stack>-<logicalId>`. */
  readonly name: string;
  /** Twenty hex digits that stay the same for the same stack and logical id. */
  readonly digest: string;
  /** The port that this cloud answers on. */
  readonly port: number;
  /** Another property of the resource, resolved; `undefined` when it is not given. */
  readonly property: (name: string) => string | undefined;
};

type ResourceType = {
  /** The property that names the resource. */
  readonly nameProperty?: string;
  identify(naming: Naming): Identity;
};

export function digestOf(stack: string, logicalId: string): string {
  return createHash('sha256').update(`${stack}/${logicalId}`).digest('hex');
}

function arn(service: string, resource: string): string {
  return `arn:aws:${service}:${REGION}:${ACCOUNT}:${resource}`;
}

/** A resource that others refer to by its name, and whose only attribute is its ARN. */
function named(nameProperty: string, arnOf: (name: string) => string): ResourceType {
  return {
    nameProperty,
    identify: ({ name }) => ({ ref: name, arn: arnOf(name), attributes: { Arn: arnOf(name) } }),
  };
}

/** A resource that nothing can refer to but by logical id. */
const anonymous: ResourceType = {
  identify: ({ name }) => ({ ref: name, arn: arn('cloudformation', `resource/${name}`), attributes: {} }),
};

function apiId(digest: string): string {
  return BigInt(`0x${digest.slice(0, 16)}`)
    .toString(36)
    .padStart(10, '0')
    .slice(-10);
}

/** Every resource type the laptop runs or accepts; a template with any other is refused by name. */
export const RESOURCE_TYPES: Readonly<Record<string, ResourceType>> = {
  'AWS::ApiGatewayV2::Api': {
    identify: ({ digest, port }) => ({
      ref: apiId(digest),
      arn: `arn:aws:apigateway:${REGION}::/apis/${apiId(digest)}`,
      attributes: { ApiId: apiId(digest), ApiEndpoint: `http://127.0.0.1:${port}` },
    }),
  },
  'AWS::ApiGatewayV2::Integration': anonymous,
  'AWS::ApiGatewayV2::Route': anonymous,
  'AWS::ApiGatewayV2::Stage': named('StageName', (name) => arn('apigateway', `stage/${name}`)),
  'AWS::CloudWatch::Alarm': named('AlarmName', (name) => arn('cloudwatch', `alarm:${name}`)),
  'AWS::CloudWatch::CompositeAlarm': named('AlarmName', (name) => arn('cloudwatch', `alarm:${name}`)),
  'AWS::CloudWatch::Dashboard': named('DashboardName', (name) => arn('cloudwatch', `dashboard/${name}`)),
  'AWS::DynamoDB::Table': {
    nameProperty: 'TableName',
    identify: ({ name }) => {
      const table = arn('dynamodb', `table/${name}`);
      const StreamArn = `${table}/stream/2026-01-01T00:00:00.000`;
      return { ref: name, arn: table, attributes: { Arn: table, StreamArn } };
    },
  },
  'AWS::Events::EventBus': {
    nameProperty: 'Name',
    identify: ({ name }) => {
      const bus = arn('events', `event-bus/${name}`);
      return { ref: name, arn: bus, attributes: { Arn: bus, Name: name } };
    },
  },
  'AWS::Events::Rule': {
    nameProperty: 'Name',
    identify: ({ name, property }) => {
      const bus = property('EventBusName')?.replace(/^arn:.*event-bus\//, '');
      const rule = arn('events', bus === undefined ? `rule/${name}` : `rule/${bus}/${name}`);
      return { ref: bus === undefined ? name : `${bus}|${name}`, arn: rule, attributes: { Arn: rule } };
    },
  },
  'AWS::IAM::ManagedPolicy': {
    nameProperty: 'ManagedPolicyName',
    identify: ({ name }) => {
      const policy = `arn:aws:iam::${ACCOUNT}:policy/${name}`;
      return { ref: policy, arn: policy, attributes: { PolicyArn: policy } };
    },
  },
  'AWS::IAM::Policy': anonymous,
  'AWS::IAM::Role': named('RoleName', (name) => `arn:aws:iam::${ACCOUNT}:role/${name}`),
  'AWS::KMS::Alias': named('AliasName', (name) => arn('kms', name)),
  'AWS::KMS::Key': {
    identify: ({ digest: d }) => {
      const id = `${d.slice(0, 8)}-${d.slice(8, 12)}-4${d.slice(13, 16)}-a${d.slice(17, 20)}-${d.slice(20, 32)}`;
      const key = arn('kms', `key/${id}`);
      return { ref: id, arn: key, attributes: { Arn: key, KeyId: id } };
    },
  },
  'AWS::Lambda::EventInvokeConfig': anonymous,
  'AWS::Lambda::EventSourceMapping': anonymous,
  'AWS::Lambda::Function': named('FunctionName', (name) => arn('lambda', `function:${name}`)),
  'AWS::Lambda::Permission': anonymous,
  'AWS::Logs::LogGroup': named('LogGroupName', (name) => arn('logs', `log-group:${name}:*`)),
  'AWS::Logs::ResourcePolicy': anonymous,
  'AWS::S3::Bucket': {
    nameProperty: 'BucketName',
    identify: ({ name, digest, property }) => {
      const given = property('BucketName') ?? `${name.toLowerCase().slice(0, 48)}-${digest.slice(0, 12)}`;
      const bucket = `arn:aws:s3:::${given}`;
      return { ref: given, arn: bucket, attributes: { Arn: bucket } };
    },
  },
  'AWS::S3::BucketPolicy': anonymous,
  'AWS::SES::ConfigurationSet': named('Name', (name) => arn('ses', `configuration-set/${name}`)),
  'AWS::SES::ConfigurationSetEventDestination': anonymous,
  'AWS::SES::EmailIdentity': named('EmailIdentity', (name) => arn('ses', `identity/${name}`)),
  'AWS::SNS::Subscription': anonymous,
  'AWS::SNS::Topic': {
    nameProperty: 'TopicName',
    identify: ({ name }) => {
      const topic = arn('sns', name);
      return { ref: topic, arn: topic, attributes: { TopicArn: topic, TopicName: name } };
    },
  },
  'AWS::SNS::TopicPolicy': anonymous,
  'AWS::SQS::Queue': {
    nameProperty: 'QueueName',
    identify: ({ name, port }) => {
      const queue = arn('sqs', name);
      const url = `http://127.0.0.1:${port}/${ACCOUNT}/${name}`;
      return { ref: url, arn: queue, attributes: { Arn: queue, QueueName: name, QueueUrl: url } };
    },
  },
  'AWS::SQS::QueuePolicy': anonymous,
  'AWS::SecretsManager::Secret': {
    nameProperty: 'Name',
    identify: ({ name, digest }) => {
      const secret = arn('secretsmanager', `secret:${name}-${digest.slice(0, 6)}`);
      return { ref: secret, arn: secret, attributes: { Id: secret } };
    },
  },
  'AWS::StepFunctions::StateMachine': {
    nameProperty: 'StateMachineName',
    identify: ({ name }) => {
      const machine = arn('states', `stateMachine:${name}`);
      return { ref: machine, arn: machine, attributes: { Arn: machine, Name: name } };
    },
  },
};

/** Types that describe the deployment itself and have nothing to run. */
export const WITHOUT_EFFECT: ReadonlySet<string> = new Set(['AWS::CDK::Metadata']);
