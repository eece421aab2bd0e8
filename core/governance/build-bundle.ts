import { canonicalJson } from '../canonical-json.ts';
import { type CaseSource, caseSource, type ReleaseBundle } from '../policy/release.ts';
import { COE, type GovernanceBody, ofKind, type Placed } from './manifest.ts';
import { type Tool, toolHash } from './tool.ts';

const byName =
  <T>(nameOf: (item: T) => string) =>
  (a: T, b: T) =>
    nameOf(a) < nameOf(b) ? -1 : 1;

const sorted = <T extends { readonly id: string }>(items: T[]): T[] => items.sort(byName(({ id }) => id));

/** The id a policy gives itself; policies without one are refused elsewhere, by file and line. */
export function idOf(text: string): string | undefined {
  return /@id\(\s*"([^"]+)"\s*\)/.exec(text)?.[1];
}

/** The release these manifests and policies make; the same content gives the same bundle, whatever the order. */
export function buildBundle(placed: readonly Placed[], body: GovernanceBody, engine: string): ReleaseBundle {
  const reviews = ofKind(placed, 'ToolReview').map(({ manifest }) => manifest);
  const tools = ofKind(placed, 'Tool').map(({ layer, manifest: { kind, ...tool } }): Tool => {
    const review = reviews.find((candidate) => candidate.tool === tool.name);
    const hash = toolHash(tool, layer);
    const same = review?.effect === tool.effect && sameSet(review.groups, tool.groups);
    const confirmed = same && review.definition === hash;
    return { ...tool, unit: layer, hash, reviewed: layer === COE || confirmed };
  });
  const [worth] = ofKind(placed, 'ExchangeRates').map(({ manifest: { kind, ...rates } }) => rates);
  const budgets = ofKind(placed, 'Budget').map(({ layer, manifest: { kind, ...budget } }) => ({
    ...budget,
    layer,
  }));
  const tests = casesOf(body);
  const policies = body.policies.map((source) => ({ id: idOf(source.text) ?? '', ...source }));
  return {
    v: 1,
    engine,
    policies: policies.sort(byName(({ id }) => id)),
    tools: tools.sort(byName(({ name }) => name)),
    reviews: reviews.map(({ kind, ...review }) => review).sort(byName(({ tool }) => tool)),
    systems: sorted(ofKind(placed, 'System').map(({ manifest: { kind, ...system } }) => system)),
    units: sorted(ofKind(placed, 'BusinessUnit').map(({ manifest: { kind, ...unit } }) => unit)),
    ...(worth && { exchangeRates: worth }),
    ...(budgets.length > 0 && { budgets: sorted(budgets) }),
    ...(tests.length > 0 && { tests }),
    roles: sorted(ofKind(placed, 'Role').map(({ manifest: { kind, ...role } }) => role)),
  };
}

/** The cases by layer and name; what is none of them is refused elsewhere, by file and line. */
function casesOf({ tests = [] }: Pick<GovernanceBody, 'tests'>): CaseSource[] {
  const read = tests.flatMap((each) => caseSource.safeParse(each).data ?? []);
  return read.sort(byName(({ layer, document }) => `${layer} ${document.name} ${canonicalJson(document)}`));
}

function sameSet(a: readonly string[], b: readonly string[]): boolean {
  return new Set(a).symmetricDifference(new Set(b)).size === 0;
}
