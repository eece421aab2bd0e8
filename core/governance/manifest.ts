import * as z from 'zod';
import { agentManifest } from '../agent/agent.ts';
import { budgetManifest } from '../budget/budget.ts';
import { promotionManifest, releaseWaiverManifest } from '../agent/agent-release.ts';
import { workflowManifest } from '../run/run.ts';
import { administratorManifest, SPONSOR } from './administrator.ts';
import { councilManifest } from './council.ts';
import { describeMisfit } from '../describe-misfit.ts';
import { groupManifest, personManifest } from './person.ts';
import { systemManifest } from './system.ts';
import { toolHash, toolManifest, toolReviewManifest } from './tool.ts';
import { exchangeRatesManifest, roleManifest, unitManifest } from './unit.ts';

/** Every kind of manifest. The centre's kinds are what a unit could dodge guardrails with. */
export const manifest = z.discriminatedUnion('kind', [
  personManifest,
  groupManifest,
  roleManifest,
  exchangeRatesManifest,
  systemManifest,
  toolReviewManifest,
  administratorManifest,
  councilManifest,
  unitManifest,
  agentManifest,
  toolManifest,
  workflowManifest,
  budgetManifest,
  promotionManifest,
  releaseWaiverManifest,
]);
export type Manifest = z.infer<typeof manifest>;
export type Kind = Manifest['kind'];

const centreOnly: readonly Kind[] = [
  ...(['Person', 'Group', 'Role', 'System', 'ToolReview', 'Administrator'] as const),
  ...(['Promotion', 'ReleaseWaiver'] as const),
  'ExchangeRates',
  'Council',
];
const unitOnly: readonly Kind[] = ['BusinessUnit', 'Agent', 'Workflow'];

/** The layer of the centre; every other layer is the unit of that id. */
export const COE = 'coe';

/** A manifest or policy as it came: where it stands, and for whom it speaks. */
export const sourceDocument = z.strictObject({
  file: z.string().max(300),
  line: z.int().min(1),
  layer: z.string().max(63),
  document: z.unknown(),
});
export const sourcePolicy = z.strictObject({
  file: z.string().max(300),
  line: z.int().min(1),
  layer: z.string().max(63),
  text: z.string().max(20_000),
});
export const governanceBody = z.strictObject({
  manifests: z.array(sourceDocument).max(5000),
  policies: z.array(sourcePolicy).max(2000),
  /** Cases shipped with the policies. */
  tests: z.array(sourceDocument).max(2000).default([]),
});
/** A body as clients send it; those that know of no tests send none. */
export type GovernanceBody = z.input<typeof governanceBody>;

/** What is wrong, where, and what to do. */
export type Finding = { readonly file: string; readonly line: number; readonly reason: string };

type ByKind = { readonly [M in Manifest as M['kind']]: M };

/** A manifest and where it stands. */
export type Placed<K extends Kind = Kind> = {
  readonly file: string;
  readonly line: number;
  readonly layer: string;
  readonly manifest: ByKind[K];
};

export const findingAt = ({ file, line }: Pick<Placed, 'file' | 'line'>, reason: string): Finding => ({
  file,
  line,
  reason,
});

/** Reads the documents by their kinds; each that does not fit is a finding that names the field. */
export function readManifests(body: GovernanceBody): {
  readonly placed: Placed[];
  readonly findings: Finding[];
} {
  const placed: Placed[] = [];
  const misfits: { readonly at: z.infer<typeof sourceDocument>; readonly error: z.ZodError }[] = [];
  for (const at of body.manifests) {
    const { file, line, layer, document } = at;
    const parsed = manifest.safeParse(document);
    if (parsed.success) placed.push({ file, line, layer, manifest: parsed.data });
    else misfits.push({ at, error: parsed.error });
  }
  const findings = misfits.map(({ at: { document, ...at }, error }) => {
    const missing = missingDefinition(document, ofKind(placed, 'Tool'));
    return findingAt(at, missing ?? describeMisfit(error, 'manifest', { schema: manifest, document }));
  });
  return { placed, findings: [...findings, ...misplaced(placed), ...repeated(placed)] };
}

const unpinned = toolReviewManifest.extend({ definition: z.null().optional() });

/** What a review still lacks that is whole but for its definition: the hash to write, and of what. */
function missingDefinition(document: unknown, tools: readonly Placed<'Tool'>[]): string | undefined {
  const review = unpinned.safeParse(document);
  if (!review.success) return undefined;
  const of = tools.find(({ manifest }) => manifest.name === review.data.tool);
  if (!of) return `definition: is missing, and there is no tool ${review.data.tool} that would have one`;
  const { kind, ...tool } = of.manifest;
  const place = `${of.file}:${of.line}`;
  return `definition: is missing: look at ${tool.name} (${place}), and if it is what you confirm write definition: ${toolHash(tool, of.layer)}`;
}

function misplaced(placed: readonly Placed[]): Finding[] {
  return placed.flatMap(({ file, line, layer, manifest: { kind, ...rest } }) => {
    if (layer !== COE && centreOnly.includes(kind)) {
      return [{ file, line, reason: `${kind} belongs to the centre: move it to coe/` }];
    }
    if (layer === COE && unitOnly.includes(kind)) {
      return [{ file, line, reason: `${kind} belongs to a unit: move it to units/<unit>/` }];
    }
    if (kind === 'BusinessUnit' && 'id' in rest && rest.id !== layer) {
      return [{ file, line, reason: `unit ${String(rest.id)} stands in the folder of ${layer}` }];
    }
    if (kind === 'BusinessUnit' && layer === SPONSOR) {
      return [{ file, line, reason: `id: ${SPONSOR} is a scope of administrators: name it otherwise` }];
    }
    if (kind === 'BusinessUnit' && layer.startsWith(`${COE}-`)) {
      return [
        { file, line, reason: `id: ${COE}-… is how the centre's policies are called: name it otherwise` },
      ];
    }
    return [];
  });
}

/** What a manifest is called among its kind. */
export function nameOf(manifest: Manifest): string {
  switch (manifest.kind) {
    case 'Tool':
      return manifest.name;
    case 'ToolReview':
      return manifest.tool;
    case 'Promotion':
    case 'ReleaseWaiver':
      return `${manifest.agent} ${manifest.release.version}`;
    default:
      return manifest.id;
  }
}

function repeated(placed: readonly Placed[]): Finding[] {
  const seen = new Map<string, Placed>();
  return placed.flatMap((each) => {
    const key = `${each.manifest.kind} ${nameOf(each.manifest)}`;
    const first = seen.get(key);
    seen.set(key, first ?? each);
    return first
      ? [{ file: each.file, line: each.line, reason: `${key} stands in ${first.file}:${first.line} too` }]
      : [];
  });
}

/** All manifests of a kind. */
export function ofKind<K extends Kind>(placed: readonly Placed[], kind: K): readonly Placed<K>[] {
  return placed.filter((each): each is Placed<K> => each.manifest.kind === kind);
}
