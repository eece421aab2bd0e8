import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type AwsCall, AwsError, type AwsReply, type Resource, type Service } from '../service.ts';
import { type Bucket, readBuckets } from './bucket.ts';
import { decodeBody } from './decode-body.ts';
import { isListing, listObjects, listPermission } from './list-objects.ts';

type Target = { readonly bucket: Bucket; readonly key: string };

const operations = { GET: 's3:GetObject', HEAD: 's3:GetObject', PUT: 's3:PutObject' } as const;
type Method = keyof typeof operations;

/** Headers that change what a request means, and that are not run here. */
const FOREIGN = ['range', 'x-amz-copy-source', 'if-match', 'if-modified-since', 'if-unmodified-since'];

/** S3: objects put, read and listed by path-style requests, durable; anything else is refused by name. */
export function createS3(options: { readonly resources: readonly Resource[]; readonly directory: string }): {
  readonly service: Service;
} {
  const buckets = readBuckets(options.resources, join(options.directory, 's3'));
  return {
    service: {
      signingName: 's3',
      errors: 's3-xml',
      permissions: (call) => {
        if (isListing(call)) return [listPermission(bucketOf(buckets, call), call)];
        const target = targetOf(buckets, call);
        const method = methodOf(call);
        const permission = { action: operations[method], resource: `${target.bucket.arn}/${target.key}` };
        const missing = method !== 'PUT' && !existsSync(fileOf(target));
        return missing ? [permission, mayKnow(target)] : [permission];
      },
      handle: async (call) => {
        if (isListing(call)) return listObjects(bucketOf(buckets, call), call);
        return methodOf(call) === 'PUT' ? put(buckets, call) : get(buckets, call);
      },
    },
  };
}

/** Who may not list a bucket is denied a missing key, and never told that it is missing. */
function mayKnow({ bucket }: Target) {
  return { action: 's3:ListBucket', resource: bucket.arn };
}

function methodOf({ method, query, headers }: AwsCall): Method {
  const foreign = FOREIGN.find((name) => headers[name] !== undefined);
  if (foreign) throw new AwsError('NotImplemented', `s3 ${foreign} is not run on the laptop`, 501);
  const plain = [...query.keys()].every((name) => name === 'x-id');
  if (plain && (method === 'GET' || method === 'HEAD' || method === 'PUT')) return method;
  throw new AwsError('NotImplemented', `s3 ${method} with these parameters is not run on the laptop`, 501);
}

function bucketOf(buckets: readonly Bucket[], { path }: AwsCall): Bucket {
  const [, name = ''] = path.split('/').map(decoded);
  const bucket = buckets.find((each) => each.name === name);
  if (bucket) return bucket;
  throw new AwsError('NoSuchBucket', 'The specified bucket does not exist', 404);
}

function targetOf(buckets: readonly Bucket[], call: AwsCall): Target {
  const bucket = bucketOf(buckets, call);
  const [, , ...rest] = call.path.split('/').map(decoded);
  const key = rest.join('/');
  if (!key)
    throw new AwsError('NotImplemented', 's3 without a key or list-type=2 is not run on the laptop', 501);
  if (Buffer.byteLength(key) <= 1024) return { bucket, key };
  throw new AwsError('KeyTooLongError', 'Your key is too long');
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new AwsError('InvalidURI', "Couldn't parse the specified URI.");
  }
}

/** Keys become file names that can't climb out of the bucket's folder; long ones lie in folders of their beginnings. */
function fileOf({ bucket, key }: Target): string {
  const parts =
    Buffer.from(key)
      .toString('base64url')
      .match(/.{1,200}/g) ?? [];
  return join(bucket.home, ...parts.slice(0, -1).map((part) => `${part}~`), parts.at(-1) ?? '');
}

function put(buckets: readonly Bucket[], call: AwsCall): AwsReply {
  const file = fileOf(targetOf(buckets, call));
  const condition = call.headers['if-none-match'];
  if (condition !== undefined && (condition !== '*' || existsSync(file))) {
    throw new AwsError(
      'PreconditionFailed',
      'At least one of the pre-conditions you specified did not hold',
      412,
    );
  }
  const body = decodeBody(call);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, body);
  renameSync(`${file}.new`, file);
  return { status: 200, headers: { etag: etagOf(body) }, body: '' };
}

function get(buckets: readonly Bucket[], call: AwsCall): AwsReply {
  const file = fileOf(targetOf(buckets, call));
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
