import { didYouMean } from '../did-you-mean.ts';
import { COE, type Finding, findingAt as at, ofKind, type Placed } from './manifest.ts';

/** Whoever administers a unit administers one there is, and somebody acts for the centre. */
export function checkAdministrators(placed: readonly Placed[]): Finding[] {
  const units = new Set<string>(ofKind(placed, 'BusinessUnit').map(({ manifest }) => manifest.id));
  const all = ofKind(placed, 'Administrator');
  const strays = all.filter(({ manifest: { scope } }) => scope !== COE && !units.has(scope));
  const [first] = all;
  const nobody = first && !all.some(({ manifest }) => manifest.scope === COE);
  return [
    ...strays.map((stray) =>
      at(stray, `scope: there is no unit ${stray.manifest.scope}${didYouMean(stray.manifest.scope, units)}`),
    ),
    ...(nobody ? [at(first, 'scope: nobody acts for the centre: add an Administrator of scope coe')] : []),
  ];
}
