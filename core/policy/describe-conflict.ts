import type { Tool } from '../governance/tool.ts';
import type { Guard } from './decision.ts';
import type { Conflict, ConflictRule } from './find-conflicts.ts';

type Side = {
  readonly rule: ConflictRule;
  readonly effect: 'permit' | 'forbid';
  readonly guard: Guard | undefined;
};

/** A conflict in one sentence: the rules with their places, the tools, and what comes of it. */
export function describeConflict(
  kind: Conflict['kind'],
  tools: readonly Tool[],
  sides: readonly Side[],
): string {
  if (kind === 'same-operation') {
    const each = tools.map(({ name, unit }) => `${name} (of ${unit})`);
    return `${listed(each)} reach the same operation, and a rule on one says nothing of the other`;
  }
  const on = listed(tools.map(({ name }) => name));
  if (kind === 'units-differ') {
    const stops = listed(sides.filter(({ effect }) => effect === 'forbid').map(placeOf));
    const free = listed(sides.filter(({ effect }) => effect === 'permit').map(placeOf));
    return `on the shared ${on} ${stops} stop or hold calls that ${free} of another unit let through`;
  }
  const [permit, stop] = sides;
  if (!permit || !stop) return on;
  const whom = stop.guard?.requires.map(({ group, count }) => `${group}:${count}`).join(', ');
  const what = stop.guard ? `held for ${whom ?? ''}` : 'denied';
  const title = stop.rule.title === stop.rule.id ? '' : `, "${stop.rule.title}",`;
  const comes =
    kind === 'overruled'
      ? `all it permits there is ${what}`
      : `${what} where its conditions hold (not compared)`;
  return `${placeOf(permit)} meets the central ${placeOf(stop)}${title} on ${on}: ${comes}`;
}

const placeOf = ({ rule: { id, file, line } }: Side) => `${id} (${file}:${line})`;

const SHOWN = 4;
function listed(words: readonly string[]): string {
  const more = words.length > SHOWN ? ` and ${words.length - SHOWN} more` : '';
  return `${words.slice(0, SHOWN).join(', ')}${more}`;
}
