import type { Tool } from '../governance/tool.ts';

/** Why a tool's own stage denies it, whatever rules say. */
export const toolStops = ['tool-retired', 'tool-in-pilot'] as const;
export type ToolStop = { readonly reason: (typeof toolStops)[number]; readonly detail: string };

/** A retired tool is for nobody, one in pilot for agents in pilot alone; nothing permits around that. */
export function stageStop(
  { name, stage }: Pick<Tool, 'name' | 'stage'>,
  agentStage: string | undefined,
): ToolStop | undefined {
  if (stage === 'retired') {
    return { reason: 'tool-retired', detail: `${name} is retired: ask its owner what took its place` };
  }
  if (stage !== 'pilot' || agentStage === 'pilot') return undefined;
  const detail = `${name} is in pilot, for agents in stage pilot alone; this one is in ${agentStage ?? 'none'}`;
  return { reason: 'tool-in-pilot', detail };
}
