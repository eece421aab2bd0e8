import { COE } from '../governance/manifest.ts';
import type { Component, ComponentQuery } from './component-view.ts';

/** Entries of one list; who asks for one component by its id is told more. */
const MOST = { listed: 10, asked: 1000 };

/**
 * The part of the catalogue a caller sees. Whoever acts for the centre sees all of it; everybody else what their units
 * have, what is shared, and the centre's, with no name of another unit's agent, rule or own tool. Owners see who
 * uses what is theirs.
 */
export function seeComponents(
  components: readonly Component[],
  scopes: readonly string[],
  { kind, unit, id }: ComponentQuery,
): readonly Component[] {
  const isAsked = (each: Component) =>
    (kind ?? each.kind) === each.kind && (unit ?? each.unit) === each.unit && (id ?? each.id) === each.id;
  return components
    .filter(isAsked)
    .filter((each) => sees(scopes, each))
    .map((each) => cut(owns(scopes, each) ? each : withoutOthers(scopes, each), id === undefined));
}

type Owned = { readonly unit: string; readonly shared?: boolean };

const owns = (scopes: readonly string[], { unit }: Owned) => scopes.includes(COE) || scopes.includes(unit);

const sees = (scopes: readonly string[], each: Owned) =>
  owns(scopes, each) || each.unit === COE || each.shared === true;

type Lists = 'agents' | 'policies' | 'workflows' | 'tools' | 'units';
const lists: readonly Lists[] = ['agents', 'policies', 'workflows', 'tools', 'units'];

/** Of each list what this caller sees; a unit's name alone is no secret. */
function withoutOthers(scopes: readonly string[], component: Component): Component {
  return mapLists(component, (list, entries) =>
    list === 'units' ? entries : entries.filter((each) => sees(scopes, each as Owned)),
  );
}

function cut(component: Component, shortly: boolean): Component {
  const most = shortly ? MOST.listed : MOST.asked;
  const more: Record<string, number> = {};
  const short = mapLists(component, (list, entries) => {
    if (entries.length > most) more[list] = entries.length - most;
    return entries.slice(0, most);
  });
  return { ...short, more };
}

function mapLists<C extends Component>(
  component: C,
  change: (list: Lists, entries: readonly unknown[]) => readonly unknown[],
): C {
  const held = lists.filter((list) => list in component);
  const changed = held.map((list) => [
    list,
    change(list, Reflect.get(component, list) as readonly unknown[]),
  ]);
  return { ...component, ...(Object.fromEntries(changed) as Partial<C>) };
}
