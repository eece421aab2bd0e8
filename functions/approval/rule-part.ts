import { html } from 'hono/html';
import { eligibleMembers } from '../../core/approval/count-votes.ts';
import type { Guard, Requirement } from '../../core/policy/decision.ts';
import { visibleText } from '../../core/visible-text.ts';
import type { Html } from './page-frame.ts';
import type { PageView } from './page-view.ts';
import { zonedTime } from './zoned-time.ts';

/** Which rules ask, who must decide, who has, until when, and what doing nothing means. */
export function rulePart(view: PageView): Html {
  const { approval } = view;
  return html`<section class="card" aria-labelledby="rule">
    <h2 id="rule">Which rule, and who decides</h2>
    ${approval.guards.map((guard) => guardPart(view, guard))}
    <p>Decided so far: ${decidedSoFar(view)}.</p>
    <p>
      Until <strong>${zonedTime(approval.expiresAt, view.person.timeZone)}</strong>. If nobody decides, it
      expires then and nothing is carried out.
    </p>
  </section>`;
}

function guardPart(view: PageView, { title, id, requires, escalate = [], assurance }: Guard): Html {
  const { approval, person, signedIn } = view;
  const from = (seconds: number) =>
    zonedTime(new Date(Date.parse(approval.openedAt) + seconds * 1000).toISOString(), person.timeZone);
  return html`<p><strong>${visibleText(title)}</strong> <span class="dim">${id}</span></p>
    <p class="dim">Needed: ${requires.map((seat) => seatPart(view, seat)).join('; ')}.</p>
    ${escalate.map(
      ({ afterSeconds, ...seat }) =>
        html`<p class="dim">
          If nobody decides, it escalates at ${from(afterSeconds)}: ${seatPart(view, seat)} is enough then.
        </p>`,
    )}
    ${
      assurance === 'signed-in' && !signedIn
        ? html`<p class="notice">
            To approve this, <a href="/inbox">sign in to your inbox</a>; here you can deny it.
          </p>`
        : ''
    }`;
}

function seatPart({ electorate }: PageView, { group, count }: Requirement): string {
  const names = eligibleMembers(electorate, group).map(({ name }) => visibleText(name));
  return `${count} of ${group} (${names.join(', ') || 'nobody now'})`;
}

function decidedSoFar({ approval }: PageView): string {
  const votes = approval.votes.map(({ person, decision }) => `${person}: ${decision}`);
  return votes.join(', ') || 'nobody';
}
