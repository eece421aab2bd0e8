import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { COE } from '../../core/governance/manifest.ts';
import type { Imported, Naming } from '../import/proposal.ts';
import { toolsFile } from '../import/write-tools.ts';
import { CommandError, type Terminal, visible } from './terminal.ts';

export type Handing = {
  readonly unit?: string;
  readonly out: string;
  readonly overwrite?: true;
  readonly json?: true;
};

type Import = Handing & {
  readonly naming: Naming;
  readonly origin: {
    readonly kind: string;
    readonly source: string;
    readonly title: string;
    readonly server: string | undefined;
  };
};

/** Writes the proposed tools where they were asked for, and says what was refused and what comes next. */
export function handOver(imported: Imported, options: Import, terminal: Terminal): void {
  const { proposals, refused } = imported;
  const complain = (line: string) => terminal.complain(visible(line));
  for (const { operation, reason } of refused) complain(`refused: ${operation}: ${reason}`);
  if (proposals.length === 0) {
    throw new CommandError(`nothing to import: ${refused.length} refused, see above; nothing was written`);
  }
  const file = fileOf(options);
  const text = toolsFile(headingOf(options, imported), proposals);
  if (file !== undefined) write(file, text, options.overwrite === true);
  if (options.json) terminal.print(JSON.stringify(answerOf(imported, file)));
  else if (file === undefined) terminal.print(text.trimEnd());
  complain(
    `${proposals.length} ${proposals.length === 1 ? 'tool' : 'tools'}${file === undefined ? '' : ` in ${file}`}, ${refused.length} refused`,
  );
  for (const line of nextSteps(options)) complain(line);
}

const answerOf = ({ proposals, refused }: Imported, file: string | undefined) => ({
  ...(file !== undefined && { file }),
  tools: proposals.map(({ tool }) => tool),
  notes: Object.fromEntries(proposals.map(({ tool, notes }) => [tool.name, notes])),
  refused,
});

function fileOf({ out, unit, naming, json }: Import): string | undefined {
  if (out === '-' || (json && out === '-')) return undefined;
  if (unit === undefined) {
    throw new CommandError(
      'whose tools are they? Pass --unit: the file goes to units/<unit>/ of the directory',
    );
  }
  const place = unit === COE ? COE : join('units', unit);
  return join(out, place, `${naming.prefix}-tools.yaml`);
}

function write(file: string, text: string, overwrite: boolean): void {
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text, { flag: overwrite ? 'w' : 'wx' });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code !== 'EEXIST') throw error;
    throw new CommandError(`${file} exists: compare it with what --out - prints, or pass --overwrite`);
  }
}

function headingOf({ origin, naming }: Import, { refused }: Imported): string[] {
  const { kind, source, title, server } = origin;
  return [
    `Imported from the ${kind} ${source}${title === source ? '' : ` (${title})`}. Proposed, not reviewed: read what each does before it is confirmed.`,
    ...(server === undefined
      ? []
      : [`It says that it is at ${server}: the baseUrl of System ${naming.system}.`]),
    ...(naming.url === undefined ? ['Nothing is pinned: a change of the description is not noticed.'] : []),
    ...refused.slice(0, 50).map(({ operation, reason }) => `refused: ${operation}: ${reason}`),
    '',
  ];
}

function nextSteps({ unit, out, naming }: Import): string[] {
  const directory = out === '-' ? 'DIR' : out;
  const pinned =
    naming.url === undefined
      ? []
      : [`Their definitions are pinned: when ${naming.url} changes they are in quarantine.`];
  if (unit === COE) {
    return [
      ...pinned,
      'In coe/ they are the centre’s own and need no ToolReview: whoever applies them has reviewed them.',
    ];
  }
  return [
    ...pinned,
    'They are unreviewed until the centre confirms each: a ToolReview in coe/ with its effect, groups and definition.',
    `Next: autonomy plan ${directory} — it names the definition each ToolReview must hold.`,
  ];
}
