import { startWorld, type World } from './door.ts';
import { organisation } from './organisation.ts';

/** The company of `organisation.ts` whose unit may spend so much a day. */
export async function startBudgetedWorld(perDay: string): Promise<World> {
  const world = await startWorld();
  const body = organisation();
  const document = {
    kind: 'Budget',
    id: 'operations-all',
    scope: 'unit:operations',
    currency: 'USD',
    perDay,
  };
  const placed = { file: 'budgets.yaml', line: 1, layer: 'operations', document };
  await world.apply({ ...body, manifests: [...body.manifests, placed] });
  return world;
}
