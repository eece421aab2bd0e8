import type { ActionRow } from '../../core/action/action.ts';
import type { AgentRow } from '../../core/agent/agent.ts';
import type { Electorate } from '../../core/approval/count-votes.ts';
import { isStandingIn, standInKey, standInRow } from '../../core/approval/stand-in.ts';
import { groupsOf } from '../../core/approval/ways.ts';
import { groupKey, groupRow, personKey, type PersonRow, personRow } from '../../core/governance/person.ts';
import type { Guard } from '../../core/policy/decision.ts';
import { parseRow } from '../../core/row.ts';
import type { Registry } from './registry.ts';

type Reads = Pick<Registry, 'load'>;

/**
 * The people and groups these guards may ask, their stand-ins of this moment, and who must keep out: the sponsor and
 * the person acted for.
 */
export async function loadElectorate(
  registry: Reads,
  guards: readonly Guard[],
  { agent, action, now }: { readonly agent: AgentRow; readonly action: ActionRow; readonly now: Date },
): Promise<Electorate> {
  const stored = await registry.load(groupsOf(guards).map(groupKey));
  const known = stored.filter((row) => row !== undefined).map((row) => parseRow(groupRow, row));
  const groups = known.filter(({ withdrawn }) => !withdrawn);
  const members = [...new Set(groups.flatMap(({ members }) => members))];
  const standIns = await loadStandIns(registry, members, now);
  const ids = [...members, ...standIns.map(({ delegate }) => delegate), agent.sponsor];
  const people = await loadPeople(registry, [...new Set(ids)]);
  const excluded = [agent.sponsor, ...(action.onBehalfOf === undefined ? [] : [action.onBehalfOf])];
  return { people, groups, excluded, standIns };
}

async function loadPeople(registry: Reads, ids: readonly string[]): Promise<readonly PersonRow[]> {
  const found = await registry.load(ids.map(personKey));
  return found.filter((row) => row !== undefined).map((row) => parseRow(personRow, row));
}

async function loadStandIns(registry: Reads, people: readonly string[], now: Date) {
  const found = await registry.load(people.map(standInKey));
  const rows = found.filter((row) => row !== undefined).map((row) => parseRow(standInRow, row));
  return rows.filter((row) => isStandingIn(row, now));
}
