import { shownOf } from '../../../core/action/action.ts';
import type { PersonRow } from '../../../core/governance/person.ts';
import { mayDecideInChat } from '../../../core/approval/chat.ts';
import type { Severity } from '../../../core/policy/decision.ts';
import { visibleText } from '../../../core/visible-text.ts';
import type { ApprovalFacts } from '../../aws/load-approval.ts';
import { inputFacts, seatsOf } from '../describe-request.ts';
import { shownPreview } from '../shown-preview.ts';
import { zonedTime } from '../zoned-time.ts';
import { actions, type Block, button, clip, escaped, header, section } from './blocks.ts';
import { writeValue } from './button-value.ts';

/** What a message shows of a request at most; a longer one is decided where all of it can be seen. */
const CHARACTERS = 5000;
const ONE_TEXT = 2900;
const TEXTS = 36;

export type SlackView = { readonly ceiling: Severity; readonly apiUrl: string };
/** Whom a message is for: their id and zone. */
export type Reader = Pick<PersonRow, 'id' | 'timeZone'>;
export type SlackMessage = { readonly text: string; readonly blocks: readonly Block[] };

/** The message as it should stand now for one person; buttons only where their word would count. */
export function slackMessage(facts: ApprovalFacts, to: Reader, view: SlackView): SlackMessage {
  const { approval } = facts;
  const title = titles[approval.status];
  const text = escaped(`${title}: ${approval.tool}, asked by ${approval.agent}`);
  const told = toldOf(facts, to);
  return {
    text: clip(text, 300),
    blocks: [header(title), ...told.texts.map(section), ...endOf(facts, to, { ...view, whole: told.whole })],
  };
}

const titles: Readonly<Record<ApprovalFacts['approval']['status'], string>> = {
  pending: 'Please decide',
  approved: 'Approved',
  denied: 'Denied',
  expired: 'Expired: nobody decided in time',
  withdrawn: 'Withdrawn by the requester',
  unreachable: 'Ended: nobody who may decide could be reached',
  superseded: 'Superseded: it is no longer the question',
};

/** Why a request can't be decided by a button in the chat; `undefined` where it can. */
export function whyNotHere(facts: ApprovalFacts, to: Reader, ceiling: Severity): string | undefined {
  if (!mayDecideInChat(facts.approval.guards, ceiling))
    return 'this is too grave to be decided in Slack: use your inbox or the link in your mail';
  if (!toldOf(facts, to).whole)
    return 'this is too long to be shown in Slack: use your inbox or the link in your mail';
  return undefined;
}

/** Everything a decision rests on, as texts within Slack's limits, and whether nothing had to be left out. */
function toldOf(facts: ApprovalFacts, to: Reader) {
  const { action, agent, approval } = facts;
  const until = zonedTime(approval.expiresAt, to.timeZone);
  const now = shownPreview(facts, { view: 'full', timeZone: to.timeZone });
  const all = [
    `${visibleText(agent.name)} (${agent.id}, unit ${agent.unit}, sponsor ${agent.sponsor}) asks to use ${action.tool}.`,
    `Rule: ${approval.guards.map(({ title }) => visibleText(title)).join('; ')}\nNeeded: ${seatsOf(facts).join(', ')}\nUntil: ${until}`,
    ...(action.onBehalfOf === undefined ? [] : [`For: ${visibleText(action.onBehalfOf)}`]),
    ...inputFacts(shownOf(action)).map(({ field, value }) => `${field}: ${value}`),
    ...(now ? [`What is there now. ${now.said}`] : []),
    ...(now?.shown?.facts ?? []).map(({ field, value }) => `Now: ${field}: ${value}`),
    `Why, in the agent’s own words, which nobody checked:\n${visibleText(action.purpose, 'lines')}`,
  ];
  const texts: string[] = [];
  let left = CHARACTERS;
  for (const text of all.slice(0, TEXTS)) {
    const shown = clip(text, Math.min(ONE_TEXT, left));
    if (shown) texts.push(shown);
    left -= shown.length;
  }
  return { texts, whole: all.length <= TEXTS && all.every((text, n) => texts[n] === text) };
}

type End = SlackView & { readonly whole: boolean };

function endOf(facts: ApprovalFacts, to: Reader, { ceiling, apiUrl, whole }: End): readonly Block[] {
  const { approval } = facts;
  const cut = whole ? [] : [section('This is not all of it: your inbox shows everything.')];
  const votes = votesOf(facts);
  if (approval.status !== 'pending') return [...cut, ...votes];
  const round = approval.asked?.[to.id]?.round;
  const inbox = button({
    action: 'open',
    label: 'Open in the inbox',
    url: `${apiUrl}/inbox/approvals/${approval.id}`,
  });
  const voted = approval.votes.some(({ person }) => person === to.id);
  if (voted || round === undefined) return [...cut, ...votes, actions(inbox)];
  const why = whyNotHere(facts, to, ceiling);
  if (why !== undefined) return [...cut, ...votes, section(`To decide: ${why}.`), actions(inbox)];
  const value = writeValue(approval, round);
  return [
    ...votes,
    actions(
      button({ action: 'approve', label: 'Approve', value, style: 'primary' }),
      button({ action: 'deny', label: 'Deny', value, style: 'danger' }),
      inbox,
    ),
  ];
}

/** Who decided so far, the newest last; reasons are people's own words. */
function votesOf({ approval }: ApprovalFacts): readonly Block[] {
  const lines = approval.votes.map(({ person, decision, reason }) => {
    const said = decision === 'approve' ? 'approved' : 'denied';
    return `${person} ${said}${reason === undefined ? '' : `: ${clip(visibleText(reason), 300)}`}`;
  });
  return lines.length === 0 ? [] : [section(clip(lines.slice(-20).join('\n'), 700))];
}
