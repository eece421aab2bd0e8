import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type AwsCall, AwsError, type AwsReply, type Resource, type Service } from '../service.ts';
import { decodeBody } from './decode-body.ts';

type Bucket = { readonly name: string; readonly arn: string; readonly home: string };
type Target = { readonly bucket: Bucket; readonly key: string };

const operations = { GET: 's3:GetObject', HEAD: 's3:GetObject', PUT: 's3:PutObject' } as const;
type Method = keyof typeof operations;

/** S3: objects put and read by path-style requests, durable; anything else is refused by name. */
export function createS3(options: { readonly resources: readonly Resource[]; readonly directory: string }): {
  readonly service: Service;
} {
  const buckets = options.resources
    .filter(({ type }) => type === 'AWS::S3::Bucket')
    .map(({ ref, arn }): Bucket => {
      const home = join(options.directory, 's3', ref);
      mkdirSync(home, { recursive: true });
      return { name: ref, arn, home };
    });
  return {
    service: {
      signingName: 's3',
      errors: 's3-xml',
      permissions: (call) => {
        const { bucket, key } = targetOf(buckets, call);
        return [{ action: operations[methodOf(call)], resource: `${bucket.arn}/${key}` }];
      },
      handle: async (call) => (methodOf(call) === 'PUT' ? put(buckets, call) : get(buckets, call)),
    },
  };
}

function methodOf({ method, query }: AwsCall): Method {
  const plain = [...query.keys()].every((name) => name === 'x-id');
  if (plain && (method === 'GET' || method === 'HEAD' || method === 'PUT')) return method;
  throw new AwsError('NotImplemented', `s3 ${method} with these parameters is not run on the laptop`, 501);
}

function targetOf(buckets: readonly Bucket[], { path }: AwsCall): Target {
  const [, name = '', ...rest] = path.split('/');
  const bucket = buckets.find((each) => each.name === decodeURIComponent(name));
  if (!bucket) throw new AwsError('NoSuchBucket', 'The specified bucket does not exist', 404);
  const key = rest.map(decodeURIComponent).join('/');
  if (!key) throw new AwsError('NotImplemented', 's3 listing is not run on the laptop', 501);
  return { bucket, key };
}

/** Keys become file names that can't climb out of the bucket's folder. */
const fileOf = ({ bucket, key }: Target) => join(bucket.home, Buffer.from(key).toString('base64url'));

function put(buckets: readonly Bucket[], call: AwsCall): AwsReply {
  const file = fileOf(targetOf(buckets, call));
  if (call.headers['if-none-match'] === '*' && existsSync(file)) {
    throw new AwsError(
      'PreconditionFailed',
      'At least one of the pre-conditions you specified did not hold',
      412,
    );
  }
  const body = decodeBody(call);
  writeFileSync(`${file}.new`, body);
  renameSync(`${file}.new`, file);
  return { status: 200, headers: { etag: etagOf(body) }, body: '' };
}

function get(buckets: readonly Bucket[], call: AwsCall): AwsReply {
  const target = targetOf(buckets, call);
  const file = fileOf(target);
  if (!existsSync(file)) throw new AwsError('NoSuchKey', 'The specified key does not exist.', 404);
  const body = readFileSync(file);
  const headers = {
    etag: etagOf(body),
    'content-type': 'application/octet-stream',
    'content-length': `${body.length}`,
  };
  return { status: 200, headers, body: call.method === 'HEAD' ? '' : body };
}

const etagOf = (body: Buffer) => `"${createHash('md5').update(body).digest('hex')}"`;
