import { createHash } from 'node:crypto';
import { type Dirent, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { type AwsCall, AwsError, type AwsReply, type Permission } from '../service.ts';
import type { Bucket } from './bucket.ts';

/** Parameters of ListObjectsV2 that are run here; any other is refused by name. */
const PARAMETERS = ['list-type', 'prefix', 'start-after', 'continuation-token', 'max-keys', 'x-id'];
const MAX_KEYS = 1000;

/** Whether a call asks for a bucket's keys rather than for an object. */
export const isListing = ({ method, path, query }: AwsCall) =>
  method === 'GET' && query.get('list-type') === '2' && /^\/[^/]+\/?$/.test(path);

/** What a caller needs: the prefix asked for is a key that policies may look at. */
export function listPermission(bucket: Bucket, { query }: AwsCall): Permission {
  const prefix = query.get('prefix');
  return {
    action: 's3:ListBucket',
    resource: bucket.arn,
    ...(prefix !== null && { context: { 's3:prefix': prefix } }),
  };
}

/** A page of keys in the order of their bytes, after `start-after` or what the token of the last page says. */
export function listObjects(bucket: Bucket, { query }: AwsCall): AwsReply {
  const foreign = [...query.keys()].find((name) => !PARAMETERS.includes(name));
  if (foreign) throw new AwsError('NotImplemented', `s3 listing by ${foreign} is not run on the laptop`, 501);
  const limit = limitOf(query.get('max-keys'));
  const after = Buffer.from(tokenOf(query.get('continuation-token')) ?? query.get('start-after') ?? '');
  const prefix = query.get('prefix') ?? '';
  const keys = keysIn(bucket.home)
    .filter(({ key, bytes }) => key.startsWith(prefix) && bytes.compare(after) > 0)
    .sort((a, b) => a.bytes.compare(b.bytes));
  const body = xml({
    bucket,
    prefix,
    limit,
    page: keys.slice(0, limit),
    more: keys.length > limit && limit > 0,
  });
  return { status: 200, headers: { 'content-type': 'application/xml' }, body };
}

type Found = { readonly key: string; readonly bytes: Buffer; readonly file: string };

function limitOf(text: string | null): number {
  const limit = Number(text ?? MAX_KEYS);
  if (Number.isInteger(limit) && limit >= 0) return Math.min(limit, MAX_KEYS);
  throw new AwsError('InvalidArgument', 'Provided max-keys not an integer or within integer range');
}

function tokenOf(token: string | null): string | undefined {
  if (token === null) return undefined;
  const key = Buffer.from(token, 'base64url').toString();
  if (token !== '' && Buffer.from(key).toString('base64url') === token) return key;
  throw new AwsError('InvalidArgument', 'The continuation token provided is incorrect');
}

/** Every key of a bucket's folder; files under way have a name no key gives. */
function keysIn(home: string): Found[] {
  if (!existsSync(home)) return [];
  const isObject = (entry: Dirent) => entry.isFile() && !entry.name.endsWith('.new');
  return readdirSync(home, { recursive: true, withFileTypes: true })
    .filter(isObject)
    .map((entry) => {
      const file = join(entry.parentPath, entry.name);
      const encoded = relative(home, file).split(sep).join('').replaceAll('~', '');
      const bytes = Buffer.from(encoded, 'base64url');
      return { key: bytes.toString(), bytes, file };
    });
}

type Page = {
  readonly bucket: Bucket;
  readonly prefix: string;
  readonly limit: number;
  readonly page: readonly Found[];
  readonly more: boolean;
};

function xml({ bucket, prefix, limit, page, more }: Page): string {
  const token = Buffer.from(page.at(-1)?.key ?? '').toString('base64url');
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">',
    `<Name>${escape(bucket.name)}</Name><Prefix>${escape(prefix)}</Prefix><MaxKeys>${limit}</MaxKeys>`,
    `<KeyCount>${page.length}</KeyCount><IsTruncated>${more}</IsTruncated>`,
    ...(more ? [`<NextContinuationToken>${token}</NextContinuationToken>`] : []),
    ...page.map(contents),
    '</ListBucketResult>',
  ].join('\n');
}

function contents({ key, file }: Found): string {
  const { size, mtime } = statSync(file);
  const etag = createHash('md5').update(readFileSync(file)).digest('hex');
  return `<Contents><Key>${escape(key)}</Key><LastModified>${mtime.toISOString()}</LastModified><ETag>&quot;${etag}&quot;</ETag><Size>${size}</Size><StorageClass>STANDARD</StorageClass></Contents>`;
}

const NAMES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escape = (text: string) =>
  text.replace(/[&<>"\r\n\t]/g, (sign) => NAMES[sign] ?? `&#${sign.codePointAt(0)};`);
