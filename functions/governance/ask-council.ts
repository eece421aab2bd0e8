import { shortened } from '../../core/action/proposal.ts';
import { councilGuard } from '../../core/governance/council.ts';
import { addedLines } from '../../core/governance/compare-releases.ts';
import { describeDifference, describeField } from '../../core/governance/describe-difference.ts';
import type { Step } from '../../core/governance/plan-rows.ts';
import type { ReleaseBundle } from '../../core/policy/release.ts';
import type { Row } from '../../core/row.ts';
import type { ApplyDeps } from './apply-governance.ts';
import type { By, Plan } from './plan-governance.ts';
import { propose, type Proposal } from './propose.ts';

/** What of a plan waits for the council; `undefined` when nothing does. */
export function proposalOf({ rows, release, seated }: Plan): Proposal | undefined {
  if (!seated) return undefined;
  const { group, approvals } = seated.council;
  const changed = release.hash !== release.before;
  const waiting = rows.filter(({ waits }) => waits).map(({ step }) => `${step.noun} ${step.id}`);
  if (!changed && waiting.length === 0) return undefined;
  return { needs: `${approvals} of ${group}`, release: changed, rows: waiting };
}

/** Stores the release and asks the council that rules now; nothing comes into force. */
export async function askCouncil(
  { registry, releases }: ApplyDeps,
  { plan, bundle }: { readonly plan: Plan; readonly bundle: ReleaseBundle },
  by: By,
): Promise<Partial<Proposal>> {
  const { seated, release, rows } = plan;
  if (!seated) return {};
  if (release.hash !== release.before) await releases.store(bundle);
  const steps = rows.filter(({ waits }) => waits).map(({ step }) => step);
  const rules = release.differences.flatMap((difference) => [
    ...describeDifference(difference),
    ...addedLines(bundle, difference).map((line) => `    + ${line}`),
  ]);
  const lines = [...steps.flatMap(describeSeat), ...rules];
  const input = {
    release: release.hash,
    before: release.before ?? '',
    proposedBy: by.actor.id,
    ...(plan.authority.person !== undefined && { proposer: plan.authority.person }),
    changes: shortened(lines),
    seats: steps.flatMap(({ change }) => (change ? [change.result as Row & { readonly id: string }] : [])),
  };
  return propose(registry, { guard: councilGuard(seated.council), input }, by);
}

const describeSeat = ({ noun, id, differences }: Step) => [
  `~ ${noun} ${id}`,
  ...differences.map((field) => `    ${describeField(field)}`),
];
