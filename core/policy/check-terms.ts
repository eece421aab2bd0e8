import { assurances, type Requirement, severities } from './decision.ts';
import { expiresOf, isAssurance, isSeverity, parseLadder, parseRequirements } from './guard-of.ts';
import type { Annotations, GroupSizes } from './release-finding.ts';

/** On what terms a guard can be lifted: by groups that exist and are large enough, in time, by words we know. */
export function checkTerms(annotations: Annotations, groups: GroupSizes): string[] {
  const { approval, expires, assurance, severity } = annotations;
  const reasons: string[] = [];
  if (expires !== undefined && expiresOf(expires) === undefined) {
    reasons.push(`@expires "${expires ?? ''}" is no duration from PT1M to P30D`);
  }
  if (assurance !== undefined && !isAssurance(assurance ?? '')) {
    reasons.push(`@assurance "${assurance ?? ''}" is not one of ${assurances.join(', ')}`);
  }
  if (severity !== undefined && !isSeverity(severity ?? '')) {
    reasons.push(`@severity "${severity ?? ''}" is not one of ${severities.join(', ')}`);
  }
  return [...reasons, ...checkQuorum(approval ?? '', groups), ...checkLadder(annotations, groups)];
}

function checkQuorum(approval: string, groups: GroupSizes): string[] {
  const requires = parseRequirements(approval);
  if (!requires?.length) return [`@approval "${approval}" is not of the form "group:count, group:count"`];
  return requires.flatMap((seats) => checkSeats('@approval', seats, groups));
}

function checkLadder({ escalate, expires }: Annotations, groups: GroupSizes): string[] {
  if (escalate === undefined) return [];
  const rungs = parseLadder(escalate ?? '');
  if (!rungs) {
    return [
      `@escalate "${escalate ?? ''}" is not of the form "group:count@PT1H, group:count@PT3H", each later than the one before`,
    ];
  }
  const late = rungs.filter(({ afterSeconds }) => afterSeconds >= (expiresOf(expires) ?? Infinity));
  return [
    ...rungs.flatMap((seats) => checkSeats('@escalate', seats, groups)),
    ...late.map(({ group }) => `@escalate asks ${group} when the time of @expires is over: make it earlier`),
  ];
}

function checkSeats(name: string, { group, count }: Requirement, groups: GroupSizes): string[] {
  const size = Object.hasOwn(groups, group) ? groups[group] : undefined;
  if (size === undefined) return [`${name} names the unknown group ${group}`];
  return size < count ? [`${name} asks for ${count} of ${group}, which has ${size} active people`] : [];
}
