import { S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { canonicalJson, digest } from '../../../core/canonical-json.ts';
import type { ReleaseBundle } from '../../../core/policy/release.ts';
import { releaseHash } from '../../../core/policy/release.ts';
import { createReleases } from '../../../functions/aws/releases.ts';
import { type AwsEndpoint, startAwsEndpoint } from '../../harness/aws-endpoint.ts';
import { someTool } from '../../harness/tools.ts';

let aws: AwsEndpoint;
const objects = new Map<string, string>();
beforeAll(async () => {
  aws = await startAwsEndpoint();
});
afterAll(() => aws.stop());
beforeEach(() => {
  objects.clear();
  aws.answer = ({ operation, body }) => {
    const [method = '', path = ''] = operation.split(' ');
    const key = path.replace(/\?.*/, '');
    if (method === 'PUT') objects.set(key, body);
    const stored = objects.get(key);
    if (method === 'PUT') return { body: '' };
    return stored === undefined
      ? {
          status: 404,
          headers: { 'content-type': 'application/xml' },
          body: '<Error><Code>NoSuchKey</Code></Error>',
        }
      : { body: stored };
  };
});

const bundle: ReleaseBundle = {
  v: 1,
  engine: '4.13.0',
  policies: [
    {
      id: 'coe-a',
      layer: 'coe',
      file: 'a.cedar',
      line: 1,
      text: '@id("coe-a") permit (principal, action, resource);',
    },
  ],
  tools: [someTool()],
  systems: [],
  units: [],
  roles: [],
};
const releases = () =>
  createReleases(new S3Client({ ...aws.client, requestChecksumCalculation: 'WHEN_REQUIRED' }), 'bucket');
const pathOf = (hash: string) => `/bucket/releases/${hash}.json`;

describe('a release', () => {
  it('is stored under its hash and read back as it was', async () => {
    const hash = await releases().store(bundle);
    expect(hash).toBe(releaseHash(bundle));
    expect([...objects.keys()]).toEqual([pathOf(hash)]);
    expect(await releases().load(hash)).toEqual(bundle);
  });

  it('may be stored again: the same bytes', async () => {
    await releases().store(bundle);
    const before = new Map(objects);
    await releases().store({ ...bundle, systems: [], engine: '4.13.0' });
    expect(objects).toEqual(before);
  });

  it('of before names left out places is still read by the hash of its whole', async () => {
    const hash = digest(bundle);
    objects.set(pathOf(hash), canonicalJson(bundle));
    expect(hash).not.toBe(releaseHash(bundle));
    expect(await releases().load(hash)).toEqual(bundle);
    objects.set(pathOf(hash), canonicalJson({ ...bundle, engine: '4.12.0' }));
    await expect(releases().load(hash)).rejects.toMatchObject({ name: 'ReleaseUnreadable' });
  });

  it.each<[string, (text: string) => string]>([
    ['holds another policy', (text) => text.replace('permit (', 'permit(')],
    ['holds a field more', (text) => text.replace('{', '{"extra":1,')],
    ['holds a field more in a policy', (text) => text.replace('{"file"', '{"extra":1,"file"')],
    ['is cut off', (text) => text.slice(0, -10)],
    ['is empty', () => ''],
    ['is another release', () => JSON.stringify({ ...bundle, engine: '4.12.0' })],
    ['is no release', () => '{"v":2}'],
  ])('that %s is not what its name says, and refused', async (_, spoil) => {
    const hash = await releases().store(bundle);
    objects.set(pathOf(hash), spoil(objects.get(pathOf(hash)) ?? ''));
    await expect(releases().load(hash)).rejects.toMatchObject({ name: 'ReleaseUnreadable' });
  });

  it('that is not there is no release', async () => {
    await expect(releases().load('0'.repeat(64))).rejects.toThrow();
  });
});
