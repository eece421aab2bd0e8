import type { MetricKey } from '../../cloudwatch/metric.ts';
import { type Names, words } from '../names.ts';
import { DIMENSION_IN_LABEL, type DrawnMetric } from './drawn-metric.ts';

/** The entry's own label, else what sets it apart in its widget, as in CloudWatch: its last dimension or its name. */
export function labelOf(
  { label, source }: DrawnMetric,
  [first]: readonly MetricKey[],
  { all, names }: { readonly all: readonly DrawnMetric[]; readonly names: Names },
): string {
  const dimensions = first?.dimensions ?? {};
  if (label !== undefined) {
    return label.replaceAll(DIMENSION_IN_LABEL, (_, name: string) => dimensions[name] ?? '').trim();
  }
  const name = source.kind === 'metric' ? source.key.name : source.search.name;
  const sameName = all.every((each) => each.source.kind === 'metric' && each.source.key.name === name);
  const last = Object.values(dimensions).at(-1);
  return all.length > 1 && sameName && last !== undefined ? names(last) : words(name);
}
