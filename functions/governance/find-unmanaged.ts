import * as z from 'zod';
import { listKinds, type Wanted } from '../../core/governance/plan-rows.ts';
import { isGone } from '../../core/governance/withdraw-row.ts';
import type { Key } from '../../core/row.ts';
import type { Registry, StoredRow } from '../aws/registry.ts';

export type Unmanaged = { readonly noun: Wanted['noun']; readonly id: string };

/** A row of the list: what it is and where it stands. */
export type Listed = Unmanaged & { readonly key: Key; readonly row: StoredRow };

const listed = z.object({ listKey: z.string(), pk: z.string(), sk: z.string() });
const LIMIT = 10_000;

/** Every listed row of every noun that governance makes, gone ones too. */
export async function listGoverned(
  registry: Pick<Registry, 'list'>,
  moreUnits: readonly string[] = [],
): Promise<readonly Listed[]> {
  const list = async (noun: Wanted['noun'], partition: string): Promise<Listed[]> => {
    const rows = await registry.list('list', partition, LIMIT);
    return rows.map((row) => {
      const { listKey: id, pk, sk } = listed.parse(row);
      return { noun, id, key: { pk, sk }, row };
    });
  };
  const { agent, ...plain } = listKinds;
  const nouns = Object.entries(plain) as [Exclude<Wanted['noun'], 'agent'>, string][];
  const rows = (await Promise.all(nouns.map(([noun, partition]) => list(noun, partition)))).flat();
  const units = new Set([...rows.flatMap(({ noun, id }) => (noun === 'unit' ? [id] : [])), ...moreUnits]);
  const agents = await Promise.all([...units].map((unit) => list('agent', agent(unit))));
  return [...rows, ...agents.flat()];
}

/** Live rows no manifest asks for any more: told, and left alone unless someone prunes. */
export async function findUnmanaged(
  registry: Pick<Registry, 'list'>,
  wanted: readonly Wanted[],
): Promise<readonly Listed[]> {
  const known = new Set(wanted.map(({ noun, id }) => `${noun} ${id}`));
  const units = wanted.flatMap(({ noun, id }) => (noun === 'unit' ? [id] : []));
  const rows = await listGoverned(registry, units);
  return rows.filter(({ noun, id, row }) => !known.has(`${noun} ${id}`) && !isGone(noun, row));
}
