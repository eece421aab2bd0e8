import { html, raw } from 'hono/html';
import { inputFacts, seatsOf, summaryOf, utc } from './describe-request.ts';
import type { ApprovalFacts } from './load-approval.ts';
import { style } from './page-style.ts';
import { visibleText } from './visible-text.ts';

type Html = ReturnType<typeof html>;

/** A whole page: one style, no script, readable by eye, keyboard and screen reader. */
function page(title: string, content: Html): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        ${raw(`<style>${style}</style>`)}
      </head>
      <body>
        <main>${content}</main>
      </body>
    </html>`;
}

/** A page that says what happened and leaves nothing to do. */
export function noticePage(title: string, message: string): Html {
  return page(
    title,
    html`<section class="card">
      <h1>${title}</h1>
      <p>${message}</p>
    </section>`,
  );
}

/**
 * The request and, while it may be decided, the form. `nonce` binds the form to what is shown. A council member may
 * stop the agent besides.
 */
export function requestPage(
  facts: ApprovalFacts,
  form: { readonly person: string; readonly nonce: string; readonly problem?: string } | undefined,
  council?: { readonly nonce: string },
): Html {
  const summary = summaryOf(facts);
  return page(
    summary,
    html`
      <p class="dim">Autonomy OS · ${form ? 'your decision is asked for' : 'decided'}</p>
      <h1>${summary}</h1>
      ${form?.problem === undefined ? '' : html`<p class="notice" role="alert">${form.problem}</p>`}
      ${whatPart(facts)} ${whoPart(facts)} ${rulePart(facts)}
      ${form ? formPart(facts, form) : outcomePart(facts)} ${council ? stopPart(facts, council) : ''}
    `,
  );
}

function whatPart({ action }: ApprovalFacts): Html {
  return html`<section class="card" aria-labelledby="what">
    <h2 id="what">What exactly</h2>
    <dl>
      <dt>tool</dt>
      <dd>${action.tool}</dd>
      ${inputFacts(action.input).map(
        ({ field, value }) =>
          html`<dt>${field}</dt>
            <dd>${value}</dd>`,
      )}
    </dl>
  </section>`;
}

function whoPart({ action, agent }: ApprovalFacts): Html {
  return html`<section class="card" aria-labelledby="who">
    <h2 id="who">Who asks, and why</h2>
    <p><strong>${agent.name}</strong> <span class="dim">${agent.id}</span></p>
    <p class="dim">Unit ${agent.unit} · sponsor ${agent.sponsor} · ${agent.stage}</p>
    ${action.onBehalfOf === undefined ? '' : html`<p>For <strong>${visibleText(action.onBehalfOf)}</strong></p>`}
    <p class="dim">In the agent's own words:</p>
    <blockquote>${visibleText(action.purpose, 'lines')}</blockquote>
  </section>`;
}

function rulePart(facts: ApprovalFacts): Html {
  const { approval } = facts;
  const decided = approval.votes.map(({ person, decision }) => `${person}: ${decision}`);
  return html`<section class="card" aria-labelledby="rule">
    <h2 id="rule">Which rule</h2>
    ${approval.guards.map(({ title }) => html`<p>${title}</p>`)}
    <p class="dim">
      Needed: ${seatsOf(facts).join(', ')}. Decided so far:
      ${decided.length > 0 ? decided.join(', ') : 'nobody'}.
    </p>
    <p class="dim">Until ${utc(approval.expiresAt)}. If nobody decides, nothing is carried out.</p>
  </section>`;
}

function formPart(
  { approval }: ApprovalFacts,
  form: { readonly person: string; readonly nonce: string },
): Html {
  return html`<form class="card" method="post" autocomplete="off">
    <h2>Your decision, ${form.person}</h2>
    <input type="hidden" name="nonce" value="${form.nonce}" />
    <label for="reason">Reason <span class="dim">(needed to deny)</span></label>
    <textarea id="reason" name="reason" maxlength="1000"></textarea>
    <div class="buttons">
      <button class="no" name="decision" value="deny">Deny</button>
      <button class="yes" name="decision" value="approve">Approve</button>
    </div>
    <p class="dim">Approval ${approval.id}. Your name and decision are recorded.</p>
  </form>`;
}

function stopPart({ agent }: ApprovalFacts, { nonce }: { readonly nonce: string }): Html {
  return html`<form class="card" method="post" autocomplete="off" aria-labelledby="stop">
    <h2 id="stop">Kill switch</h2>
    <p>
      You sit on the council. If ${agent.name} does harm, stop it now: it starts nothing more, here or
      elsewhere. Two administrators can restore it.
    </p>
    <input type="hidden" name="nonce" value="${nonce}" />
    <label for="why">Why it must stop</label>
    <textarea id="why" name="reason" maxlength="500" required></textarea>
    <div class="buttons"><button class="no" name="decision" value="stop">Stop this agent</button></div>
  </form>`;
}

const outcomes = {
  approved: 'Approved. It is being carried out after all rules are checked once more.',
  denied: 'Denied. Nothing is carried out.',
  expired: 'Expired. Nobody decided in time, so nothing is carried out.',
  withdrawn: 'Withdrawn by the requester. Nothing is carried out.',
  pending: 'Your decision was counted. Others still have to decide.',
} as const;

function outcomePart({ approval }: ApprovalFacts): Html {
  const reason = approval.votes.find(({ decision }) => decision === 'deny')?.reason;
  return html`<section class="card" role="status">
    <h2>Outcome</h2>
    <p><strong>${outcomes[approval.status]}</strong></p>
    ${reason === undefined ? '' : html`<blockquote>${visibleText(reason, 'lines')}</blockquote>`}
  </section>`;
}
