import { personKey, type PersonRow, personRow } from '../../../core/governance/person.ts';
import { parseRow } from '../../../core/row.ts';
import type { Registry } from '../../aws/registry.ts';

const PEOPLE = 10_000;
const KEPT_MS = 30_000;

export type FindPerson = (email: string) => Promise<PersonRow | undefined>;

/**
 * The active person of an address, which is one person's alone. The index of people names a candidate and is kept for
 * half a minute, so that strangers can't have it read at will; the person's row of now decides.
 */
export function createFindPerson(registry: Pick<Registry, 'load' | 'list'>, now: () => Date): FindPerson {
  let kept: { readonly until: number; readonly ids: ReadonlyMap<string, string> } | undefined;
  const idsByAddress = async () => {
    if (kept && now().getTime() < kept.until) return kept.ids;
    const rows = await registry.list('list', 'PERSON', PEOPLE);
    const people = rows.map((row) => parseRow(personRow, row)).filter(({ status }) => status === 'active');
    const ids = new Map(people.map(({ id, email }) => [email, id]));
    kept = { until: now().getTime() + KEPT_MS, ids };
    return ids;
  };
  return async (email) => {
    const address = email.trim().toLowerCase();
    const id = (await idsByAddress()).get(address);
    const [stored] = await registry.load([personKey(id ?? 'nobody')]);
    const person = id === undefined || !stored ? undefined : parseRow(personRow, stored);
    return person?.status === 'active' && person.email === address ? person : undefined;
  };
}
