import { isRefusal, type Refusal } from '../../core/change.ts';
import type { CompiledRelease } from '../../core/policy/compile-release.ts';
import {
  minuteKey,
  minuteOfKey,
  readRecord,
  type RecordedDecision,
  type UnreadableRecord,
} from '../../core/policy/recorded-decision.ts';
import { replay } from '../../core/policy/replay.ts';
import { addReports, nothingReplayed, type ReplayReport } from '../../core/policy/replay-report.ts';
import { createPastGuards, openCandidate, type Stored } from './open-candidate.ts';
import type { ReplayDeps } from './replay-routes.ts';

/** Decisions from `since` on and before `until`; `cursor` is where the last page ended. */
export type Window = {
  readonly since: string;
  readonly until: string;
  readonly cursor?: string | undefined;
};

export type ReplayPage = ReplayReport & { readonly release: string; readonly cursor?: string };

/** A page ends at the first file after so many decisions or so long, to answer before the API stops waiting. */
const PAGE = { decisions: 2_000, milliseconds: 15_000 };
const FILES_AT_ONCE = 50;

/** Decides a page of recorded decisions again under a stored release. Reads alone; the same page is the same answer. */
export async function replayRelease(
  deps: Stored & Pick<ReplayDeps, 'now'>,
  hash: string,
  window: Window,
): Promise<ReplayPage | Refusal<'unknown-release'>> {
  const began = deps.now().getTime();
  const release = await openCandidate(deps, hash);
  if (isRefusal(release)) return release;
  const guards = createPastGuards(deps);
  let report = nothingReplayed;
  for await (const { key, records } of freshRecords(deps, window)) {
    report = addReports(report, await replayFile(release, records, guards));
    const full = report.decided >= PAGE.decisions || deps.now().getTime() - began > PAGE.milliseconds;
    if (full) return { release: hash, ...report, cursor: key };
  }
  return { release: hash, ...report };
}

type Entry = RecordedDecision | UnreadableRecord;

async function replayFile(
  release: CompiledRelease,
  records: readonly Entry[],
  guards: ReturnType<typeof createPastGuards>,
): Promise<ReplayReport> {
  const held = records.flatMap((record) =>
    'decided' in record && record.decided.outcome === 'hold' ? [record.release] : [],
  );
  await guards.load(held);
  return replay(release, records, guards.of);
}

/**
 * Each decision of the window once, file by file. A decision delivered twice stands in two files of one minute, so
 * the files of the cursor's minute are read again, to be known and not to be counted.
 */
async function* freshRecords({ recorded }: Stored, { since, until, cursor = '' }: Window) {
  const seen = new Set<string>();
  const isFresh = (record: Entry): boolean => {
    if ('unreadable' in record) return true;
    const id = `${record.subject}/${record.version}`;
    const first = !seen.has(id);
    seen.add(id);
    return first && record.at >= since && record.at < until;
  };
  for await (const { key, lines } of files({ recorded }, { since, until, cursor })) {
    const records = lines.map(readRecord).filter(isFresh);
    if (key > cursor) yield { key, records };
  }
}

/** The files from the cursor's minute on, read many at once and given in order. */
async function* files({ recorded }: Pick<Stored, 'recorded'>, { since, until, cursor }: Window) {
  const read = async (key: string) => ({ key, lines: await recorded.read(key) });
  let keys: string[] = [];
  const first = cursor ? minuteOfKey(cursor) : minuteKey(since);
  for await (const key of recorded.list({ first, last: minuteKey(until) })) {
    keys.push(key);
    if (keys.length < FILES_AT_ONCE) continue;
    yield* await Promise.all(keys.map(read));
    keys = [];
  }
  yield* await Promise.all(keys.map(read));
}
