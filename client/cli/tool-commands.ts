import { Command } from 'commander';
import { describeField } from '../../core/governance/describe-difference.ts';
import type { ListedTool, RegisteredTool } from '../admin/tools.ts';
import { connectAdmin } from './connect.ts';
import { importCommand } from './import-commands.ts';
import { signedCommand, type SignedOptions } from './release-commands.ts';
import { type Terminal, visible } from './terminal.ts';

const meaning = `
unreviewed: the centre has not confirmed the tool as it is, so a central rule stops it. quarantined: what is found
where it was imported from is not what was pinned, so nobody may use it until it was imported and reviewed anew, or
the upstream is as it was.
`;

/** `autonomy tools` (the list), `show NAME` and `import`. */
export function toolCommands(terminal: Terminal): Command {
  const list = signedCommand('list', 'list every tool in force').addHelpText('after', meaning);
  list.action(async (options: SignedOptions) => {
    const tools = await connectAdmin(options, terminal).registeredTools();
    if (options.json) terminal.print(JSON.stringify({ tools }));
    else
      for (const each of tools.length > 0 ? tools.flatMap(line) : ['No tools are in force.'])
        terminal.print(each);
  });
  const show = signedCommand('show', 'show one tool: definition, review, what differs upstream')
    .argument('<name>', "the tool's name")
    .addHelpText('after', meaning)
    .action(async (name: string, options: SignedOptions) => {
      const tool = await connectAdmin(options, terminal).registeredTool(name);
      if (options.json) terminal.print(JSON.stringify(tool));
      else for (const each of describe(tool)) terminal.print(visible(each));
    });
  return new Command('tools')
    .description('the registry of tools: list, show, import')
    .addCommand(list, { isDefault: true })
    .addCommand(show)
    .addCommand(importCommand(terminal));
}

function line({ name, unit, owner, stage, version, hash, reviewed, quarantine }: ListedTool): string[] {
  const state = [
    `owner ${owner ?? 'none'}`,
    ...(stage === undefined ? [] : [stage]),
    ...(version === undefined ? [] : [`version ${version}`]),
    hash.slice(0, 12),
    reviewed ? 'reviewed' : 'unreviewed',
    ...(quarantine ? [`quarantined since ${quarantine.since}`] : []),
  ];
  const differs = quarantine ? differences(quarantine).slice(0, 3) : [];
  return [`${name} ${unit}, ${state.join(', ')}`, ...differs].map(visible);
}

function describe(tool: RegisteredTool): string[] {
  const { groups, effect, system, classification, timeoutSeconds, upstream, watched, quarantine } = tool;
  const from = upstream && `${upstream.operation} of ${upstream.url}`;
  return [
    ...line({ ...tool, quarantine: undefined }),
    `title          ${tool.title}`,
    `system         ${system}`,
    `effect         ${effect}, groups ${groups.join(', ')}`,
    `definition     ${tool.hash}`,
    `review         ${reviewLine(tool)}`,
    ...(classification === undefined ? [] : [`data           ${classification}`]),
    `timeout        ${timeoutSeconds} s`,
    ...(upstream ? [`upstream       ${from ?? ''}`, `pinned         ${upstream.hash}`] : []),
    ...(upstream && !quarantine ? [`last look      ${watched ? 'it is as pinned' : 'not seen yet'}`] : []),
    ...(quarantine ? quarantined(tool.name, quarantine) : []),
  ];
}

function reviewLine({ name, reviewed, review, hash, unit }: RegisteredTool): string {
  if (unit === 'coe') return 'the centre’s own';
  if (reviewed) return 'confirmed as it is';
  if (!review) return `none: add a ToolReview of ${name} to coe/ (definition: ${hash})`;
  return `of another definition, effect or groups: look at it, then let its ToolReview hold ${hash}`;
}

type Quarantine = NonNullable<RegisteredTool['quarantine']>;

const quarantined = (name: string, quarantine: Quarantine): string[] => [
  `quarantined    since ${quarantine.since}`,
  ...differences(quarantine),
  `Next: autonomy tools import --only for ${name}, compare, apply, and have its ToolReview name the new definition.`,
];

function differences({ differences: fields, more, upstream }: Quarantine): string[] {
  if (upstream === undefined) return ['  the operation is there no more'];
  if (fields.length === 0)
    return ['  it is another one; it was never seen as pinned, so what differs is not known'];
  const shown = fields.map(
    (field) => `  ${describeField({ before: undefined, after: undefined, ...field })}`,
  );
  return more > 0 ? [...shown, `  and ${more} more`] : shown;
}
