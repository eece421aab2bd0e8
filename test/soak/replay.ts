import { decide } from '../../core/policy/decide.ts';
import { type CompiledRelease, compileRelease } from '../../core/policy/compile-release.ts';
import type { Decision, DecisionRequest } from '../../core/policy/decision.ts';
import { type ReleaseBundle, releaseHash } from '../../core/policy/release.ts';
import { addReports, nothingReplayed, type ReplayReport } from '../../core/policy/replay-report.ts';
import { isRefusal } from '../../core/change.ts';
import { createRecordedDecisions } from '../../functions/aws/recorded-decisions.ts';
import { createReleases } from '../../functions/aws/releases.ts';
import { replayRelease } from '../../functions/governance/replay-release.ts';
import { largeGovernance, largeRequests } from '../bench/large-governance.ts';
import { startBucket, type TestBucket } from '../harness/bucket.ts';
import { eventOf, momentOf, recordOf } from '../harness/records.ts';
import { someBundle } from '../harness/release.ts';

/** `batch` is how many events the stream gives the relay at once: 25 at a busy door, 1 at a quiet one. */
export type Size = { readonly decisions: number; readonly policies: number; readonly batch: number };

export type Replayed = {
  readonly outcomes: Readonly<Record<string, number>>;
  readonly files: number;
  readonly same: Timed;
  readonly changed: Timed;
  /** Flips by kind that deciding each request under both releases finds. */
  readonly expected: Readonly<Record<string, number>>;
};
type Timed = { readonly report: ReplayReport; readonly seconds: number; readonly pages: number };

/**
 * Records so many decisions of a large company as the relay does, one in ten batches twice, and replays them under
 * the release that made them and under one that moved its limits.
 */
export async function replayHistory(size: Size): Promise<Replayed> {
  const bucket = await startBucket();
  try {
    return await replayIn(bucket, size);
  } finally {
    await bucket.stop();
  }
}

async function replayIn(bucket: TestBucket, size: Size): Promise<Replayed> {
  const before = open(someBundle(largeGovernance(size.policies)));
  const after = open(moved(before.bundle));
  const requests = largeRequests(size.policies, size.decisions).map((request, n) => {
    return { ...request, agent: { ...request.agent, id: `agt_worker_${n}` } };
  });
  const records = requests.map((request, n) => recordOf(before, request, n));
  const outcomes = countBy(records.map(({ decided }) => decided.outcome));
  const stores = await storesOf(bucket, [before, after]);
  const batches = records.flatMap((_, n) =>
    n % size.batch === 0 ? [records.slice(n, n + size.batch).map(eventOf)] : [],
  );
  for (const batch of batches) await stores.recorded.keep(batch);
  for (const [n, batch] of batches.entries())
    if (n % 10 === 0) await stores.recorded.keep([...batch, ...(batches[n + 1] ?? [])]);
  const window = { since: momentOf(0), until: momentOf(size.decisions) };
  return {
    outcomes,
    files: (await Array.fromAsync(stores.recorded.list({ first: 'decisions/', last: 'decisions/9' }))).length,
    same: await timed(stores, before.hash, window),
    changed: await timed(stores, after.hash, window),
    expected: flipsBetween(before, after, requests),
  };
}

const open = (bundle: ReleaseBundle): CompiledRelease => compileRelease(bundle, releaseHash(bundle));

/** The same company with other limits and quorums, fewer permits and fewer forbids. */
function moved(bundle: ReleaseBundle): ReleaseBundle {
  const policies = bundle.policies.flatMap((policy, n) => {
    if (n % 4 === 3 && policy.text.includes('forbid') && !policy.text.includes('@approval')) return [];
    if (n % 7 === 5 && policy.text.includes('permit')) return [];
    const lower = n % 3 === 0 ? policy.text.replace('decimal("1000.00")', 'decimal("400.00")') : policy.text;
    const higher = n % 3 === 1 ? lower.replace('decimal("1000.00")', 'decimal("5000.00")') : lower;
    return [{ ...policy, text: n % 5 === 0 ? higher.replace('finance:1', 'finance:2') : higher }];
  });
  return { ...bundle, policies };
}

async function storesOf({ client, name }: TestBucket, kept: readonly CompiledRelease[]) {
  const releases = createReleases(client, name);
  for (const { bundle } of kept) await releases.store(bundle);
  return { releases, recorded: createRecordedDecisions(client, name), now: () => new Date() };
}

async function timed(
  stores: Awaited<ReturnType<typeof storesOf>>,
  hash: string,
  window: { readonly since: string; readonly until: string },
): Promise<Timed> {
  const began = performance.now();
  let report = nothingReplayed;
  let cursor: string | undefined;
  let pages = 0;
  do {
    const page = await replayRelease(stores, hash, { ...window, cursor });
    if (isRefusal(page)) throw new Error(page.detail);
    report = addReports(report, page);
    cursor = page.cursor;
    pages += 1;
  } while (cursor !== undefined);
  return { report, pages, seconds: (performance.now() - began) / 1000 };
}

function flipsBetween(before: CompiledRelease, after: CompiledRelease, requests: readonly DecisionRequest[]) {
  const kinds = requests.flatMap((request) => {
    const [from, to] = [decide(before, request), decide(after, request)];
    if (from.outcome !== to.outcome) return [`${from.outcome}-to-${to.outcome}`];
    return asked(from) === asked(to) ? [] : ['hold-otherwise'];
  });
  return countBy(kinds);
}

const asked = (decision: Decision) =>
  decision.outcome === 'hold'
    ? JSON.stringify(decision.guards.map(({ id, requires }) => [id, requires]))
    : '';

function countBy(words: readonly string[]): Record<string, number> {
  return Object.fromEntries([...Map.groupBy(words, (word) => word)].map(([word, all]) => [word, all.length]));
}

/** Flips of a report by kind. */
export const flipCounts = ({ flips }: ReplayReport) =>
  Object.fromEntries(flips.map(({ kind, count }) => [kind, count]));

const sorted = (counts: Readonly<Record<string, number>>) =>
  JSON.stringify(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1)));

/** 0 when the same release flips nothing, another exactly what deciding twice finds, and neither takes a minute. */
export async function soakReplay(decisions: number): Promise<number> {
  for (const batch of [25, 1]) {
    const found = await replayHistory({ decisions, policies: 1_000, batch });
    const { outcomes, files, same, changed, expected } = found;
    console.log(`${decisions} decisions in ${files} files: ${JSON.stringify(outcomes)}`);
    tell('same release', same);
    tell('other limits', changed);
    console.log(`deciding twice finds: ${JSON.stringify(expected)}`);
    if (!isRight(found, decisions)) return 1;
  }
  return 0;
}

const tell = (name: string, { report, seconds, pages }: Timed) =>
  console.log(
    `${name}: ${report.decided} decided again in ${seconds.toFixed(1)} s, ${pages} pages, flips ${JSON.stringify(flipCounts(report))}`,
  );

const isRight = ({ same, changed, expected }: Replayed, decisions: number): boolean =>
  [same, changed].every(({ report }) => report.decided === decisions && report.unreadable.length === 0) &&
  same.report.flips.length === 0 &&
  sorted(flipCounts(changed.report)) === sorted(expected) &&
  Math.max(same.seconds, changed.seconds) < 60;
