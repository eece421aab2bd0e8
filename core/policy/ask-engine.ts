import { type Context, statefulIsAuthorized } from '@cedar-policy/cedar-wasm/nodejs';
import type { Tool } from '../governance/tool.ts';
import type { DecisionRequest } from './decision.ts';
import { agentEntity, toolEntity, uid, unitEntity } from './entities.ts';
import { namedContext, namedEntity } from './named.ts';
import type { ReleaseBundle } from './release.ts';
import type { Slice } from './slice.ts';

/** A request whose context has been made; `context.approvals` are the guards that count as lifted. */
export type Question = {
  readonly agent: DecisionRequest['agent'];
  readonly tool: Tool;
  readonly context: Context;
};

/** What the engine says: its decision, the policies that determined it, and whether any could not be evaluated. */
export type Answer = {
  readonly allowed: boolean;
  readonly reasons: readonly string[];
  readonly failed: boolean;
};

/**
 * Asks the engine with as little as decides alike, since its cost is linear in what it is given: the policies of the
 * slice, and of entities and context what one of them names. No schema goes along: publishing held the policies to it, and
 * context and entities are made to it (docs/adr/0018-ask-with-what-is-named.md).
 */
export function askEngine(
  units: ReleaseBundle['units'],
  slice: Slice,
  { agent, tool, context }: Question,
): Answer {
  const around = [agentEntity(agent), unitEntity(units, agent.unit), toolEntity(tool)];
  const answer = statefulIsAuthorized({
    principal: uid('Agent', agent.id),
    action: uid('Action', tool.name),
    resource: uid('Tool', tool.name),
    context: namedContext(slice.named, context),
    preparsedPolicySetId: slice.name,
    entities: [...around.flatMap((entity) => namedEntity(slice.named, entity)), ...slice.actions],
  });
  if (answer.type === 'failure') return { allowed: false, reasons: [], failed: true };
  const { decision, diagnostics } = answer.response;
  const failed = diagnostics.errors.length > 0;
  return { allowed: decision === 'allow' && !failed, reasons: [...diagnostics.reason].sort(), failed };
}
