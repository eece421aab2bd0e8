import * as z from 'zod';
import { actor } from '../event.ts';
import { agentId, name, toolName } from '../id.ts';
import { parseRow, rowBase } from '../row.ts';

/** What a kill switch stops, as one word: `everything`, `unit:operations`, `agent:agt_buyer`, `tool:erp.pay`, … */
export const switchScope = z.string().superRefine((text, context) => {
  const [kind = '', id = ''] = split(text);
  const schema = scopeIds[kind as keyof typeof scopeIds];
  const known = text === 'everything' || (Object.hasOwn(scopeIds, kind) && schema.safeParse(id).success);
  if (!known) context.addIssue(`${text} is no scope: write everything, or one of ${kinds} with an id`);
});

const scopeIds = { unit: name, role: name, agent: agentId, tool: toolName, workflow: name } as const;
const kinds = Object.keys(scopeIds)
  .map((kind) => `${kind}:`)
  .join(', ');

const split = (text: string) => {
  const at = text.indexOf(':');
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
};

export type ScopeKind = 'everything' | keyof typeof scopeIds;

/** A scope's two parts. */
export function partsOf(scope: string): { readonly kind: ScopeKind; readonly id: string } {
  const [kind = '', id = ''] = split(scope);
  return { kind: kind as ScopeKind, id };
}

/**
 * One engaged switch. It is contained once every gate in its scope demands decisions made after it was engaged;
 * restoring it takes two people, a drill's one.
 */
export const engagedSwitch = z.object({
  scope: switchScope,
  reason: z.string(),
  engagedBy: actor,
  engagedAt: z.iso.datetime(),
  /** The switches' version that engaged it. */
  since: z.int().min(1),
  containedAt: z.iso.datetime().optional(),
  /** Agents whose gates were turned. */
  agents: z.int().min(0).optional(),
  drill: z.boolean().optional(),
  /** The first of the two who want it restored. */
  restore: z.object({ by: actor, at: z.iso.datetime(), reason: z.string() }).optional(),
});
export type EngagedSwitch = z.infer<typeof engagedSwitch>;

/** All engaged switches: one row, so that every decision reads them with one key. */
export const switchesRow = z.object({ ...rowBase, engaged: z.array(engagedSwitch) });
export type SwitchesRow = z.infer<typeof switchesRow>;
export const switchesKey = { pk: 'SWITCHES', sk: 'SWITCHES' } as const;

/** The switches a decision was made on. */
export type Switches = Pick<SwitchesRow, 'version' | 'engaged'>;
export const noSwitches: Switches = { version: 0, engaged: [] };

/** The switches as their row says; before the first was ever engaged there is no row. */
export const readSwitches = (stored: unknown): Switches =>
  stored === undefined ? noSwitches : parseRow(switchesRow, stored);

/** Whom and what a switch may cover; what is absent is covered by no switch of that kind. */
export type Covered = {
  readonly agent?: string;
  readonly unit: string;
  readonly roles?: readonly string[];
  readonly tool?: string | undefined;
  readonly workflow?: string | undefined;
};

/** The first engaged switch that covers this; `undefined` when none does. */
export function coveringSwitch(
  { engaged }: Pick<Switches, 'engaged'>,
  covered: Covered,
): EngagedSwitch | undefined {
  return engaged.find(({ scope }) => covers(scope, covered));
}

function covers(scope: string, { agent, unit, roles = [], tool, workflow }: Covered): boolean {
  const { kind, id } = partsOf(scope);
  switch (kind) {
    case 'everything':
      return true;
    case 'unit':
      return id === unit;
    case 'role':
      return roles.includes(id);
    case 'agent':
      return id === agent;
    case 'tool':
      return id === tool;
    case 'workflow':
      return id === workflow;
  }
}
