import { agentManifest } from '../agent/agent.ts';
import type { ReleaseBundle } from '../policy/release.ts';
import { workflowManifest } from '../run/run.ts';
import { administratorsRow } from './administrator.ts';
import { councilManifest } from './council.ts';
import { COE, type GovernanceBody } from './manifest.ts';
import { groupManifest, personManifest } from './person.ts';
import type { Wanted } from './plan-rows.ts';
import { toolHash } from './tool.ts';
import { unitManifest } from './unit.ts';

/** A live row of a noun that manifests make. */
export type LiveRow = { readonly noun: Wanted['noun']; readonly row: Readonly<Record<string, unknown>> };

type Document = GovernanceBody['manifests'][number];

/** What is live, as the files that would make it; `notes` tell what files could not hold. */
export type Exported = {
  readonly manifests: GovernanceBody['manifests'];
  readonly policies: GovernanceBody['policies'];
  readonly tests: NonNullable<GovernanceBody['tests']>;
  readonly notes: readonly string[];
};

/** Writes live rows and the release in force back as files that `plan` finds nothing to do for. */
export function exportGovernance(rows: readonly LiveRow[], bundle: ReleaseBundle | undefined): Exported {
  const manifests = [...rows.flatMap(({ noun, row }) => documentsOf(noun, row)), ...ofRelease(bundle)];
  const policies = (bundle?.policies ?? []).map(({ id, ...source }) => source);
  return {
    manifests,
    policies: inPlace(policies, '.cedar'),
    tests: inPlace(bundle?.tests ?? [], '.cedar.test.yaml'),
    notes: notesOf(rows, bundle),
  };
}

const files = {
  person: 'people.yaml',
  group: 'groups.yaml',
  unit: 'unit.yaml',
  workflow: 'workflows.yaml',
  agent: 'agents.yaml',
  council: 'council.yaml',
} as const;
const kinds = {
  person: ['Person', personManifest],
  group: ['Group', groupManifest],
  unit: ['BusinessUnit', unitManifest],
  workflow: ['Workflow', workflowManifest],
  agent: ['Agent', agentManifest],
  council: ['Council', councilManifest],
} as const;

function documentsOf(noun: Wanted['noun'], row: LiveRow['row']): Document[] {
  if (noun === 'administrators') {
    const { entries } = administratorsRow.parse(row);
    return entries.map((entry) => place(COE, 'administrators.yaml', { kind: 'Administrator', ...entry }));
  }
  const [kind, schema] = kinds[noun];
  const fields = Object.keys(schema.shape).filter((field) => field !== 'kind' && row[field] !== undefined);
  const content = Object.fromEntries(fields.map((field) => [field, row[field]]));
  const unit = noun === 'unit' ? row['id'] : row['unit'];
  return [place(typeof unit === 'string' ? unit : COE, files[noun], { kind, ...content })];
}

/** What only the release holds: it stands with the layer that owns it. */
function ofRelease(bundle: ReleaseBundle | undefined): Document[] {
  if (!bundle) return [];
  const { roles, systems, reviews, tools, exchangeRates, budgets = [] } = bundle;
  return [
    ...roles.map((role) => place(COE, 'roles.yaml', { kind: 'Role', ...role })),
    ...systems.map((system) => place(COE, 'systems.yaml', { kind: 'System', ...system })),
    ...(exchangeRates ? [place(COE, 'rates.yaml', { kind: 'ExchangeRates', ...exchangeRates })] : []),
    ...(reviews ?? rememberedReviews(tools))
      .map(pinnedBy(tools))
      .map((review) => place(COE, 'reviews.yaml', { kind: 'ToolReview', ...review })),
    ...budgets.map(({ layer, ...budget }) => place(layer, 'budgets.yaml', { kind: 'Budget', ...budget })),
    ...tools.map(({ unit, hash, reviewed, ...tool }) => place(unit, 'tools.yaml', { kind: 'Tool', ...tool })),
  ];
}

/** Releases of before reviews were kept: each tool that passed is confirmed exactly as it is. */
const rememberedReviews = (tools: ReleaseBundle['tools']) =>
  tools
    .filter(({ unit, reviewed }) => reviewed && unit !== COE)
    .map(({ name: tool, effect, groups }) => ({ tool, effect, groups }));

/** Earlier reviews that name no definition held for the tool as it was: they are written as of that one. */
const pinnedBy =
  (tools: ReleaseBundle['tools']) =>
  (review: NonNullable<ReleaseBundle['reviews']>[number]): object => {
    const of = tools.find(({ name }) => name === review.tool);
    if (review.definition !== undefined || !of) return review;
    const { unit, hash, reviewed, ...tool } = of;
    return { ...review, definition: toolHash(tool, unit) };
  };

const folderOf = (layer: string) => (layer === COE ? 'coe' : `units/${layer}`);
const place = (layer: string, file: string, document: object): Document => ({
  file: `${folderOf(layer)}/${file}`,
  line: 1,
  layer,
  document,
});

type Place = { readonly layer: string; readonly file: string; readonly line: number };

/** In the order and the files they stood in, whose names end like this. */
function inPlace<T extends Place>(sources: readonly T[], ending: string): T[] {
  const placed = sources.map((source) => ({ ...source, file: fileOf(source, ending) }));
  return placed.sort((a, b) => (a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1));
}

/** Where something stood, when that is a place of its layer; a file name is a client's word and goes nowhere else. */
function fileOf({ layer, file }: Place, ending: string): string {
  const folder = folderOf(layer);
  const steps = file.split('/');
  const safe = steps.every((step) => /^[\w-][\w.-]*$/.test(step));
  return safe && file.startsWith(`${folder}/`) && file.endsWith(ending)
    ? file
    : `${folder}/policies/policies${ending}`;
}

function notesOf(rows: readonly LiveRow[], bundle: ReleaseBundle | undefined): string[] {
  const suspended = rows.filter(({ noun, row }) => noun === 'agent' && row['suspendedFor'] !== undefined);
  return [
    ...(bundle ? [] : ['no release is in force: there are no policies, tools, systems and roles to export']),
    'comments and variables are in your repository alone: keep them',
    ...(bundle && !bundle.tests
      ? ['no policy tests (.cedar.test.yaml) are live: those of earlier releases are in files alone']
      : []),
    'Promotion and ReleaseWaiver are in the audit log, not in what is live: keep your files of them',
    ...suspended.map(({ row }) => `agent ${String(row['id'])} is written as suspended, which it is for now`),
  ];
}
