import type { Clause, PolicyJson } from '@cedar-policy/cedar-wasm/nodejs';
import { parseExpires } from './decision.ts';
import { parseRequirements } from './guard-of.ts';
import type { GroupSizes, Parsed, ReleaseFinding } from './release-finding.ts';
import { touchesApprovals } from './touches-approvals.ts';

const known = ['id', 'title', 'description', 'approval', 'expires'];
const later: Readonly<Record<string, string>> = {
  escalate: 'escalation',
  assurance: 'assurance levels',
  severity: 'severities',
};

/** What one policy must be by itself: named by its layer, annotated in words we know, and a guard only in guard form. */
export function checkPolicy({ source, json }: Parsed, groups: GroupSizes): ReleaseFinding[] {
  const annotations = json.annotations ?? {};
  const reasons = [
    ...checkId(source.id, source.layer, annotations['id']),
    ...Object.keys(annotations).flatMap(checkAnnotation),
    ...checkGuard(source.id, json, groups),
  ];
  return reasons.map((reason) => ({ file: source.file, line: source.line, reason }));
}

function checkId(id: string, layer: string, annotated: string | null | undefined): string[] {
  if (id === '' || annotated !== id) return [`give it @id("${layer}-…") before anything else`];
  return id.startsWith(`${layer}-`) ? [] : [`@id "${id}" must begin with its layer: "${layer}-"`];
}

function checkAnnotation(name: string): string[] {
  if (known.includes(name)) return [];
  return Object.hasOwn(later, name)
    ? [`@${name}: ${later[name]} are not built yet`]
    : [`@${name} is not an annotation we know: use ${known.join(', ')}`];
}

function checkGuard(id: string, json: PolicyJson, groups: GroupSizes): string[] {
  const { approval, expires, title } = json.annotations ?? {};
  const mentions = json.conditions.filter(({ body }) => touchesApprovals(body));
  if (approval === undefined) {
    const stray =
      mentions.length > 0
        ? [
            'context.approvals belongs to guards, and context is used by its fields: add @approval("group:count")',
          ]
        : [];
    return expires === undefined
      ? stray
      : [...stray, '@expires belongs to guards: add @approval("group:count")'];
  }
  const reasons: string[] = [];
  if (json.effect !== 'forbid') reasons.push('a guard is a forbid: @approval on a permit would loosen it');
  if (!title) reasons.push('a guard needs @title: approvers read it');
  if (expires !== undefined && parseExpires(expires) === undefined) {
    reasons.push(`@expires "${expires}" is no duration from PT1M to P30D`);
  }
  const liftable = mentions.length === 1 && isOwnLift(mentions[0], id);
  if (!liftable) reasons.push(`a guard ends in exactly: unless { context.approvals.contains("${id}") }`);
  return [...reasons, ...checkQuorum(approval, groups)];
}

function checkQuorum(approval: string, groups: GroupSizes): string[] {
  const requires = parseRequirements(approval);
  if (!requires?.length) return [`@approval "${approval}" is not of the form "group:count, group:count"`];
  return requires.flatMap(({ group, count }) => {
    const size = Object.hasOwn(groups, group) ? groups[group] : undefined;
    if (size === undefined) return [`@approval names the unknown group ${group}`];
    return size < count ? [`@approval asks for ${count} of ${group}, which has ${size} active people`] : [];
  });
}

/** Exactly `unless { context.approvals.contains("<own id>") }`. */
export function isOwnLift(clause: Clause | undefined, id: string): boolean {
  const lift = {
    contains: { left: { '.': { left: { Var: 'context' }, attr: 'approvals' } }, right: { Value: id } },
  };
  return clause?.kind === 'unless' && JSON.stringify(clause.body) === JSON.stringify(lift);
}
