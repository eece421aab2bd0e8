import { didYouMean } from '../did-you-mean.ts';
import { type Finding, findingAt as at, ofKind, type Placed } from './manifest.ts';

/** The council is of a group there is, with people enough to agree. */
export function checkCouncil(placed: readonly Placed[]): Finding[] {
  const active = ofKind(placed, 'Person').filter(({ manifest }) => manifest.status === 'active');
  const people = new Set(active.map(({ manifest }) => manifest.id));
  const groups = new Map(ofKind(placed, 'Group').map(({ manifest }) => [manifest.id, manifest.members]));
  return ofKind(placed, 'Council').flatMap((council) => {
    const { group, approvals } = council.manifest;
    const members = groups.get(group);
    if (!members)
      return [at(council, `group: there is no group ${group}${didYouMean(group, groups.keys())}`)];
    const able = members.filter((member) => people.has(member)).length;
    if (able >= approvals) return [];
    return [at(council, `approvals: ${approvals} of ${group} can't agree: it has ${able} active members`)];
  });
}
