import type { Refusal } from '../change.ts';
import { type Authority, SPONSOR } from './administrator.ts';
import { COE } from './manifest.ts';
import type { Step } from './plan-rows.ts';
import { isSponsors } from './sponsor-scope.ts';

type Change = { readonly layers: readonly string[]; readonly what: string };

/**
 * Whether a caller of these scopes may make these changes: the centre may everything, a unit's administrator what
 * belongs and belonged to that unit alone, a sponsor the agents they answer for. Names what is not theirs.
 */
export function checkAuthority(
  { scopes, person }: Authority,
  steps: readonly Step[],
  release: readonly { readonly noun: string; readonly id: string; readonly layers: readonly string[] }[],
): Refusal<'not-an-administrator' | 'outside-unit'> | undefined {
  if (scopes.includes(COE)) return undefined;
  if (scopes.length === 0) return { refused: 'not-an-administrator', detail: stranger };
  const answers = scopes.includes(SPONSOR) ? person : undefined;
  const changes = [
    ...steps.filter((step) => step.action !== 'none' && !(answers && isSponsors(step, answers))).map(ofStep),
    ...release.map(({ noun, id, layers }): Change => ({ layers, what: `${noun} ${id}` })),
  ];
  const foreign = changes.filter(({ layers }) => !layers.every((layer) => scopes.includes(layer)));
  if (foreign.length === 0) return undefined;
  const named = foreign.slice(0, SHOWN).map(({ what, layers }) => `${what} (of ${layers.join(', ')})`);
  const more = foreign.length > SHOWN ? ` and ${foreign.length - SHOWN} more` : '';
  return {
    refused: 'outside-unit',
    detail: `you administer ${scopes.map((scope) => nameOf(scope, person)).join(', ')}; not yours to change: ${named.join(', ')}${more}. Leave these as they are, or ask the centre to apply`,
  };
}

const SHOWN = 20;
const nameOf = (scope: string, person: string | undefined) =>
  scope === SPONSOR
    ? `the agents ${person ?? 'nobody'} is sponsor of (stage down, recertifyBy, keys, release)`
    : scope;
const stranger =
  'you are no administrator here: the centre adds an Administrator with your principal to coe/ and applies it';

/** A move into production rests on a word of the centre's layer that is kept nowhere else: the centre makes it. */
function ofStep({ noun, id, layers, change }: Step): Change {
  const promoted = change?.events.some(({ data }) => data['evidence'] !== undefined) ?? false;
  return promoted
    ? { layers: [...layers, COE], what: `promotion of ${noun} ${id}` }
    : { layers, what: `${noun} ${id}` };
}
