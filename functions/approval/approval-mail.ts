import { html } from 'hono/html';
import type { PersonRow } from '../../core/governance/person.ts';
import type { Mail } from '../aws/mail.ts';
import { cut, inputFacts, seatsOf, summaryOf, utc } from './describe-request.ts';
import type { ApprovalFacts } from './load-approval.ts';
import { visibleText } from './visible-text.ts';

/** The mail that asks one person: who, what, why, which rule, until when, and their own link. No images, no tracking. */
export async function approvalMail(facts: ApprovalFacts, to: PersonRow, link: string): Promise<Mail> {
  const subject = cut(`Please decide: ${summaryOf(facts)}`, 200);
  const page = await htmlOf(facts, link);
  return { to: to.email, subject, text: textOf(facts, link), html: page.toString() };
}

function textOf(facts: ApprovalFacts, link: string): string {
  const { approval, action, agent } = facts;
  return [
    `Agent ${agent.name} (${agent.id}, unit ${agent.unit}, sponsor ${agent.sponsor}) asks to do this:`,
    '',
    `  tool: ${action.tool}`,
    ...inputFacts(action.input).map(({ field, value }) => `  ${field}: ${value.replaceAll('\n', '\n    ')}`),
    '',
    ...(action.onBehalfOf === undefined ? [] : [`For: ${visibleText(action.onBehalfOf)}`]),
    `Why, in the agent's own words: ${visibleText(action.purpose)}`,
    `Rule: ${approval.guards.map(({ title }) => title).join('; ')}`,
    `Needed: ${seatsOf(facts).join(', ')}`,
    `Until: ${utc(approval.expiresAt)}. If nobody decides, nothing is carried out.`,
    '',
    'Look at it and decide here (this link is yours alone; do not pass it on):',
    link,
    '',
  ].join('\n');
}

function htmlOf(facts: ApprovalFacts, link: string) {
  const { approval, action, agent } = facts;
  return html`<!doctype html>
    <html lang="en">
      <body style="font: 16px/1.5 sans-serif; max-width: 36em; margin: 0 auto; padding: 16px">
        <p>
          <strong>${agent.name}</strong> (${agent.id}, unit ${agent.unit}, sponsor ${agent.sponsor}) asks to
          do this:
        </p>
        <table style="border-collapse: collapse">
          <tr>
            <th align="left" valign="top" style="padding-right: 16px">tool</th>
            <td>${action.tool}</td>
          </tr>
          ${inputFacts(action.input).map(
            ({ field, value }) =>
              html`<tr>
                <th align="left" valign="top" style="padding-right: 16px">${field}</th>
                <td style="white-space: pre-wrap">${value}</td>
              </tr>`,
          )}
        </table>
        ${action.onBehalfOf === undefined ? '' : html`<p>For: ${visibleText(action.onBehalfOf)}</p>`}
        <p>Why, in the agent's own words: <q>${visibleText(action.purpose)}</q></p>
        <p>
          Rule: ${approval.guards.map(({ title }) => title).join('; ')}. Needed: ${seatsOf(facts).join(', ')}.
        </p>
        <p><a href="${link}">Look at it and decide</a> until ${utc(approval.expiresAt)}.</p>
        <p>If nobody decides, nothing is carried out. This link is yours alone; do not pass it on.</p>
      </body>
    </html>`;
}
