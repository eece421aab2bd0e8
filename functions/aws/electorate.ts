import type { ActionRow } from '../../core/action/action.ts';
import { conflictQuestion, isConflictQuestion } from '../../core/action/conflict-question.ts';
import { grantInput, isGrantRequest } from '../../core/action/grant.ts';
import { isProposal, proposalInput } from '../../core/action/proposal.ts';
import { agentKey, type AgentRow, agentRow } from '../../core/agent/agent.ts';
import type { Electorate } from '../../core/approval/count-votes.ts';
import { isStandingIn, standInKey, standInRow } from '../../core/approval/stand-in.ts';
import { groupsOf } from '../../core/approval/ways.ts';
import { groupKey, groupRow, personKey, type PersonRow, personRow } from '../../core/governance/person.ts';
import type { AgentId } from '../../core/id.ts';
import type { Guard } from '../../core/policy/decision.ts';
import { activeReleaseKey, activeReleaseRow } from '../../core/policy/release.ts';
import { parseRow } from '../../core/row.ts';
import type { Registry } from './registry.ts';

type Reads = Pick<Registry, 'load'>;

/** What is asked, as far as it says who must keep out. */
type Acted = Pick<ActionRow, 'agent' | 'tool' | 'input' | 'onBehalfOf' | 'via'>;

/** Hours in which whoever put rules in force may not approve what they allow. */
const AUTHOR_HOURS = 24;

/**
 * The people and groups these guards may ask, their stand-ins of this moment, and who must keep out: the sponsors of
 * the agent and of those that lent it their say, the person acted for, who asked what the system itself asks, and
 * whose rules are in force for less than a day. Who must keep out of a standing grant keeps out of its uses too.
 */
export async function loadElectorate(
  registry: Reads,
  guards: readonly Guard[],
  {
    agent,
    action,
    now,
    keepOut = [],
  }: {
    readonly agent: AgentRow;
    readonly action: Acted;
    readonly now: Date;
    readonly keepOut?: readonly string[];
  },
): Promise<Electorate> {
  const stored = await registry.load(groupsOf(guards).map(groupKey));
  const known = stored.filter((row) => row !== undefined).map((row) => parseRow(groupRow, row));
  const groups = known.filter(({ withdrawn }) => !withdrawn);
  const members = [...new Set(groups.flatMap(({ members }) => members))];
  const standIns = await loadStandIns(registry, members, now);
  const author = await loadAuthor(registry, now);
  const lenders = await loadSponsors(registry, action.via ?? []);
  const others = [...keepOut, ...lenders, ...(await loadAskers(registry, action))];
  const excluded = [agent.sponsor, action.onBehalfOf, author, ...others].filter((who) => who !== undefined);
  const ids = [...members, ...standIns.map(({ delegate }) => delegate), agent.sponsor, author, ...others];
  const named = [...new Set(ids)].filter((id) => id !== undefined);
  return { people: await loadPeople(registry, named), groups, excluded, standIns };
}

/** Who put the rules in force or proposed them, while they are new; nobody when that is not one known person. */
async function loadAuthor(registry: Reads, now: Date): Promise<string | undefined> {
  const [stored] = await registry.load([activeReleaseKey]);
  if (!stored) return undefined;
  const { activatedAt, activatedBy } = parseRow(activeReleaseRow, stored);
  return now.getTime() - Date.parse(activatedAt) < AUTHOR_HOURS * 3_600_000 ? activatedBy : undefined;
}

/**
 * Who must keep out of what the system itself asks: who proposed it, as far as that is known, and who answers for the
 * agent that would gain by it, then and now.
 */
async function loadAskers(registry: Reads, action: Acted): Promise<readonly string[]> {
  if (isProposal(action)) {
    const { proposer } = proposalInput.parse(action.input);
    return proposer === undefined ? [] : [proposer];
  }
  if (isConflictQuestion(action)) return conflictQuestion.parse(action.input).keepOut;
  if (!isGrantRequest(action)) return [];
  const { agent, keepOut } = grantInput.parse(action.input);
  return [...keepOut, ...(await loadSponsors(registry, [agent]))];
}

async function loadSponsors(registry: Reads, agents: readonly AgentId[]): Promise<readonly string[]> {
  const found = await registry.load(agents.map(agentKey));
  return found.flatMap((row) => (row ? [parseRow(agentRow, row).sponsor] : []));
}

async function loadPeople(registry: Reads, ids: readonly string[]): Promise<readonly PersonRow[]> {
  const found = await registry.load(ids.map(personKey));
  return found.filter((row) => row !== undefined).map((row) => parseRow(personRow, row));
}

async function loadStandIns(registry: Reads, people: readonly string[], now: Date) {
  const found = await registry.load(people.map(standInKey));
  const rows = found.filter((row) => row !== undefined).map((row) => parseRow(standInRow, row));
  return rows.filter((row) => isStandingIn(row, now));
}
