import { actionKey, type ActionRow, actionRow, type Decided } from '../../core/action/action.ts';
import { isRefusal, type Refusal } from '../../core/change.ts';
import { actionId } from '../../core/id.ts';
import type { RecordedDecision } from '../../core/policy/recorded-decision.ts';
import { type Compared, decideAgain } from '../../core/policy/replay.ts';
import { parseRow } from '../../core/row.ts';
import { loadActive } from './list-releases.ts';
import { createPastGuards, openCandidate } from './open-candidate.ts';
import type { ReplayDeps } from './replay-routes.ts';

export type ReplayedDecision = Pick<ActionRow, 'agent' | 'tool' | 'requestedAt'> &
  Compared & {
    readonly action: string;
    /** The release it was decided under, and the one it was decided again under. */
    readonly releases: { readonly from: string; readonly to: string };
  };

type No = Refusal<'unknown-action' | 'unknown-release' | 'not-recorded'>;

/** Decides an action's latest decision again under a stored release; under the one in force when none is named. */
export async function replayDecision(
  deps: ReplayDeps,
  id: string,
  named: string | undefined,
): Promise<ReplayedDecision | No> {
  const row = await loadAction(deps, id);
  if (!row)
    return { refused: 'unknown-action', detail: 'there is no action of this id: it begins with act_' };
  if (!row.decided)
    return { refused: 'not-recorded', detail: 'it was decided before decisions kept what they were made on' };
  const hash = named ?? (await loadActive(deps.registry))?.release ?? '';
  const release = await openCandidate(deps, hash);
  if (isRefusal(release)) return release;
  const guards = createPastGuards(deps);
  await guards.load([row.release]);
  const compared = decideAgain(release, recordOf(row, row.decided), guards.of);
  if ('unreadable' in compared) return { refused: 'not-recorded', detail: compared.unreadable };
  const { agent, tool, requestedAt, release: from } = row;
  return { action: row.id, agent, tool, requestedAt, releases: { from, to: hash }, ...compared };
}

async function loadAction({ registry }: ReplayDeps, id: string): Promise<ActionRow | undefined> {
  const parsed = actionId.safeParse(id);
  const [stored] = parsed.success ? await registry.load([actionKey(parsed.data)]) : [];
  return stored && parseRow(actionRow, stored);
}

function recordOf(row: ActionRow, decided: Decided): RecordedDecision {
  const { pk: subject, version, requestedAt: at, id: action, agent, tool, toolHash, input } = row;
  const { purpose, onBehalfOf, workflow, release, policies } = row;
  const request = { action, agent, tool, toolHash, input, purpose, onBehalfOf, workflow };
  return { v: 1, subject, version, at, ...request, release, policies, decided };
}
