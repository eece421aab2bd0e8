import { openConflictQuestion } from '../../core/action/open-conflict-question.ts';
import { type ConflictQuestion, questionIdOf } from '../../core/action/conflict-question.ts';
import { shortened } from '../../core/action/proposal.ts';
import { agentKey, SYSTEM_AGENT } from '../../core/agent/agent.ts';
import { approvalKey, approvalRow } from '../../core/approval/approval.ts';
import { isRefusal, type Refusal } from '../../core/change.ts';
import type { Authority } from '../../core/governance/administrator.ts';
import { checkAuthority } from '../../core/governance/check-authority.ts';
import { type CouncilRow, councilGuard } from '../../core/governance/council.ts';
import { COE, type Finding, type GovernanceBody } from '../../core/governance/manifest.ts';
import { conflictAnswers } from '../../core/policy/conflict-answers.ts';
import type { Conflict } from '../../core/policy/find-conflicts.ts';
import type { ReleaseBundle } from '../../core/policy/release.ts';
import { parseRow } from '../../core/row.ts';
import { decideAndCommit } from '../aws/registry.ts';
import type { ApplyDeps } from './apply-governance.ts';
import { checkGovernance } from './check-governance.ts';
import { loadRulings } from './conflict-rulings.ts';
import { loadActive } from './list-releases.ts';
import { loadAuthority } from './load-scopes.ts';
import { loadSeats } from './load-seats.ts';
import { conflictsOf } from './plan-conflicts.ts';
import type { By } from './plan-governance.ts';
import { nextOf, type Proposal } from './propose.ts';

type No = Refusal<'not-an-administrator' | 'outside-unit' | 'unknown-conflict' | 'no-council' | 'ruled'>;
export type AskedConflict = Required<Pick<Proposal, 'needs' | 'action' | 'approval' | 'expiresAt'>>;

/**
 * Asks the council about a conflict that is found in the directory here, never as a client describes it; while it waits
 * the answer is the same question. Who asks acts for a layer of it, and changed no rule of another layer.
 */
export async function askAboutConflict(
  deps: ApplyDeps,
  { body, id }: { readonly body: GovernanceBody; readonly id: string },
  by: By,
): Promise<AskedConflict | { readonly findings: readonly Finding[] } | No> {
  const checked = checkGovernance(body);
  if (checked.findings.length > 0) return { findings: checked.findings };
  const conflict = conflictsOf(checked).find((each) => each.id === id);
  if (!conflict) return { refused: 'unknown-conflict', detail: unknown(id) };
  const authority = await loadAuthority(deps.registry, by.actor);
  const active = await loadActive(deps.registry);
  const parts = partsOf(conflict, checked.bundle);
  const live = active && partsOf(conflict, await deps.releases.load(active.release));
  const foreign = refuseForeign(authority, parts, live ?? []);
  if (foreign) return foreign;
  const seated = await loadSeats(deps.registry);
  if (!seated) return { refused: 'no-council', detail: founding };
  const input = questionOf(conflict, parts, { askedBy: by.actor.id, person: authority.person });
  return open(deps, { council: seated.council, input, release: active?.release ?? '' }, by);
}

const unknown = (id: string) =>
  `these files have no conflict ${id}: autonomy conflicts lists those they have (another text is another conflict)`;
const founding =
  'there is no council to rule: add a Group and a Council (group, approvals) to coe/ and apply them first';

type Part = {
  readonly noun: 'policy' | 'tool';
  readonly id: string;
  readonly layers: readonly [string];
  readonly text: string;
};

/** What a conflict is between, as a release has it: rules by their texts, or tools by their hashes. */
function partsOf({ rules, tools }: Conflict, bundle: ReleaseBundle): Part[] {
  const ids = rules.map(({ id }) => id);
  const policies = bundle.policies.filter(({ id }) => ids.includes(id));
  if (ids.length > 0)
    return policies.map(({ id, layer, text }): Part => ({ noun: 'policy', id, layers: [layer], text }));
  const reaching = bundle.tools.filter(({ name }) => tools.includes(name));
  return reaching.map(({ name, unit, hash }): Part => ({
    noun: 'tool',
    id: name,
    layers: [unit],
    text: hash,
  }));
}

function refuseForeign(authority: Authority, parts: readonly Part[], live: readonly Part[]): No | undefined {
  const isLive = ({ id, text, layers: [layer] }: Part) =>
    live.some((each) => each.id === id && each.text === text && each.layers[0] === layer);
  const invented = checkAuthority(
    authority,
    [],
    parts.filter((part) => !isLive(part)),
  );
  if (invented) return invented;
  const { scopes } = authority;
  if (scopes.includes(COE) || parts.some(({ layers: [layer] }) => scopes.includes(layer))) return undefined;
  const detail = `you administer ${scopes.join(', ')}, and none of it takes part in this conflict`;
  return { refused: 'outside-unit', detail };
}

function questionOf(
  { id: conflict, kind, detail: about }: Conflict,
  parts: readonly Part[],
  { askedBy, person }: { readonly askedBy: string; readonly person: string | undefined },
): ConflictQuestion {
  const rules = parts.flatMap(({ noun, id, layers: [layer], text }) => [
    `${noun} ${id} (of ${layer})`,
    ...text.split('\n').map((line) => `    ${line}`),
  ]);
  const keepOut = person === undefined ? [] : [person];
  return { conflict, about, ...conflictAnswers[kind], rules: shortened(rules), askedBy, keepOut };
}

const TITLE = 'A conflict between rules needs the word of the council';

async function open(
  { registry }: ApplyDeps,
  asked: { readonly council: CouncilRow; readonly input: ConflictQuestion; readonly release: string },
  by: By,
): Promise<AskedConflict | Refusal<'ruled'>> {
  const { council, input, release } = asked;
  const guard = { ...councilGuard(council), title: TITLE };
  const decided = await decideAndCommit(registry, async () => {
    const ruling = (await loadRulings(registry, [input.conflict])).get(input.conflict);
    if (ruling && ruling.state !== 'waits') {
      const detail = `the council ruled at ${ruling.at}: ${ruling.says}. Another text is another conflict`;
      return { refused: 'ruled', detail } as const;
    }
    const { id, waiting } = await nextOf(registry, (n) => questionIdOf(input.conflict, n));
    if (waiting) return { refused: 'waits', detail: id, waiting } as const;
    const [agent] = await registry.load([agentKey(SYSTEM_AGENT)]);
    const systemAgent = agent ? 'known' : 'missing';
    return openConflictQuestion({ systemAgent, guard }, { id, input, release }, by);
  });
  if (isRefusal(decided) && decided.refused === 'ruled') return decided;
  const { id: action, approval: key } = isRefusal(decided) ? decided.waiting : decided.committed.result;
  const [row] = await registry.load([approvalKey(key ?? '')]);
  const { id: approval, expiresAt } = parseRow(approvalRow, row);
  return { needs: `${council.approvals} of ${council.group}`, action, approval, expiresAt };
}
