import {
  GetObjectCommand,
  ListObjectsV2Command,
  paginateListObjectsV2,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { type EndedApproval, endedFiles } from '../../core/approval/ended-approval.ts';
import type { AuditEvent } from '../../core/event.ts';
import { type DecisionFile, decisionFiles } from '../../core/policy/recorded-decision.ts';

/** The decisions made at the door, kept beside the releases for as long as the bucket's rules say. */
export type RecordedDecisions = {
  /** Writes the decisions among these events; the same events give the same objects. */
  keep(events: readonly AuditEvent[]): Promise<void>;
  /** Writes how approvals ended; the same ends give the same objects. */
  keepEnded(ended: readonly EndedApproval[]): Promise<void>;
  /** Keys of the files of all minutes from one to another, by time; both as `minuteKey` writes them. */
  list(minutes: { readonly first: string; readonly last: string }): AsyncIterable<string>;
  /** One file's lines. */
  read(key: string): Promise<readonly string[]>;
  /** Whether a release of this hash is stored beside them. */
  hasRelease(hash: string): Promise<boolean>;
};

export function createRecordedDecisions(s3: S3Client, Bucket: string): RecordedDecisions {
  return {
    keep: (events) => writeAll(s3, Bucket, decisionFiles(events)),
    keepEnded: (ended) => writeAll(s3, Bucket, endedFiles(ended)),
    list: (minutes) => keysIn(s3, Bucket, minutes),
    read: async (Key) => {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
      return ((await Body?.transformToString()) ?? '').split('\n').filter((line) => line !== '');
    },
    hasRelease: async (hash) => {
      const Prefix = `releases/${hash}.json`;
      const { KeyCount = 0 } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix, MaxKeys: 1 }));
      return KeyCount > 0;
    },
  };
}

async function writeAll(s3: S3Client, Bucket: string, files: readonly DecisionFile[]): Promise<void> {
  const puts = files.map(({ key: Key, text: Body }) =>
    s3.send(new PutObjectCommand({ Bucket, Key, Body, ContentType: 'application/x-ndjson' })),
  );
  await Promise.all(puts);
}

async function* keysIn(
  client: S3Client,
  Bucket: string,
  { first, last }: { readonly first: string; readonly last: string },
): AsyncIterable<string> {
  const input = { Bucket, Prefix: 'decisions/', StartAfter: first };
  for await (const { Contents = [] } of paginateListObjectsV2({ client }, input)) {
    for (const { Key = '' } of Contents) {
      if (Key > `${last}~`) return;
      yield Key;
    }
  }
}
