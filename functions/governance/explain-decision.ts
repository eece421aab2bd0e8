import { actionId, type ActionId } from '../../core/id.ts';
import { actionKey, type ActionRow, actionRow, type Decided } from '../../core/action/action.ts';
import type { Refusal } from '../../core/change.ts';
import { type CompiledRelease, compileRelease } from '../../core/policy/compile-release.ts';
import { decide } from '../../core/policy/decide.ts';
import type { Decision, Guard } from '../../core/policy/decision.ts';
import type { PolicySource } from '../../core/policy/release.ts';
import { parseRow } from '../../core/row.ts';
import type { ApplyDeps } from './apply-governance.ts';

type Said = Pick<Decision, 'outcome' | 'policies'> & { readonly reason?: string };

export type Explanation = Pick<ActionRow, 'agent' | 'tool' | 'status' | 'release' | 'requestedAt'> & {
  readonly action: ActionId;
  readonly asked: Omit<Decided, 'outcome' | 'reason' | 'shadow'>;
  /** What the engine said when it decided, and what it says of the same request under the same release. */
  readonly then: Said;
  readonly now: Said;
  readonly reproduced: boolean;
  /** The policies that determined it, as written. */
  readonly policies: readonly (PolicySource & { readonly title: string })[];
  readonly guards: readonly Guard[];
  /** What would change the answer. */
  readonly detail: string;
};

/** Decides an action's latest decision again, under its own release and with what was recorded then. */
export async function explainDecision(
  { registry, releases }: Pick<ApplyDeps, 'registry' | 'releases'>,
  id: string,
): Promise<Explanation | Refusal<'unknown-action' | 'not-recorded'>> {
  const parsed = actionId.safeParse(id);
  const [stored] = parsed.success ? await registry.load([actionKey(parsed.data)]) : [];
  if (!stored)
    return {
      refused: 'unknown-action',
      detail: 'there is no action of this id: it is the id the door answered with, act_…',
    };
  const row = parseRow(actionRow, stored);
  if (!row.decided)
    return { refused: 'not-recorded', detail: 'it was decided before decisions kept what they were made on' };
  const { release: hash } = row;
  const release = hash === '' ? undefined : compileRelease(await releases.load(hash), hash);
  return explained(row, row.decided, release);
}

function explained(row: ActionRow, decided: Decided, release: CompiledRelease | undefined): Explanation {
  const { id: action, agent, tool, status, requestedAt, policies } = row;
  const { outcome, reason, shadow, ...asked } = decided;
  const decision = release ? decideAgain(row, asked, release) : withoutRelease;
  const then: Said = { outcome, ...(reason !== undefined && { reason }), policies };
  const now: Said = said(decision);
  return {
    ...{ action, agent, tool, status, release: row.release, requestedAt, asked, then, now },
    reproduced: same(then, now),
    policies: decision.policies.flatMap((policy) => textOf(release, policy)),
    guards: decision.outcome === 'hold' ? decision.guards : [],
    detail: whatWouldChange(row, decision, asked.approvals),
  };
}

const withoutRelease: Decision = {
  outcome: 'deny',
  release: '',
  policies: [],
  reason: 'no-release',
  detail: 'no policy release was active: apply one with `autonomy apply`',
};

function decideAgain(row: ActionRow, asked: Explanation['asked'], release: CompiledRelease): Decision {
  const { tool, input, purpose, onBehalfOf, workflow } = row;
  const agent = { id: row.agent, ...asked.agent };
  const { links } = asked;
  return decide(release, {
    agent,
    links,
    tool,
    input,
    purpose,
    onBehalfOf,
    workflow,
    approvals: asked.approvals,
  });
}

const said = (decision: Decision): Said => ({
  outcome: decision.outcome,
  ...(decision.outcome === 'deny' && { reason: decision.reason }),
  policies: decision.policies,
});

const same = (then: Said, now: Said) =>
  then.outcome === now.outcome &&
  then.reason === now.reason &&
  then.policies.join('\n') === now.policies.join('\n');

function textOf(release: CompiledRelease | undefined, id: string): Explanation['policies'] {
  const policy = release?.policies.get(id);
  return policy ? [{ ...policy.source, title: policy.json.annotations?.['title'] ?? id }] : [];
}

/** An obstacle of the agent or its approval stands before policy: it is what has to go first. */
function whatWouldChange(
  { problem, status }: ActionRow,
  decision: Decision,
  approvals: readonly string[],
): string {
  const obstacle =
    status === 'denied' && problem && (decision.outcome !== 'deny' || problem.code !== decision.reason);
  if (obstacle) return `the rules said ${decision.outcome}; what stopped it: ${problem.detail}`;
  if (decision.outcome === 'deny') return decision.detail;
  if (decision.outcome === 'hold') return `needs ${decision.guards.map(needs).join('; ')}`;
  if (approvals.length > 0) return `allowed because people lifted ${approvals.join(', ')}`;
  return 'allowed by a permit that no forbid stands against: a forbid or a guard would change it';
}

const needs = ({ title, requires }: Guard) =>
  `${requires.map(({ group, count }) => `${count} of ${group}`).join(' and ')} (${title})`;
