import type { Applied } from '../admin/governance.ts';

type Conflicts = NonNullable<Applied['conflicts']>;

const headings = {
  overruled: 'permits the centre overrules',
  'units-differ': 'units that differ over a shared tool',
  'same-operation': 'tools that reach the same operation',
  meets: 'permits that meet a central rule with conditions',
} as const;

const SHOWN = 5;

/** Conflicts of a plan by their kind, so many of each; `--json` gives all that were found. */
export function describeConflicts({ total, list }: Conflicts): string[] {
  if (total === 0) return [];
  const kinds = Map.groupBy(list, ({ kind }) => kind);
  const lines = [...kinds].flatMap(([kind, group]) => [
    `  ${headings[kind]}: ${group.length}`,
    ...group.slice(0, SHOWN).map(({ id, detail }) => `    ${id} ${detail}`),
    ...(group.length > SHOWN ? [`    … and ${group.length - SHOWN} more (--json lists them)`] : []),
  ]);
  const left = total > list.length ? ` (the first ${list.length} are listed)` : '';
  return [`Conflicts: ${total}${left}; none of them keeps you from applying.`, ...lines];
}
