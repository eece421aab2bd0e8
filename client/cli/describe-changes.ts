import type { Applied } from '../admin/governance.ts';

type Release = Applied['release'];
type Difference = Release['differences'][number];
type Field = Difference['fields'][number];

/** What changed (or would): each row and rule with what differs in it, then one line that sums it up. */
export function describe(applied: Applied, plan: boolean): string[] {
  const { changes, release, unmanaged, warnings } = applied;
  const rows = changes.filter(({ action }) => action !== 'none');
  const lines = [...rows.flatMap(describeRow), ...describeRelease(release)];
  const strays = unmanaged.map(
    ({ noun, id }) => `? ${noun} ${id} is live and not in the files: unmanaged (--prune takes it out of use)`,
  );
  const left = [...strays, ...warnings.map((warning) => `! ${warning}`)];
  const short = release.hash.slice(0, 12);
  const count = rows.length + (release.action === 'activate' ? 1 : 0);
  if (count === 0) return [...left, `Nothing to do: ${changes.length} rows and release ${short} are live.`];
  const summed = plan
    ? `${count} to change; run apply to do it.`
    : `${count} changed; release ${short} is live.`;
  return [...lines, ...left, summed].map(visible);
}

/** A manifest's words may stand in an answer: nothing in them steers the terminal. */
const visible = (line: string) => line.replace(/[^\P{C}\t]/gu, '\ufffd');

const rowMarks = { create: '+', change: '~', withdraw: '-', none: ' ' } as const;
const ruleMarks = { added: '+', changed: '~', removed: '-' } as const;

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

function describeRule({ noun, id, action, fields, lines }: Difference): string[] {
  return [
    `  ${ruleMarks[action]} ${noun} ${id}`,
    ...fields.map((field) => `      ${describeField(field)}`),
    ...lines.map((line) => `      ${line}`),
  ];
}

const describeField = ({ field, before, after }: Field) =>
  `${field}: ${before ?? '(none)'} → ${after ?? '(none)'}`;
