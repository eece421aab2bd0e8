import type { Applied } from '../admin/governance.ts';

type Conflicts = NonNullable<Applied['conflicts']>;

const headings = {
  overruled: 'permits the centre overrules',
  'units-differ': 'units that differ over a shared tool',
  'same-operation': 'tools that reach the same operation',
  meets: 'permits that meet a central rule with conditions',
} as const;

const SHOWN = 5;

const words = { waits: 'waits', approved: 'ruled', denied: 'ruled' } as const;
const described = ({ id, detail, ruling }: Conflicts['list'][number]): string[] => [
  `    ${id} ${detail}`,
  ...(ruling ? [`      ${words[ruling.state]} since ${ruling.at}: ${ruling.says} (${ruling.action})`] : []),
];

/** Conflicts of a plan by their kind, so many of each; `--json` gives all that were found. */
export function describeConflicts({ total, list }: Conflicts, shown = SHOWN): string[] {
  if (total === 0) return [];
  const kinds = Map.groupBy(list, ({ kind }) => kind);
  const lines = [...kinds].flatMap(([kind, group]) => [
    `  ${headings[kind]}: ${group.length}`,
    ...group.slice(0, shown).flatMap(described),
    ...(group.length > shown
      ? [`    … and ${group.length - shown} more (autonomy conflicts lists them)`]
      : []),
  ]);
  const left = total > list.length ? ` (the first ${list.length} are listed)` : '';
  return [`Conflicts: ${total}${left}; none of them keeps you from applying.`, ...lines];
}
