import { describeDifference, describeField } from '../../core/governance/describe-difference.ts';
import type { Applied } from '../admin/governance.ts';
import { describeConflicts } from './describe-conflicts.ts';

type Release = Applied['release'];
type Difference = Release['differences'][number];
type Proposal = NonNullable<Applied['proposal']>;

/** What changed (or would): each row and rule with what differs in it, then one line that sums it up. */
export function describe(applied: Applied, plan: boolean): string[] {
  const { changes, release, unmanaged, warnings, proposal } = applied;
  const rows = changes.filter(({ action }) => action !== 'none');
  const lines = [...rows.flatMap(describeRow), ...describeRelease(release)];
  const strays = unmanaged.map(
    ({ noun, id }) => `? ${noun} ${id} is live and not in the files: unmanaged (--prune takes it out of use)`,
  );
  const clashes = applied.conflicts ? describeConflicts(applied.conflicts) : [];
  const left = [...strays, ...warnings.map((warning) => `! ${warning}`), ...clashes].map(visible);
  const short = release.hash.slice(0, 12);
  const live = rows.filter(({ waits }) => !waits).length + (release.action === 'activate' ? 1 : 0);
  const waiting = proposal ? [waitingLine(short, proposal)] : [];
  if (live === 0 && !proposal)
    return [...left, `Nothing to do: ${changes.length} rows and release ${short} are live.`];
  const inForce = release.action !== 'propose' ? `; release ${short} is live` : '';
  const summed = plan ? `${live} to change; run apply to do it.` : `${live} changed${inForce}.`;
  return [...lines, ...left, summed, ...waiting].map(visible);
}

/** What the council must agree to before it comes into force. */
function waitingLine(short: string, { needs, release, rows, approval, expiresAt }: Proposal): string {
  const what = [...(release ? [`release ${short}`] : []), ...rows].join(', ');
  if (approval === undefined) return `${what}: waits for ${needs} when applied.`;
  return `${what}: waits for ${needs} until ${expiresAt ?? ''} (${approval}).`;
}

/** A manifest's words may stand in an answer: nothing in them steers the terminal. */
const visible = (line: string) => line.replace(/[^\P{C}\t]/gu, '\ufffd');

const rowMarks = { create: '+', change: '~', withdraw: '-', none: ' ' } as const;

function describeRow({ noun, id, action, differences }: Applied['changes'][number]): string[] {
  return [`${rowMarks[action]} ${noun} ${id}`, ...differences.map((field) => `    ${describeField(field)}`)];
}

/** A first release is everything at once, so it is counted instead. */
function describeRelease({ hash, action, differences }: Release): string[] {
  if (action === 'none') return [];
  const title = `~ release ${hash.slice(0, 12)}`;
  const allNew = differences.every((difference) => difference.action === 'added');
  if (allNew && differences.length > MANY) return [`${title}: ${count(differences)}`];
  return [title, ...differences.flatMap(describeRule)];
}

const MANY = 20;

function count(differences: readonly Difference[]): string {
  const nouns = Map.groupBy(differences, ({ noun }) => noun);
  return `all new: ${[...nouns].map(([noun, of]) => `${of.length} × ${noun}`).join(', ')}`;
}

const describeRule = (difference: Difference) => describeDifference(difference).map((line) => `  ${line}`);
