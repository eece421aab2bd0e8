import type { Tool } from '@modelcontextprotocol/server';
import { callableName } from '../../../core/callable-name.ts';
import { callableInput } from '../../../core/callable-tool.ts';
import { activeReleaseRow } from '../../../core/policy/release.ts';
import type { CompiledRelease } from '../../../core/policy/compile-release.ts';
import { type UsableTool, usableTools } from '../../../core/policy/usable-tools.ts';
import { parseRow } from '../../../core/row.ts';
import { ownNames, ownTools } from './own-tools.ts';
import type { Desk } from './serve-agent.ts';
import { outputSchema } from './tool-schema.ts';

/** The release in force, if there is one. */
export async function releaseNow({ deps, facts }: Desk): Promise<CompiledRelease | undefined> {
  return facts.active && deps.open(parseRow(activeReleaseRow, facts.active).release);
}

/** Exactly what this agent may use, as `GET /v1/tools` finds it, by name; then what is always there. */
export async function listTools(desk: Desk): Promise<Tool[]> {
  const release = await releaseNow(desk);
  const usable = release ? usableTools(release, desk.facts.agent) : [];
  const listed = usable.map(describe).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return [...listed, ...ownTools];
}

function describe(tool: UsableTool): Tool {
  const { name, title, description, effect, groups, why } = tool;
  const asks = why.guards.map((guard) => guard.title);
  const held = asks.length > 0 && `People may have to agree first: ${asks.join('; ')}.`;
  return {
    name: callableName(name, ownNames),
    title,
    description: [description || title, held].filter((part) => part !== false).join(' '),
    inputSchema: callableInput(tool.input),
    outputSchema: outputSchema(tool),
    annotations: {
      title,
      readOnlyHint: effect === 'read',
      destructiveHint: effect !== 'read' && groups.includes('destructive'),
      idempotentHint: effect === 'read',
    },
  };
}
