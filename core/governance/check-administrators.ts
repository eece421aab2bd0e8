import { didYouMean } from '../did-you-mean.ts';
import { SPONSOR } from './administrator.ts';
import { COE, type Finding, findingAt as at, ofKind, type Placed } from './manifest.ts';

/** Whoever administers a unit administers one there is, as a person who is there; somebody acts for the centre. */
export function checkAdministrators(placed: readonly Placed[]): Finding[] {
  const units = new Set<string>(ofKind(placed, 'BusinessUnit').map(({ manifest }) => manifest.id));
  const all = ofKind(placed, 'Administrator');
  const strays = all.filter(
    ({ manifest: { scope } }) => scope !== COE && scope !== SPONSOR && !units.has(scope),
  );
  const [first] = all;
  const nobody = first && !all.some(({ manifest }) => manifest.scope === COE);
  return [
    ...strays.map((stray) =>
      at(stray, `scope: there is no unit ${stray.manifest.scope}${didYouMean(stray.manifest.scope, units)}`),
    ),
    ...all.flatMap((each) => checkPerson(each, placed)),
    ...(nobody ? [at(first, 'scope: nobody acts for the centre: add an Administrator of scope coe')] : []),
  ];
}

function checkPerson(administrator: Placed<'Administrator'>, placed: readonly Placed[]): Finding[] {
  const { scope, person } = administrator.manifest;
  const people = new Map(ofKind(placed, 'Person').map(({ manifest }) => [manifest.id, manifest.status]));
  if (person === undefined) {
    const reason = `person: scope ${SPONSOR} is for one person: name whose agents these are`;
    return scope === SPONSOR ? [at(administrator, reason)] : [];
  }
  const status = people.get(person);
  if (status === 'active') return [];
  const reason =
    status === 'left'
      ? `person: ${person} has left: name another, or take this administrator out`
      : `person: there is no person ${person}${didYouMean(person, people.keys())}`;
  return [at(administrator, reason)];
}
