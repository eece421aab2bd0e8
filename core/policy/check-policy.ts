import type { Clause, PolicyJson } from '@cedar-policy/cedar-wasm/nodejs';
import { checkTerms } from './check-terms.ts';
import type { Annotations, GroupSizes, Parsed, ReleaseFinding } from './release-finding.ts';
import { touchesApprovals } from './touches-approvals.ts';

const known = ['id', 'title', 'description', 'approval', 'expires', 'escalate', 'assurance', 'severity'];
/** Annotations that say how a guard is lifted; on any other policy they would promise what nobody keeps. */
const ofGuards = ['expires', 'escalate', 'assurance', 'severity'];

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
  return known.includes(name) ? [] : [`@${name} is not an annotation we know: use ${known.join(', ')}`];
}

function checkGuard(id: string, json: PolicyJson, groups: GroupSizes): string[] {
  const annotations = json.annotations ?? {};
  const { approval, title } = annotations;
  const mentions = json.conditions.filter(({ body }) => touchesApprovals(body));
  if (approval === undefined) return checkNoGuard(annotations, mentions);
  const reasons: string[] = [];
  if (json.effect !== 'forbid') reasons.push('a guard is a forbid: @approval on a permit would loosen it');
  if (!title) reasons.push('a guard needs @title: approvers read it');
  const liftable = mentions.length === 1 && isOwnLift(mentions[0], id);
  if (!liftable) reasons.push(`a guard ends in exactly: unless { context.approvals.contains("${id}") }`);
  return [...reasons, ...checkTerms(annotations, groups)];
}

function checkNoGuard(annotations: Annotations, mentions: readonly Clause[]): string[] {
  const stray = 'context.approvals belongs to guards, and context is used by its fields';
  const alone = ofGuards.filter((name) => annotations[name] !== undefined);
  return [
    ...(mentions.length > 0 ? [`${stray}: add @approval("group:count")`] : []),
    ...alone.map((name) => `@${name} belongs to guards: add @approval("group:count")`),
  ];
}

/** Exactly `unless { context.approvals.contains("<own id>") }`. */
export function isOwnLift(clause: Clause | undefined, id: string): boolean {
  const lift = {
    contains: { left: { '.': { left: { Var: 'context' }, attr: 'approvals' } }, right: { Value: id } },
  };
  return clause?.kind === 'unless' && JSON.stringify(clause.body) === JSON.stringify(lift);
}
