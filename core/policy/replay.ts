import { policyToJson } from '@cedar-policy/cedar-wasm/nodejs';
import type { CompiledRelease } from './compile-release.ts';
import { decide } from './decide.ts';
import type { Decision, Guard } from './decision.ts';
import { guardOf } from './guard-of.ts';
import { type RecordedDecision, type UnreadableRecord } from './recorded-decision.ts';
import type { ReleaseBundle } from './release.ts';
import {
  addReports,
  type Flip,
  type FlipKind,
  nothingReplayed,
  type ReplayReport,
  type Said,
} from './replay-report.ts';

/** The guards a release decided by, by id; `undefined` when that release is not to be had. */
export type GuardsOf = (release: string) => ReadonlyMap<string, Guard> | undefined;

/**
 * Decides recorded decisions again under a release nobody needs to decide by, with the facts recorded then, and lists
 * every answer that differs. What can't be decided again is counted by its reason, never left out.
 */
export function replay(
  release: CompiledRelease,
  records: readonly (RecordedDecision | UnreadableRecord)[],
  guardsOf: GuardsOf,
): ReplayReport {
  return records.map((record) => replayOne(release, record, guardsOf)).reduce(addReports, nothingReplayed);
}

function replayOne(
  release: CompiledRelease,
  record: RecordedDecision | UnreadableRecord,
  guardsOf: GuardsOf,
): ReplayReport {
  if ('unreadable' in record) return unreadable(record.unreadable);
  if (!wasEvaluated(record)) return { ...nothingReplayed, undecided: 1 };
  const compared = decideAgain(release, record, guardsOf);
  if ('unreadable' in compared) return unreadable(compared.unreadable);
  const counted = { ...nothingReplayed, decided: 1 };
  const { kind, from, to } = compared;
  if (kind === 'same') return counted;
  const { action, agent, tool, at } = record;
  const flip: Flip = { kind, action, agent, tool, at, from, to };
  return { ...counted, flips: [{ kind, count: 1, examples: [flip] }] };
}

const unreadable = (why: string): ReplayReport => ({ ...nothingReplayed, unreadable: [{ why, count: 1 }] });

/** Without a release, or with one that could not be read, no rule was asked: the door denied by itself. */
function wasEvaluated({ decided, toolHash }: RecordedDecision): boolean {
  return decided.reason !== 'no-release' && !(decided.reason === 'error' && toolHash === '');
}

export type Compared = { readonly kind: FlipKind | 'same'; readonly from: Said; readonly to: Said };

/** The same question as then, put to another release: both answers, and how they differ. */
export function decideAgain(
  release: CompiledRelease,
  record: RecordedDecision,
  guardsOf: GuardsOf,
): Compared | UnreadableRecord {
  const { agent: id, tool, input, purpose, onBehalfOf, workflow, decided } = record;
  const { agent, links, approvals } = decided;
  const request = { agent: { id, ...agent }, links, tool, input, purpose, onBehalfOf, workflow, approvals };
  const from = saidThen(record, guardsOf);
  if (!from) return { unreadable: 'the release it was held under is not to be had' };
  const to = saidNow(decide(release, request));
  return { kind: kindOf(from, to), from, to };
}

/** How two answers to one question differ. */
export function compareDecisions(first: Decision, second: Decision): Compared {
  const [from, to] = [saidNow(first), saidNow(second)];
  return { kind: kindOf(from, to), from, to };
}

function saidThen({ decided, release, policies }: RecordedDecision, guardsOf: GuardsOf): Said | undefined {
  const { outcome, reason } = decided;
  const answer: Said = { outcome, ...(reason !== undefined && { reason }), policies };
  if (outcome !== 'hold') return answer;
  const known = guardsOf(release);
  const guards = policies.map((id) => known?.get(id));
  return guards.every((guard) => guard !== undefined) ? { ...answer, asks: asksOf(guards) } : undefined;
}

function saidNow(decision: Decision): Said {
  const { outcome, policies } = decision;
  return {
    outcome,
    policies: [...policies],
    ...(decision.outcome === 'deny' && { reason: decision.reason, detail: decision.detail }),
    ...(decision.outcome === 'hold' && { asks: asksOf(decision.guards) }),
  };
}

const asksOf = (guards: readonly Guard[]): string[] =>
  guards.map(({ id, requires, expiresSeconds }) => {
    const groups = requires.map(({ group, count }) => `${group}:${count}`).sort();
    return `${id}: ${groups.join(', ')} within ${expiresSeconds / 60} min`;
  });

function kindOf(from: Said, to: Said): FlipKind | 'same' {
  if (from.outcome !== to.outcome) return `${from.outcome}-to-${to.outcome}` as FlipKind;
  const asked = ({ asks = [] }: Said) => [...asks].sort().join('\n');
  return asked(from) === asked(to) ? 'same' : 'hold-otherwise';
}

/** The guards of a bundle, by id: what it asked of people when it held. */
export function guardsIn(bundle: ReleaseBundle): ReadonlyMap<string, Guard> {
  const guards = bundle.policies.flatMap(({ id, text }) => {
    const parsed = policyToJson(text);
    const guard = parsed.type === 'success' ? guardOf(id, parsed.json) : undefined;
    return guard ? [[id, guard] as const] : [];
  });
  return new Map(guards);
}
