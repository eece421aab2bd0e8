import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { asText, statement, textOf } from './statements.ts';
import { synthesized, type Template } from './synthesis.ts';

const file = (name: string) => join(import.meta.dirname, 'snapshots', `${name}.txt`);

/**
 * A template as a reviewer reads it: references and permissions as text, without what is the same everywhere (tags,
 * hashes of bundles) and what is reviewed where it is written (machines, dashboards).
 */
function readable({ Resources, Outputs }: Template): unknown {
  return JSON.parse(
    JSON.stringify({ Resources, Outputs }, (key, value: unknown) => readableMember(key, value)),
  );
}

const elsewhere = ['Tags', 'Code', 'DefinitionString', 'DashboardBody', 'DependsOn'];

function readableMember(key: string, value: unknown): unknown {
  if (elsewhere.includes(key)) return undefined;
  const text = asText(value);
  if (text !== undefined) return text;
  const { data } = statement.safeParse(value);
  if (!data) return value;
  const { Effect, Action, Resource, Condition } = data;
  const condition = Condition === undefined ? '' : ` if ${JSON.stringify(Condition, readableMember)}`;
  return `${Effect} ${Action.join(', ')} on ${Resource.map(textOf).join(', ')}${condition}`;
}

const asYaml = (value: unknown) => stringify(value, { aliasDuplicateObjects: false, lineWidth: 0 });

/** `path: before → after` for each leaf that is not the same in both. */
function differences(before: unknown, after: unknown, path = ''): readonly string[] {
  if (typeof before === 'object' && before && typeof after === 'object' && after) {
    const [old, young] = [before, after] as Readonly<Record<string, unknown>>[];
    const keys = new Set([...Object.keys(old ?? {}), ...Object.keys(young ?? {})]);
    return [...keys].flatMap((key) => differences(old?.[key], young?.[key], `${path}/${key}`));
  }
  return before === after ? [] : [`${path}: ${JSON.stringify(before)} → ${JSON.stringify(after)}`];
}

describe('the templates', () => {
  const dev = synthesized('dev', { pilot: true });
  const names = ['Data', 'Control', 'Observability', 'Pilot'] as const;

  it.each(names)('change only when somebody means it: %s', async (name) => {
    const template = dev.templates[name];
    if (!template) throw new Error(`there is no stack ${name}`);
    await expect(asYaml(readable(template))).toMatchFileSnapshot(file(name.toLowerCase()));
  });

  it('differ between stages in nothing but what the settings say', async () => {
    const prod = synthesized('prod', { pilot: true });
    const renamed = (text: string) => text.replaceAll('-prod:', '-dev:');
    const lines = names.flatMap((name) => {
      const [a, b] = [dev.templates[name], prod.templates[name]];
      if (!a || !b) throw new Error(`there is no stack ${name}`);
      const young: unknown = JSON.parse(renamed(JSON.stringify(readable(b))));
      return differences(readable(a), young, name);
    });
    await expect(lines.join('\n') + '\n').toMatchFileSnapshot(file('prod'));
  });
});
