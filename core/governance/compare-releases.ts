import { canonicalJson } from '../canonical-json.ts';
import type { CaseSource, ReleaseBundle } from '../policy/release.ts';
import { type FieldDifference, fieldDifferences } from './field-difference.ts';
import { lineDifference } from './line-difference.ts';

/** What becomes of one thing a release holds. */
export type ReleaseDifference = {
  readonly noun:
    'engine' | 'rates' | 'unit' | 'role' | 'system' | 'review' | 'tool' | 'policy' | 'budget' | 'case';
  readonly id: string;
  /** For whom it speaks or spoke: `coe`, or a unit. */
  readonly layers: readonly string[];
  readonly action: 'added' | 'changed' | 'removed';
  readonly fields: readonly FieldDifference[];
  /** A policy's text: lines that went (`- `) and came (`+ `). */
  readonly lines: readonly string[];
};

type Held = {
  readonly noun: ReleaseDifference['noun'];
  readonly id: string;
  readonly layer: string;
  readonly content: Readonly<Record<string, unknown>>;
  readonly text?: string;
};

/** What changes when `after` takes the place of `before`: policy by policy, tool by tool. */
export function compareReleases(
  before: ReleaseBundle | undefined,
  after: ReleaseBundle,
): readonly ReleaseDifference[] {
  const keyed = (bundle: ReleaseBundle | undefined) =>
    new Map(heldBy(bundle).map((each) => [`${each.noun} ${each.id}`, each] as const));
  const [old, now] = [keyed(before), keyed(after)];
  return [...new Map([...old, ...now]).keys()].flatMap((key) => {
    const difference = compare(old.get(key), now.get(key));
    return difference ? [difference] : [];
  });
}

function compare(before: Held | undefined, after: Held | undefined): ReleaseDifference | undefined {
  const some = after ?? before;
  if (!some) return undefined;
  const layers = [...new Set([before?.layer, after?.layer].filter((each) => each !== undefined))];
  const { noun, id } = some;
  if (!before || !after) {
    return { noun, id, layers, action: after ? 'added' : 'removed', fields: [], lines: [] };
  }
  const fields = fieldDifferences(before.content, after.content);
  const lines = before.text === after.text ? [] : lineDifference(before.text ?? '', after.text ?? '');
  if (fields.length === 0 && lines.length === 0) return undefined;
  return { noun, id, layers, action: 'changed', fields, lines };
}

/** What is added as a whole, line by line: a policy's text, or each field. */
export function addedLines(after: ReleaseBundle, { noun, id, action }: ReleaseDifference): string[] {
  const held = heldBy(after).find((each) => each.noun === noun && each.id === id);
  if (action !== 'added' || !held) return [];
  if (held.text !== undefined) return held.text.split('\n');
  return Object.entries(held.content).map(([field, value]) => `${field}: ${canonicalJson(value ?? null)}`);
}

/** Everything a release holds. A tool's hash follows from its fields; where a policy stands is no part of it. */
function heldBy(bundle: ReleaseBundle | undefined): readonly Held[] {
  if (!bundle) return [];
  const {
    engine,
    units,
    roles,
    systems,
    reviews = [],
    tools,
    policies,
    exchangeRates: rates,
    budgets = [],
    tests = [],
  } = bundle;
  return [
    { noun: 'engine', id: 'cedar', layer: 'coe', content: { version: engine } },
    ...(rates ? [{ noun: 'rates', id: rates.id, layer: 'coe', content: rates } as const] : []),
    ...units.map((content): Held => ({ noun: 'unit', id: content.id, layer: content.id, content })),
    ...roles.map((content): Held => ({ noun: 'role', id: content.id, layer: 'coe', content })),
    ...systems.map((content): Held => ({ noun: 'system', id: content.id, layer: 'coe', content })),
    ...reviews.map((content): Held => ({ noun: 'review', id: content.tool, layer: 'coe', content })),
    ...tools.map(({ hash, ...content }): Held => ({
      noun: 'tool',
      id: content.name,
      layer: content.unit,
      content,
    })),
    ...budgets.map(({ layer, ...content }): Held => ({ noun: 'budget', id: content.id, layer, content })),
    ...policies.map(({ id, layer, text }): Held => ({ noun: 'policy', id, layer, content: { layer }, text })),
    ...casesBy(tests),
  ];
}

/** Cases go by layer and name; where several share one they count together. */
function casesBy(tests: NonNullable<ReleaseBundle['tests']>): readonly Held[] {
  const named = Map.groupBy(tests, ({ layer, document }) => `${layer}: ${document.name}`);
  return [...named].map(([id, of]): Held => {
    const [{ layer, document }, ...others] = of as [CaseSource, ...CaseSource[]];
    const content = others.length > 0 ? { cases: of.map((each) => each.document) } : document;
    return { noun: 'case', id, layer, content };
  });
}
