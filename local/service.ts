/** What an AWS API call must be allowed to do before a service of the local cloud answers it. */
export type Permission = {
  /** IAM action, e.g. `dynamodb:PutItem`. */
  readonly action: string;
  /** Full ARN the action is asked on, or `*` for actions that take no resource. */
  readonly resource: string;
  /** Condition keys of the request, e.g. `{'dynamodb:EnclosingOperation': 'TransactWriteItems'}`. */
  readonly context?: Readonly<Record<string, string | readonly string[]>>;
};

/** Who signed a call: an IAM role of the template, one that an agent runs as, or the laptop's administrator. */
export type Caller =
  | { readonly kind: 'role'; readonly arn: string; readonly roleLogicalId: string }
  | { readonly kind: 'workload'; readonly arn: string }
  | { readonly kind: 'administrator'; readonly arn: string };

/** One HTTP request to an AWS API, already matched to its service by the signature's credential scope. */
export type AwsCall = {
  readonly method: string;
  /** Path without query, still percent-encoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Lower-case header names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly caller: Caller;
};

export type AwsReply = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
};

/** An error an AWS service would answer; its name travels in the service's own wire form. */
export class AwsError extends Error {
  readonly status: number;
  constructor(name: string, message: string, status = 400) {
    super(message);
    this.name = name;
    this.status = status;
  }
}

/**
 * One AWS service of the local cloud. The endpoint asks `permissions` first, enforces them against the caller's
 * role, and only then calls `handle`. Both throw `AwsError`; an operation the service does not run is refused
 * by name with `UnsupportedOperation`.
 */
export type Service = {
  /** The name in the signature's credential scope, e.g. `dynamodb`, `states`, `events`, `kms`. */
  readonly signingName: string;
  /** How the SDK expects errors: JSON with `__type`, REST JSON with `x-amzn-errortype`, or S3's XML. */
  readonly errors: 'json' | 'rest-json' | 's3-xml';
  permissions(call: AwsCall): readonly Permission[] | Promise<readonly Permission[]>;
  handle(call: AwsCall): Promise<AwsReply>;
};

/** A resource of the synthesized template after every intrinsic in it was resolved. */
export type Resource = {
  readonly stack: string;
  readonly logicalId: string;
  /** CloudFormation type, e.g. `AWS::DynamoDB::Table`. */
  readonly type: string;
  /** What `Ref` gives. */
  readonly ref: string;
  readonly arn: string;
  readonly properties: Readonly<Record<string, unknown>>;
};

/** Everything the local cloud stands for has this account and region. */
export const ACCOUNT = '000000000000';
export const REGION = 'us-east-1';

/**
 * Calls one of the template's Lambda functions in a role's name (`as` is that role's ARN and must be allowed
 * `lambda:InvokeFunction`, or is `'aws'` for a service the function's resource policy admits); settles as the
 * Invoke API's response would. Throws `AwsError` when the call is refused before the function ran.
 */
export type InvokeFunction = (call: {
  readonly as: string;
  readonly functionArn: string;
  readonly payload: unknown;
}) => Promise<InvokeResult>;

export type InvokeResult =
  | { readonly ok: true; readonly payload: unknown }
  /** `error` is the exception's name (`errorType`), `payload` Lambda's whole error object. */
  | { readonly ok: false; readonly error: string; readonly payload: unknown };
