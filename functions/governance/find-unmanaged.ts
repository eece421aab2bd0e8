import * as z from 'zod';
import { listKinds, type Wanted } from '../../core/governance/plan-rows.ts';
import type { Registry } from '../aws/registry.ts';

export type Unmanaged = { readonly noun: Wanted['noun']; readonly id: string };

const listed = z.object({ listKey: z.string() });
const LIMIT = 10_000;

/** Live rows no manifest asks for any more: told, never deleted, because a lost file is not a decision. */
export async function findUnmanaged(
  registry: Pick<Registry, 'list'>,
  wanted: readonly Wanted[],
): Promise<readonly Unmanaged[]> {
  const known = new Set(wanted.map(({ noun, id }) => `${noun} ${id}`));
  const list = async (noun: Wanted['noun'], partition: string): Promise<Unmanaged[]> => {
    const rows = await registry.list('list', partition, LIMIT);
    return rows.map((row) => ({ noun, id: listed.parse(row).listKey }));
  };
  const { agent, ...plain } = listKinds;
  const nouns = Object.entries(plain) as [Exclude<Wanted['noun'], 'agent'>, string][];
  const rows = (await Promise.all(nouns.map(([noun, partition]) => list(noun, partition)))).flat();
  const units = new Set([...rows, ...wanted].flatMap(({ noun, id }) => (noun === 'unit' ? [id] : [])));
  const agents = await Promise.all([...units].map((unit) => list('agent', agent(unit))));
  return [...rows, ...agents.flat()].filter(({ noun, id }) => !known.has(`${noun} ${id}`));
}
