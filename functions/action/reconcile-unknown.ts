import * as z from 'zod';
import type { ActionRow } from '../../core/action/action.ts';
import { bySystem } from '../../core/action/action-row.ts';
import { settleUnknown } from '../../core/action/settle-unknown.ts';
import { decideAndCommit } from '../aws/registry.ts';
import { loadAction, type RunDeps } from './run-action.ts';

/** What a reconcile tool answers: whether the call took effect, and what it answered. */
const found = z.object({ effect: z.boolean(), output: z.unknown().optional() });

/**
 * Asks the system itself what became of a call whose answer was lost, by the reconcile tool of the tool that was
 * called. Whatever it does not say plainly leaves the action as unknown as it was.
 */
export async function reconcileUnknown(deps: RunDeps, left: ActionRow): Promise<ActionRow> {
  const { bundle } = await deps.open(left.release);
  const called = bundle.tools.find(({ name, hash }) => name === left.tool && hash === left.toolHash);
  const tool = bundle.tools.find(({ name, effect }) => name === called?.reconcile && effect === 'read');
  if (!tool) return left;
  const system = bundle.systems.find(({ id }) => id === tool.system);
  const input = { action: left.id, input: left.input };
  const outcome = await deps.callTool({ tool, system, input, idempotencyKey: left.id });
  const answer = found.safeParse(outcome.status === 'succeeded' ? outcome.output : undefined);
  if (!answer.success) return left;
  const { effect, output } = answer.data;
  const reason = `${tool.name} says that it ${effect ? 'took effect' : 'did not take effect'}`;
  await decideAndCommit(deps.registry, async () => {
    const row = await loadAction(deps.registry, left.id);
    return settleUnknown(row, { effect, output, reason }, bySystem('reconcile', deps.now()));
  });
  return loadAction(deps.registry, left.id);
}
