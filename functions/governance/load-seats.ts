import { councilKey, liveCouncil } from '../../core/governance/council.ts';
import { seatedOn, type Seated } from '../../core/governance/council-seats.ts';
import { groupKey, groupRow, personKey, personRow } from '../../core/governance/person.ts';
import { parseRow } from '../../core/row.ts';
import type { Registry } from '../aws/registry.ts';

/** The council that rules now with its members; `undefined` while there is none. */
export async function loadSeats(registry: Pick<Registry, 'load'>): Promise<Seated | undefined> {
  const [row] = await registry.load([councilKey]);
  const council = liveCouncil(row);
  if (!council) return undefined;
  const [group] = await registry.load([groupKey(council.group)]);
  const members = seatedOn(council, group && parseRow(groupRow, group));
  const found = await registry.load(members.map(personKey));
  const people = found.filter((each) => each !== undefined).map((each) => parseRow(personRow, each));
  return { council, members, people };
}
