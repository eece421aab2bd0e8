import type { Component, ComponentsView } from '../admin/components.ts';

const HEADINGS = { tool: 'Tools', step: 'Workflow steps', system: 'Systems', policy: 'Rules' } as const;

/** The catalogue by kind, one component a paragraph. */
export function describeComponents({ release, components }: ComponentsView): string[] {
  if (components.length === 0) return ['Nothing to reuse that you may see: apply a governance directory.'];
  const kinds = [...new Set(components.map(({ kind }) => kind))];
  const lines = kinds.flatMap((kind) => {
    const found = components.filter((each) => each.kind === kind);
    return [`${HEADINGS[kind]} (${found.length})`, ...found.flatMap(describe), ''];
  });
  return [...lines, `Tools, systems and rules as in release ${release?.slice(0, 12) ?? 'none'}.`];
}

function describe(each: Component): string[] {
  return [`  ${each.id}  ${each.title}`, `      whose     ${whose(each)}`, ...details(each)];
}

function whose({ unit, owner, version, definition }: Component): string {
  const answers = owner === undefined ? '' : `, ${owner} answers for it`;
  return `${unit}${answers}; ${version === undefined ? '' : `version ${version}, `}definition ${definition.slice(0, 12)}`;
}

function details(each: Component): string[] {
  switch (each.kind) {
    case 'tool':
      return [
        row('is', toolWords(each)),
        row('serves', each.units.join(', ') || 'no unit yet', each.more['units']),
        row('used by', each.agents.map(useOf).join(', ') || 'nobody', each.more['agents']),
        row('rules', names(each.policies) || 'none', each.more['policies']),
      ];
    case 'step':
      return [
        row(
          'asked by',
          each.workflows.map(({ id, step }) => `${id} (${step})`).join(', ') || 'no workflow',
          each.more['workflows'],
        ),
        row(
          'done by',
          names(each.agents) || 'no agent: its tasks wait until they expire',
          each.more['agents'],
        ),
      ];
    case 'system':
      return [
        row('by', each.connectors.join(', ') || 'no tool yet'),
        row('serves', each.units.join(', ') || 'no unit yet', each.more['units']),
        row('tools', names(each.tools) || 'none', each.more['tools']),
      ];
    case 'policy':
      return [row('is', ruleWords(each)), row('tools', names(each.tools) || 'none', each.more['tools'])];
  }
}

type Of<K extends Component['kind']> = Extract<Component, { kind: K }>;

const row = (name: string, words: string, more = 0) =>
  `      ${name.padEnd(9)} ${words}${more > 0 ? ` and ${more} more` : ''}`;
const names = (list: readonly { readonly id: string }[]) => list.map(({ id }) => id).join(', ');

function toolWords({ effect, groups, system, stage, classification, shared, reviewed }: Of<'tool'>): string {
  const words = [`effect ${effect}`, `groups ${groups.join(' ')}`, `system ${system}`, stage, classification];
  const reach = shared ? 'shared with every unit' : 'its unit’s own';
  return [...words.filter(Boolean), reach, reviewed ? 'reviewed' : 'NOT reviewed'].join(', ');
}

function useOf({ id, unit, lastUsed, permitted }: Of<'tool'>['agents'][number]): string {
  const when = lastUsed === undefined ? 'never yet' : `last ${lastUsed}`;
  return `${id} (${unit}, ${when}${permitted ? '' : ', no longer permitted'})`;
}

function ruleWords({ effect, requires }: Of<'policy'>): string {
  if (effect !== 'guard') return effect;
  return `a guard: ${requires.map(({ group, count }) => `${count} of ${group}`).join(' and ')} lift it`;
}
