import type { ActionRow } from '../../core/action/action.ts';
import type { AgentRow } from '../../core/agent/agent.ts';
import type { Electorate } from '../../core/approval/count-votes.ts';
import { groupKey, groupRow, personKey, personRow } from '../../core/governance/person.ts';
import type { Guard } from '../../core/policy/decision.ts';
import { parseRow } from '../../core/row.ts';
import type { Registry } from './registry.ts';

/** The people and groups these guards ask, as they are now; sponsor and the person acted for are excluded. */
export async function loadElectorate(
  registry: Pick<Registry, 'load'>,
  guards: readonly Guard[],
  { agent, action }: { readonly agent: AgentRow; readonly action: ActionRow },
): Promise<Electorate> {
  const names = [...new Set(guards.flatMap((guard) => guard.requires.map(({ group }) => group)))];
  const stored = await registry.load(names.map(groupKey));
  const known = stored.filter((row) => row !== undefined).map((row) => parseRow(groupRow, row));
  const groups = known.filter(({ withdrawn }) => !withdrawn);
  const ids = [...new Set([...groups.flatMap(({ members }) => members), agent.sponsor])];
  const found = await registry.load(ids.map(personKey));
  const people = found.filter((row) => row !== undefined).map((row) => parseRow(personRow, row));
  const excluded = [agent.sponsor, ...(action.onBehalfOf === undefined ? [] : [action.onBehalfOf])];
  return { people, groups, excluded };
}
