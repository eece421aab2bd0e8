import { readSwitches, switchesKey } from '../../core/switch/switch.ts';
import { contain, type SwitchDeps } from './contain.ts';

/**
 * Contains every engaged switch again: those an interruption left open, those a council member engaged, and agents
 * registered since, whose gates no one turned.
 */
export async function containAll(deps: SwitchDeps): Promise<{ readonly contained: number }> {
  const [row] = await deps.registry.load([switchesKey]);
  const { engaged } = readSwitches(row);
  for (const each of engaged) await contain(deps, each, { kind: 'system', id: 'contain-switches' });
  return { contained: engaged.length };
}
