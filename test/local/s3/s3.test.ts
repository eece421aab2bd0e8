import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  paginateListObjectsV2,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Bucket, BucketEncryption, CfnBucket } from 'aws-cdk-lib/aws-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sendSigned } from '../fixtures/call-aws.ts';
import { refusedBoot } from '../fixtures/refused-boot.ts';
import { clientSettings, keysOf, resourceOf, startCloud, type TestCloud } from '../fixtures/start-cloud.ts';

let test: TestCloud;
beforeAll(async () => {
  test = await startCloud(({ stack, probe }) => {
    const bucket = new Bucket(stack, 'Things', { encryption: BucketEncryption.S3_MANAGED, versioned: true });
    const reading = { actions: ['s3:GetObject'], resources: [`${bucket.bucketArn}/open/*`] };
    probe('Reader').addToRolePolicy(new PolicyStatement(reading));
    const lister = probe('Lister');
    lister.addToRolePolicy(new PolicyStatement(reading));
    lister.addToRolePolicy(
      new PolicyStatement({ actions: ['s3:ListBucket'], resources: [bucket.bucketArn] }),
    );
    probe('Archivist').addToRolePolicy(
      new PolicyStatement({
        actions: ['s3:ListBucket'],
        resources: [bucket.bucketArn],
        conditions: { StringLike: { 's3:prefix': 'listed/*' } },
      }),
    );
  });
}, 60_000);
afterAll(() => test.stop());

const client = (credentials = test.cloud.administrator) =>
  new S3Client({ ...clientSettings(test.cloud), credentials, forcePathStyle: true });
const bucketName = () => resourceOf(test.cloud, 'Things').ref;
const put = (Key: string, Body: string | Buffer, more = {}) =>
  client().send(new PutObjectCommand({ Bucket: bucketName(), Key, Body, ...more }));
async function get(Key: string, by = client()): Promise<string | undefined> {
  const { Body } = await by.send(new GetObjectCommand({ Bucket: bucketName(), Key }));
  return Body?.transformToString();
}

describe('an object', () => {
  it('is read as it was put, also after a restart', async () => {
    const { ETag } = await put('open/a b/é+(1).json', '{"a":1}');
    expect(await get('open/a b/é+(1).json')).toBe('{"a":1}');
    const head = new HeadObjectCommand({ Bucket: bucketName(), Key: 'open/a b/é+(1).json' });
    expect(await client().send(head)).toMatchObject({ ETag, ContentLength: 7 });
    await test.restart();
    expect(await get('open/a b/é+(1).json')).toBe('{"a":1}');
  });

  it('is replaced by a later one, unless none may be there', async () => {
    await put('open/once', 'first', { IfNoneMatch: '*' });
    const again = put('open/once', 'second', { IfNoneMatch: '*' });
    await expect(again).rejects.toMatchObject({ name: 'PreconditionFailed' });
    expect(await get('open/once')).toBe('first');
    await put('open/once', 'third');
    expect(await get('open/once')).toBe('third');
  });

  it.each(['../../administrator.json', '..', '/etc/passwd', 'a/../../b', 'k'.repeat(1024), 'k'.repeat(150)])(
    'stays inside its bucket whatever its key: %s',
    async (key) => {
      const before = readdirSync(test.directory);
      await put(key, key);
      expect(await get(key)).toBe(key);
      expect(readdirSync(test.directory)).toEqual(before);
      expect(readdirSync(join(test.directory, 's3'))).toEqual([bucketName()]);
    },
  );

  it('has a key of 1024 bytes at most', async () => {
    await expect(put('k'.repeat(1025), 'x')).rejects.toMatchObject({ name: 'KeyTooLongError' });
  });

  it.each(['SHA256', 'SHA1', 'CRC32'] as const)('may come with a checksum of %s', async (algorithm) => {
    await put('open/summed', 'x', { ChecksumAlgorithm: algorithm });
    expect(await get('open/summed')).toBe('x');
  });

  it.each([
    ['x-amz-checksum-sha256', 'BadDigest'],
    ['x-amz-checksum-crc32', 'BadDigest'],
    ['content-md5', 'BadDigest'],
    ['x-amz-checksum-crc64nvme', 'NotImplemented'],
  ])('with a wrong %s is refused and not kept', async (name, code) => {
    const path = `/${bucketName()}/open/wrong`;
    const headers = { [name]: 'AAAA' };
    const response = await sendSigned(test.cloud, { method: 'PUT', path, service: 's3', headers, body: 'x' });
    expect(response.ok).toBe(false);
    expect(await response.text()).toContain(`<Code>${code}</Code>`);
    await expect(get('open/wrong')).rejects.toMatchObject({ name: 'NoSuchKey' });
  });

  it.each(['x', '', 'zz\r\n', '5\r\nab'])('in broken chunks is refused: %o', async (body) => {
    const path = `/${bucketName()}/open/chunks`;
    const headers = { 'content-encoding': 'aws-chunked' };
    const response = await sendSigned(test.cloud, { method: 'PUT', path, service: 's3', headers, body });
    expect(await response.text()).toContain('<Code>IncompleteBody</Code>');
  });
});

describe('a role', () => {
  it('reads what its policy names and no more', async () => {
    await put('open/1', 'open');
    await put('closed/1', 'closed');
    const reader = client(await keysOf(test, 'Reader'));
    expect(await get('open/1', reader)).toBe('open');
    await expect(get('closed/1', reader)).rejects.toMatchObject({ name: 'AccessDenied' });
    const stranger = reader.send(new PutObjectCommand({ Bucket: bucketName(), Key: 'open/1', Body: 'x' }));
    await expect(stranger).rejects.toThrow(/s3:PutObject on resource: arn:aws:s3:::\S+\/open\/1/);
  });

  it('that may not list the bucket is denied a missing key, as on AWS', async () => {
    await expect(get('open/none', client(await keysOf(test, 'Reader')))).rejects.toMatchObject({
      ...{ name: 'AccessDenied', message: expect.stringContaining('s3:ListBucket') as string },
    });
    await expect(get('open/none', client(await keysOf(test, 'Lister')))).rejects.toMatchObject({
      name: 'NoSuchKey',
    });
  });
});

describe('a listing', () => {
  const odd = ['listed/a&b', 'listed/<c>', 'listed/é', 'listed/z', 'listed/~', `listed/${'k'.repeat(900)}`];
  const inOrder = odd.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  async function list(options: object, by = client()): Promise<(string | undefined)[]> {
    const { Contents = [] } = await by.send(new ListObjectsV2Command({ Bucket: bucketName(), ...options }));
    return Contents.map(({ Key }) => Key);
  }
  beforeAll(async () => {
    for (const key of [...odd, 'beside/1', 'listed']) await put(key, key);
  });

  it('holds the keys of a prefix, in the order of their bytes', async () => {
    expect(await list({ Prefix: 'listed/' })).toEqual(inOrder);
    expect(await list({ Prefix: 'beside' })).toEqual(['beside/1']);
    expect(await list({ Prefix: 'nothing/' })).toEqual([]);
    expect(await list({})).toEqual(expect.arrayContaining(['beside/1', 'listed', ...inOrder]));
  });

  it('tells size and etag as they were put', async () => {
    const { ETag } = await put('listed/z', 'twelve bytes');
    const listed = new ListObjectsV2Command({ Bucket: bucketName(), Prefix: 'listed/z' });
    const { Contents, ...rest } = await client().send(listed);
    expect(Contents).toMatchObject([{ Key: 'listed/z', Size: 12, ETag, StorageClass: 'STANDARD' }]);
    expect(rest).toMatchObject({ KeyCount: 1, IsTruncated: false, Prefix: 'listed/' + 'z' });
  });

  it('goes on where the last page ended, each key once', async () => {
    const pages: string[][] = [];
    const input = { Bucket: bucketName(), Prefix: 'listed/', MaxKeys: 2 };
    for await (const { Contents = [] } of paginateListObjectsV2({ client: client() }, input))
      pages.push(Contents.map(({ Key = '' }) => Key));
    expect(pages.map(({ length }) => length)).toEqual([2, 2, 2]);
    expect(pages.flat()).toEqual(inOrder);
  });

  it('begins after a key, whether there is one or not', async () => {
    const [first = '', second = '', ...others] = inOrder;
    expect(await list({ Prefix: 'listed/', StartAfter: second })).toEqual(others);
    expect(await list({ Prefix: 'listed/', StartAfter: `${first}!` })).toEqual(inOrder.slice(1));
  });

  it('is refused with a token nobody gave', async () => {
    const asked = list({ ContinuationToken: 'no token' });
    await expect(asked).rejects.toMatchObject({ name: 'InvalidArgument' });
  });

  it('shows a role only the prefix its policy names', async () => {
    const archivist = client(await keysOf(test, 'Archivist'));
    expect(await list({ Prefix: 'listed/' }, archivist)).toEqual(inOrder);
    for (const options of [{}, { Prefix: 'beside/' }, { Prefix: 'listed' }])
      await expect(list(options, archivist)).rejects.toMatchObject({ name: 'AccessDenied' });
    const reader = client(await keysOf(test, 'Reader'));
    await expect(list({ Prefix: 'open/' }, reader)).rejects.toThrow(/s3:ListBucket/);
  });
});

describe('S3', () => {
  it.each<[string, (s3: S3Client, target: { Bucket: string; Key: string }) => Promise<unknown>, string]>([
    [
      'a listing of the first kind',
      (s3, { Bucket }) => s3.send(new ListObjectsCommand({ Bucket })),
      'without a key or list-type=2',
    ],
    [
      'a listing by folders',
      (s3, { Bucket }) => s3.send(new ListObjectsV2Command({ Bucket, Delimiter: '/' })),
      'listing by delimiter is not run',
    ],
    [
      'a listing with owners',
      (s3, { Bucket }) => s3.send(new ListObjectsV2Command({ Bucket, FetchOwner: true })),
      'listing by fetch-owner is not run',
    ],
    ['a deletion', (s3, target) => s3.send(new DeleteObjectCommand(target)), 's3 DELETE'],
    [
      'a copy',
      (s3, target) => s3.send(new CopyObjectCommand({ ...target, CopySource: 'a/b' })),
      'x-amz-copy-source is not run',
    ],
    [
      'a part',
      (s3, target) => s3.send(new GetObjectCommand({ ...target, Range: 'bytes=0-1' })),
      'range is not',
    ],
    [
      'an old version',
      (s3, target) => s3.send(new GetObjectCommand({ ...target, VersionId: 'v' })),
      'with these parameters',
    ],
  ])('refuses %s by name', async (_, ask, named) => {
    const asked = ask(client(), { Bucket: bucketName(), Key: 'open/once' });
    await expect(asked).rejects.toMatchObject({ name: 'NotImplemented' });
    await expect(ask(client(), { Bucket: bucketName(), Key: 'open/once' })).rejects.toThrow(named);
  });

  it('refuses an unknown bucket', async () => {
    const asked = client().send(new GetObjectCommand({ Bucket: 'nobody', Key: 'x' }));
    await expect(asked).rejects.toMatchObject({ name: 'NoSuchBucket' });
    expect(existsSync(join(test.directory, 's3', 'nobody'))).toBe(false);
  });

  it('refuses at boot a bucket that asks for more, by the property’s name', async () => {
    const refusal = await refusedBoot(({ stack }) => {
      new CfnBucket(stack, 'Locked', { objectLockEnabled: true });
    });
    expect(refusal).toMatchObject({ name: 'BootError', leftRunning: 0 });
    expect(refusal.message).toContain('ObjectLockEnabled');
  });
});
