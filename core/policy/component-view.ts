import * as z from 'zod';
import { requirement } from './decision.ts';

export const componentKinds = ['tool', 'step', 'system', 'policy'] as const;
export type ComponentKind = (typeof componentKinds)[number];

/** Who or what leans on a component, and for whom it speaks. */
const named = z.object({ id: z.string(), unit: z.string() });
const usedBy = z.object({
  ...named.shape,
  sponsor: z.string(),
  lastUsed: z.iso.date().optional().describe('UTC day of its last call; absent when it never called'),
  permitted: z.boolean().describe('Whether a permit opens the tool to it now'),
});
const namedTool = z.object({ ...named.shape, shared: z.boolean() });

const every = {
  id: z.string(),
  title: z.string(),
  unit: z.string().describe('Whose it is: coe, or the unit'),
  owner: z.string().optional().describe('The person who answers for it, where its manifest names one'),
  version: z.string().optional().describe('Its own name for this state of it'),
  definition: z.string().describe('SHA-256 of what it is: another definition is another component'),
  /** How many more each list would name, where it was cut. */
  more: z.record(z.string(), z.int()).default({}),
};

/** Something the company has once and uses often. */
export const viewedComponent = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('tool'),
    ...every,
    system: z.string(),
    effect: z.string(),
    groups: z.array(z.string()),
    stage: z.string().optional(),
    classification: z.string().optional(),
    shared: z.boolean(),
    reviewed: z.boolean(),
    units: z.array(z.string()).describe('Units with an agent to which a permit opens it'),
    agents: z.array(usedBy).describe('Who may use it or did, the latest use first'),
    policies: z.array(named).describe('Rules whose scope takes it in'),
  }),
  z.object({
    kind: z.literal('step'),
    ...every,
    workflows: z.array(z.object({ ...named.shape, step: z.string() })).describe('Where it is a step'),
    agents: z.array(named).describe('Who has the capability'),
  }),
  z.object({
    kind: z.literal('system'),
    ...every,
    connectors: z.array(z.string()),
    units: z.array(z.string()).describe('Units with a tool that reaches it'),
    tools: z.array(namedTool),
  }),
  z.object({
    kind: z.literal('policy'),
    ...every,
    effect: z.enum(['permit', 'forbid', 'guard']),
    requires: z.array(requirement).describe('Of a guard: whose word lifts it'),
    tools: z.array(namedTool).describe('The tools its scope takes in'),
  }),
]);
export type Component = z.infer<typeof viewedComponent>;

export const viewedComponents = z.object({
  release: z.string().nullable().describe('The release in force that holds tools, systems and policies'),
  components: z.array(viewedComponent),
});
export type ComponentsView = z.infer<typeof viewedComponents>;

export const componentQuery = z.strictObject({
  kind: z.enum(componentKinds).optional(),
  unit: z.string().max(63).optional().describe('Whose they are'),
  id: z.string().min(1).max(200).optional().describe('The one of this id, with all that lean on it'),
});
export type ComponentQuery = z.infer<typeof componentQuery>;
