import {
  administratorsKey,
  administratorsRow,
  type Authority,
  authorityOf,
  scopesOf,
} from '../../core/governance/administrator.ts';
import { compareReleases, type ReleaseDifference } from '../../core/governance/compare-releases.ts';
import { changesSeats, MOST_SEATS, type Seated, strandedBy } from '../../core/governance/council-seats.ts';
import { COE, type Finding } from '../../core/governance/manifest.ts';
import { planRow, type Step, type Wanted, wantedRows } from '../../core/governance/plan-rows.ts';
import { isGone, withdrawal } from '../../core/governance/withdraw-row.ts';
import type { Actor } from '../../core/event.ts';
import { Fault } from '../../core/fault.ts';
import { activeReleaseKey, activeReleaseRow, releaseHash } from '../../core/policy/release.ts';
import { reviewNotices } from '../../core/policy/review-problem.ts';
import type { Key } from '../../core/row.ts';
import { parseRow } from '../../core/row.ts';
import type { StoredRow } from '../aws/registry.ts';
import type { Releases } from '../aws/releases.ts';
import type { ApplyDeps } from './apply-governance.ts';
import type { Checked } from './check-governance.ts';
import { loadSeats } from './load-seats.ts';
import { findUnmanaged, type Listed, type Unmanaged } from './find-unmanaged.ts';

export type By = { readonly actor: Actor; readonly now: Date };

/** One row's part of a plan; `again` plans it from what the row is by then. */
export type Planned = {
  readonly step: Step;
  readonly key: Key;
  readonly again: (stored: StoredRow | undefined) => Step | Finding;
  /** It changes a seat of the council that rules now, so it waits for it. */
  readonly waits: boolean;
};

export type Plan = {
  /** In the order rows depend on each other; what leaves use comes last, backwards. */
  readonly rows: readonly Planned[];
  readonly release: {
    readonly hash: string;
    /** What is in force now; `undefined` when nothing is. */
    readonly before: string | undefined;
    readonly differences: readonly ReleaseDifference[];
  };
  /** The council that rules now: without its word no release comes into force. */
  readonly seated: Seated | undefined;
  readonly unmanaged: readonly Unmanaged[];
  /** What whoever asked may change. */
  readonly authority: Authority;
  /** What to know of the rules though nothing is refused: tools whose review is of something else. */
  readonly notices: readonly string[];
};

/** What would become of every row and of the release in force. Writes nothing. */
export async function planGovernance(
  deps: ApplyDeps,
  { placed, bundle }: Checked,
  { prune, ...by }: By & { readonly prune: boolean },
): Promise<Plan | { readonly findings: readonly Finding[] }> {
  const wanted = wantedRows(placed);
  const loose = await findUnmanaged(deps.registry, wanted);
  const targets = [...wanted.map(wanting(by)), ...(prune ? inReverse(loose).map(leaving(by)) : [])];
  const keys = [activeReleaseKey, administratorsKey, ...targets.map(({ key }) => key)];
  const [active, administrators, ...stored] = await deps.registry.load(keys);
  const seated = active && (await loadSeats(deps.registry));
  const planned = targets.map((target, n) => ({ ...target, step: target.again(stored[n]) }));
  const illegal = planned.flatMap(({ step }) => ('reason' in step ? [step] : []));
  const row = administrators && parseRow(administratorsRow, administrators);
  const authority = authorityOf(row, by.actor.id);
  const locked = lockedOut(wanted, authority.scopes, by.actor);
  const rows = planned.flatMap(({ step, ...rest }) =>
    'action' in step ? [{ ...rest, step, waits: seated !== undefined && changesSeats(step, seated) }] : [],
  );
  const findings = [...illegal, ...locked, ...councilFindings(rows, seated, wanted)];
  if (findings.length > 0) return { findings };
  const before = active && parseRow(activeReleaseRow, active).release;
  const hash = releaseHash(bundle);
  const old = before === undefined || before === hash ? undefined : await loadOrNone(deps.releases, before);
  return {
    rows,
    seated,
    release: { hash, before, differences: before === hash ? [] : compareReleases(old, bundle) },
    unmanaged: prune ? [] : loose.map(({ noun, id }) => ({ noun, id })),
    authority,
    notices: reviewNotices(bundle),
  };
}

const wanting = (by: By) => (want: Wanted) => ({
  key: want.key,
  again: (stored: StoredRow | undefined) => planRow(want, stored, by),
});

/** A row that left use meanwhile, or never was, has nothing to do. */
const leaving =
  (by: By) =>
  ({ noun, id, key }: Listed) => ({
    key,
    again: (stored: StoredRow | undefined): Step | Finding =>
      stored && !isGone(noun, stored)
        ? planRow(withdrawal(noun, key, stored), stored, by)
        : { noun, id, action: 'none', fields: [], differences: [], layers: [] },
  });

const order: readonly Wanted['noun'][] = [
  'agent',
  'workflow',
  'unit',
  'group',
  'person',
  'administrators',
  'council',
];
const inReverse = (loose: readonly Listed[]) =>
  loose.toSorted((a, b) => order.indexOf(a.noun) - order.indexOf(b.noun));

/** Who leaves must leave a council that can decide; what waits for it fits one proposal. */
function councilFindings(
  rows: readonly Planned[],
  seated: Seated | undefined,
  wanted: readonly Wanted[],
): Finding[] {
  if (!seated) return [];
  const steps = rows.map(({ step }) => step);
  const placeOf = ({ noun, id }: Step) =>
    wanted.find((want) => want.noun === noun && want.id === id)?.place ?? { file: '', line: 1 };
  const waiting = rows.filter(({ waits }) => waits).map(({ step }) => step);
  const [first] = waiting.slice(MOST_SEATS);
  const reason = `at most ${MOST_SEATS} rows of the council change at once: apply some of them first`;
  return [...strandedBy(steps, seated, placeOf), ...(first ? [{ ...placeOf(first), reason }] : [])];
}

/** Nobody acting for the centre leaves it without a word: then nobody might be left to put it right. */
function lockedOut(wanted: readonly Wanted[], scopes: readonly string[], { id }: Actor): Finding[] {
  const want = wanted.find(({ noun }) => noun === 'administrators');
  if (!want || !scopes.includes(COE)) return [];
  const { entries } = administratorsRow.pick({ entries: true }).parse(want.content);
  if (scopesOf({ entries }, id).includes(COE)) return [];
  const reason = `principal: you (${id}) would no longer act for the centre: add an Administrator of scope coe for yourself`;
  return [{ ...want.place, reason }];
}

/** A release that can't be read is no reason not to apply: applying is the remedy. */
async function loadOrNone(releases: Releases, hash: string) {
  try {
    return await releases.load(hash);
  } catch (error) {
    if (error instanceof Fault && error.name === 'ReleaseUnreadable') return undefined;
    throw error;
  }
}
