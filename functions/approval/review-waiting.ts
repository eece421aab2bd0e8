import { actionKey, actionRow } from '../../core/action/action.ts';
import { stoppedBy } from '../../core/action/admission.ts';
import { agentKey, agentRow, SYSTEM_AGENT } from '../../core/agent/agent.ts';
import { approvalKey, approvalRow } from '../../core/approval/approval.ts';
import { overtakenBy, type RulesNow, supersedeApproval } from '../../core/approval/supersede-approval.ts';
import { isRefusal, type Refusal } from '../../core/change.ts';
import { type CompiledRelease, compileRelease } from '../../core/policy/compile-release.ts';
import { activeReleaseKey, activeReleaseRow } from '../../core/policy/release.ts';
import { parseRow } from '../../core/row.ts';
import { readSwitches, switchesKey } from '../../core/switch/switch.ts';
import { errorDetails, type Log } from '../aws/log.ts';
import { decideAndCommit, type Registry, type StoredRow } from '../aws/registry.ts';
import type { Releases } from '../aws/releases.ts';

export type ReviewDeps = {
  readonly registry: Registry;
  readonly releases: Pick<Releases, 'load'>;
  readonly log: Log;
  readonly now: () => Date;
};

/** Held actions looked at, the oldest first; the rest is judged afresh when it is approved. */
const MOST_HELD = 500;

/**
 * Ends every waiting approval whose question was overtaken by the rules, the tool or a kill switch of now, so that
 * nobody decides in vain. Whatever it misses is refused when the approved action is judged afresh.
 */
export async function reviewWaiting(deps: ReviewDeps): Promise<{ superseded: number; failed: number }> {
  const release = await loadActive(deps);
  if (!release) return { superseded: 0, failed: 0 };
  let superseded = 0;
  let failed = 0;
  for (const held of await deps.registry.list('open', 'HELD', MOST_HELD)) {
    try {
      if (await review(deps, held, release)) superseded += 1;
    } catch (error) {
      failed += 1;
      deps.log('error', 'RECONCILE_FAILED', { subject: String(held['pk']), ...errorDetails(error) });
    }
  }
  return { superseded, failed };
}

async function loadActive({ registry, releases }: ReviewDeps): Promise<CompiledRelease | undefined> {
  const [active] = await registry.load([activeReleaseKey]);
  if (!active) return undefined;
  const { release } = parseRow(activeReleaseRow, active);
  return compileRelease(await releases.load(release), release);
}

async function review(deps: ReviewDeps, held: StoredRow, release: CompiledRelease): Promise<boolean> {
  const done = await decideAndCommit(deps.registry, async () => {
    const [stored, switches] = await deps.registry.load([actionKey(String(held['id'])), switchesKey]);
    const action = parseRow(actionRow, stored);
    const [votes, asking] = await deps.registry.load([
      approvalKey(action.approval ?? ''),
      agentKey(action.agent),
    ]);
    const facts = { action, approval: parseRow(approvalRow, votes) };
    const by = { agent: parseRow(agentRow, asking), switches: readSwitches(switches) };
    const stopped = stoppedBy(by, action) ? ('stopped' as const) : undefined;
    const why = stopped ?? overtakenBy(facts, rulesNow(release, action));
    if (action.agent === SYSTEM_AGENT || !why) return nothingToDo;
    return supersedeApproval(facts, why, deps.now());
  });
  return !isRefusal(done);
}

const nothingToDo: Refusal = { refused: 'still-asked', detail: 'it is still the question' };

function rulesNow({ bundle, policies }: CompiledRelease, { tool }: { readonly tool: string }): RulesNow {
  const toolHash = bundle.tools.find(({ name }) => name === tool)?.hash;
  const guards = [...policies.values()].flatMap(({ guard }) => guard ?? []);
  return { guards, toolHash };
}
