import * as z from 'zod';
import { quarantine } from './tool-watch.ts';
import { toolManifest } from './tool.ts';

const { name, title, system, shared, effect, groups } = toolManifest.shape;
const { version, owner, classification, stage, upstream } = toolManifest.shape;

/** A tool of the release in force: whose it is, what of it was confirmed, and whether it may be used. */
export const listedTool = z.object({
  ...{ name, title, system, shared, effect, groups, version, owner, classification, stage },
  unit: z.string(),
  hash: z.string().describe('Names its definition; a ToolReview confirms exactly this one'),
  reviewed: z.boolean(),
  quarantine: quarantine
    .optional()
    .describe('What is found upstream is not what was pinned: nobody may use it'),
});
export type ListedTool = z.infer<typeof listedTool>;

export const registeredTools = z.object({ release: z.string().nullable(), tools: z.array(listedTool) });
export type RegisteredTools = z.infer<typeof registeredTools>;

/** One tool with all its manifest says, and by whom it was confirmed as what. */
export const registeredTool = z.object({
  ...listedTool.shape,
  ...toolManifest.omit({ kind: true }).shape,
  upstream,
  review: z
    .object({ effect: z.string(), groups: z.array(z.string()), definition: z.string().optional() })
    .optional()
    .describe('What the centre confirmed, of this definition or an earlier one'),
  watched: z.boolean().describe('Whether the upstream definition was seen as it is pinned'),
});
export type RegisteredTool = z.infer<typeof registeredTool>;
