import { html } from 'hono/html';
import { severityOf } from '../../../core/policy/decision.ts';
import { visibleText } from '../../../core/visible-text.ts';
import type { ApprovalFacts } from '../../aws/load-approval.ts';
import { summaryOf } from '../describe-request.ts';
import { type Html, page } from '../page-frame.ts';
import { zonedTime } from '../zoned-time.ts';
import { type Chosen, type Filter, filters, type InboxView, type LikeRequests } from './inbox-view.ts';

/** What waits for one person: like requests together, the most urgent first. */
export function inboxPage(view: InboxView): Html {
  const { person, groups, awaited } = view;
  const title = awaited === 0 ? 'Nothing waits for you' : `${awaited} decisions wait for you`;
  return page(
    title,
    html`
      <p class="dim">Autonomy OS · the inbox of ${visibleText(person.name)}</p>
      <h1>${title}</h1>
      ${filtersPart(view)} ${groups.map((group) => groupPart(view, group))}
      ${
        awaited > 0 && groups.length === 0
          ? html`<p class="notice">None of them is like that. <a href="/inbox">Show all</a></p>`
          : ''
      }
      ${
        view.more
          ? html`<p class="notice">
              More is held than one page looks through: these are among the ${view.lookedThrough} oldest
              requests. Decide some of them, then look again; your mails lead to the others.
            </p>`
          : ''
      }
      <form method="post" action="/inbox/sign-out" class="card">
        <p class="dim">Signed in as ${person.email}.</p>
        <div class="buttons"><button class="plain">Sign out</button></div>
      </form>
    `,
  );
}

const titles: Readonly<Record<Filter, string>> = {
  unit: 'Unit',
  tool: 'Tool',
  agent: 'Agent',
  severity: 'Severity',
};

/** A link for each value there is, where there are several or one is chosen. */
function filtersPart({ chosen, choices }: InboxView): Html {
  const rows = filters.filter((filter) => choices[filter].length > 1 || chosen[filter] !== undefined);
  if (rows.length === 0) return html``;
  return html`<nav class="card" aria-label="Show only">
    ${rows.map(
      (filter) =>
        html`<p>
          <span class="dim">${titles[filter]}:</span> ${linkTo(chosen, filter, undefined)}
          ${choices[filter].map((value) => linkTo(chosen, filter, value))}
        </p>`,
    )}
  </nav>`;
}

function linkTo(chosen: Chosen, filter: Filter, value: string | undefined): Html {
  const query = new URLSearchParams();
  for (const each of filters) {
    const wanted = each === filter ? value : chosen[each];
    if (wanted !== undefined) query.set(each, wanted);
  }
  const text = value ?? 'all';
  if (chosen[filter] === value) return html`<strong aria-current="true">${text}</strong> `;
  return html`<a href="${['/inbox', query.toString()].filter(Boolean).join('?')}">${text}</a> `;
}

function groupPart(view: InboxView, { requests, sums }: LikeRequests): Html {
  const [{ approval, agent }] = requests;
  const together = sums.map(({ total, currency }) => `${total} ${visibleText(currency)}`).join(' and ');
  const several = requests.length > 1 ? `${requests.length} × ` : '';
  const id = `like-${approval.id}`;
  return html`<section class="card" aria-labelledby="${id}">
    <h2 id="${id}">
      ${several}${approval.tool}, asked by ${visibleText(agent.name)}${together ? `: ${together} in all` : ''}
    </h2>
    <p class="dim">
      ${severityOf(approval.guards)} · unit ${approval.unit} ·
      ${approval.guards.map(({ title }) => visibleText(title)).join('; ')}
    </p>
    <dl>${requests.map((facts) => requestPart(view, facts))}</dl>
  </section>`;
}

function requestPart({ person }: InboxView, facts: ApprovalFacts): Html {
  const { approval } = facts;
  return html`<dt>until ${zonedTime(approval.expiresAt, person.timeZone)}</dt>
    <dd><a href="/inbox/approvals/${approval.id}">${summaryOf(facts)}</a></dd>`;
}
