import { GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { canonicalJson } from '../../core/canonical-json.ts';
import { Fault } from '../../core/fault.ts';
import { isNamed, type ReleaseBundle, releaseBundle, releaseHash } from '../../core/policy/release.ts';

/** Immutable policy releases in S3, each under its hash. */
export type Releases = {
  /** The release of this hash; a bundle that does not hash to its name is `ReleaseUnreadable`. */
  load(hash: string): Promise<ReleaseBundle>;
  /** Stores a bundle (again, if need be: the same bytes) and gives its hash. */
  store(bundle: ReleaseBundle): Promise<string>;
};

const keyOf = (hash: string) => `releases/${hash}.json`;

export function createReleases(s3: Pick<S3Client, 'send'>, bucket: string): Releases {
  return {
    load: async (hash) => {
      const reply = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: keyOf(hash) }));
      const stored = parseJson((await reply.Body?.transformToString()) ?? '');
      const parsed = releaseBundle.safeParse(stored);
      if (parsed.success && isNamed(stored, hash)) return parsed.data;
      throw new Fault(
        'ReleaseUnreadable',
        `release ${hash} is not what its name says: apply the governance again`,
      );
    },
    store: async (bundle) => {
      const hash = releaseHash(bundle);
      const Body = canonicalJson(bundle);
      await s3.send(
        new PutObjectCommand({ Bucket: bucket, Key: keyOf(hash), Body, ContentType: 'application/json' }),
      );
      return hash;
    },
  };
}

/** What was stored, before any reading of it: the hash covers every byte of content, known fields or not. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
