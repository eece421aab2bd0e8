import { shownOf } from '../../core/action/action.ts';
import { html } from 'hono/html';
import type { PersonRow } from '../../core/governance/person.ts';
import { visibleText } from '../../core/visible-text.ts';
import type { ApprovalFacts } from '../aws/load-approval.ts';
import type { Mail } from '../aws/mail.ts';
import { cut, type Fact, seatsOf, summaryOf } from './describe-request.ts';
import { handedOn } from './handed-on.ts';
import { shownInput } from './shown-input.ts';
import { shownPreview } from './shown-preview.ts';
import { zonedTime } from './zoned-time.ts';

/** The mail that asks one person: who, what, why, which rule, until when, and their own link. No images, no tracking. */
export async function approvalMail(facts: ApprovalFacts, to: PersonRow, link: string): Promise<Mail> {
  const subject = cut(`Please decide: ${summaryOf(facts)}`, 200);
  const told = linesOf(facts, to, link);
  const page = await htmlOf(told, link);
  return { to: to.email, subject, text: textOf(told, link), html: page.toString() };
}

/** What both forms of the mail say, each line made visible. */
function linesOf(facts: ApprovalFacts, to: PersonRow, link: string) {
  const { approval, action, agent } = facts;
  const { facts: fields, whole } = shownInput(shownOf(action), 'short');
  const now = shownPreview(facts, { view: 'short', timeZone: to.timeZone });
  const all = whole && now?.shown?.whole !== false;
  const until = zonedTime(approval.expiresAt, to.timeZone);
  const ladder = approval.guards.flatMap(({ escalate = [] }) => escalate);
  const escalations = ladder.map(({ group, count, afterSeconds }) => {
    const at = new Date(Date.parse(approval.openedAt) + afterSeconds * 1000).toISOString();
    return `If nobody decides, it escalates at ${zonedTime(at, to.timeZone)} to ${count} of ${group}.`;
  });
  return {
    agent: visibleText(agent.name),
    asks: `(${agent.id}, unit ${agent.unit}, sponsor ${agent.sponsor}) asks to do this:`,
    fields: [{ field: 'tool', value: action.tool }, ...fields],
    now: now ? [{ said: `What is there now. ${now.said}`, fields: now.shown?.facts ?? [] }] : [],
    cut: all ? [] : ['This is not all of it: the page shows everything.'],
    for: [
      ...(action.onBehalfOf === undefined ? [] : [`For: ${visibleText(action.onBehalfOf)}`]),
      ...(action.via === undefined ? [] : [`Via: ${handedOn(action)}`]),
    ],
    purpose: visibleText(action.purpose),
    rule: `Rule: ${approval.guards.map(({ title }) => visibleText(title)).join('; ')}`,
    signIn: approval.guards.some(({ assurance }) => assurance === 'signed-in')
      ? [
          `To approve it, sign in to your inbox, ${new URL('/inbox', link).href}; by the link above you can deny it.`,
        ]
      : [],
    needed: `Needed: ${seatsOf({ approval }).join(', ')}`,
    until,
    nothing: [...escalations, `If nobody decides until ${until}, nothing is carried out.`],
  };
}

type Told = ReturnType<typeof linesOf>;

function textOf(told: Told, link: string): string {
  return [
    `Agent ${told.agent} ${told.asks}`,
    '',
    ...told.fields.map(fieldLine),
    ...told.now.flatMap(({ said, fields }) => ['', said, ...fields.map(fieldLine)]),
    ...told.cut,
    '',
    ...told.for,
    `Why, in the agent's own words: ${told.purpose}`,
    told.rule,
    told.needed,
    ...told.nothing,
    '',
    'Look at it and decide here (this link is yours alone; do not pass it on):',
    link,
    ...told.signIn,
    '',
  ].join('\n');
}

const fieldLine = ({ field, value }: Fact) => `  ${field}: ${value.replaceAll('\n', '\n    ')}`;

const cell = 'padding-right: 16px';

const table = (fields: readonly Fact[]) =>
  html`<table style="border-collapse: collapse">
    ${fields.map(
      ({ field, value }) =>
        html`<tr>
          <th align="left" valign="top" style="${cell}">${field}</th>
          <td style="white-space: pre-wrap">${value}</td>
        </tr>`,
    )}
  </table>`;

function htmlOf(told: Told, link: string) {
  return html`<!doctype html>
    <html lang="en">
      <body style="font: 16px/1.5 sans-serif; max-width: 36em; margin: 0 auto; padding: 16px">
        <p><strong>${told.agent}</strong> ${told.asks}</p>
        ${table(told.fields)}
        ${told.now.map(
          ({ said, fields }) =>
            html`<p>${said}</p>
              ${table(fields)}`,
        )}
        ${[...told.cut, ...told.for].map((line) => html`<p>${line}</p>`)}
        <p>Why, in the agent's own words: <q>${told.purpose}</q></p>
        <p>${told.rule}. ${told.needed}.</p>
        <p><a href="${link}">Look at it and decide</a> until ${told.until}.</p>
        ${told.nothing.map((line) => html`<p>${line}</p>`)}
        <p>This link is yours alone; do not pass it on.</p>
        ${told.signIn.map((line) => html`<p>${line}</p>`)}
      </body>
    </html>`;
}
