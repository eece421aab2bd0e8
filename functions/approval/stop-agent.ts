import { isRefusal, type Refusal } from '../../core/change.ts';
import { groupKey, groupRow, personKey, personRow } from '../../core/governance/person.ts';
import { parseRow } from '../../core/row.ts';
import { engageSwitch } from '../../core/switch/engage-switch.ts';
import { switchesKey, switchesRow } from '../../core/switch/switch.ts';
import { decideAndCommit, type Registry } from '../aws/registry.ts';

/** The group whose members may engage a kill switch from an approval page. */
export const COUNCIL = 'council';

/** Whether this person sits on the council now. */
export async function sitsOnCouncil(registry: Pick<Registry, 'load'>, id: string): Promise<boolean> {
  const [group, person] = await registry.load([groupKey(COUNCIL), personKey(id)]);
  if (!group || !person) return false;
  return parseRow(groupRow, group).members.includes(id) && parseRow(personRow, person).status === 'active';
}

/**
 * Engages the kill switch on one agent by one council member's word; the switch's own event has it contained. An
 * agent that is stopped already stays so.
 */
export async function stopAgent(
  { registry, now }: { readonly registry: Registry; readonly now: () => Date },
  { agent, person, reason }: { readonly agent: string; readonly person: string; readonly reason: string },
): Promise<Refusal<'not-on-council' | 'too-many'> | undefined> {
  if (!(await sitsOnCouncil(registry, person))) {
    return { refused: 'not-on-council', detail: 'only members of the council may stop an agent' };
  }
  const engaged = await decideAndCommit(registry, async () => {
    const [row] = await registry.load([switchesKey]);
    const by = { actor: { kind: 'person', id: person } as const, now: now() };
    return engageSwitch(row && parseRow(switchesRow, row), { scope: `agent:${agent}`, reason }, by);
  });
  if (!isRefusal(engaged) || engaged.refused === 'engaged') return undefined;
  return { refused: 'too-many', detail: engaged.detail };
}
