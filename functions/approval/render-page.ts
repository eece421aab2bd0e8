import { html } from 'hono/html';
import { visibleText } from '../../core/visible-text.ts';
import { summaryOf } from './describe-request.ts';
import { askForm, decideForm, delegateForm, stopForm } from './page-forms.ts';
import { type Html, page } from './page-frame.ts';
import type { PageView } from './page-view.ts';
import { previewPart, questionsPart, touchPart, whatPart, whoPart } from './request-parts.ts';
import { rulePart } from './rule-part.ts';

/** The request, what is known about it, and the forms this person may send. */
export function requestPage(view: PageView): Html {
  const { nonces, problem } = view;
  const summary = summaryOf(view);
  return page(
    summary,
    html`
      <p class="dim">
        ${view.signedIn ? html`<a href="/inbox">Your inbox</a>` : 'Autonomy OS'} · ${stateOf(view)}
      </p>
      <h1>${summary}</h1>
      ${problem === undefined ? '' : html`<p class="notice" role="alert">${problem}</p>`} ${whatPart(view)}
      ${previewPart(view)} ${whoPart(view)} ${rulePart(view)} ${touchPart(view)} ${questionsPart(view)}
      ${isOpen(view) ? '' : outcomePart(view)}
      ${nonces.decide === undefined ? '' : decideForm(view, nonces.decide)}
      ${nonces.ask === undefined ? '' : askForm(nonces.ask)}
      ${nonces.delegate === undefined ? '' : delegateForm(nonces.delegate)}
      ${nonces.stop === undefined ? '' : stopForm(view, nonces.stop)}
    `,
  );
}

/** Whether this person may still decide: nobody ended it, its time is not over, and they did not vote. */
export function isOpen({ approval, person, now }: Pick<PageView, 'approval' | 'person' | 'now'>): boolean {
  const inTime = now.getTime() < Date.parse(approval.expiresAt);
  return approval.status === 'pending' && inTime && !approval.votes.some((vote) => vote.person === person.id);
}

function stateOf(view: PageView): string {
  if (isOpen(view)) return 'your decision is asked for';
  return view.approval.status === 'pending' ? 'nothing to do for you' : 'decided';
}

const outcomes = {
  approved: 'Approved. It is being carried out after all rules are checked once more.',
  denied: 'Denied. Nothing is carried out.',
  expired: 'Expired. Nobody decided in time, so nothing is carried out.',
  unreachable: 'Nobody who may decide could be reached, so nothing is carried out.',
  superseded: 'Overtaken: the rules or the tool changed, or a kill switch stops it. Nothing is carried out.',
  withdrawn: 'Withdrawn by the requester. Nothing is carried out.',
} as const;

function outcomePart(view: PageView): Html {
  const { approval } = view;
  const reason = approval.votes.find(({ decision }) => decision === 'deny')?.reason;
  return html`<section class="card" role="status">
    <h2>Outcome</h2>
    <p><strong>${outcomeOf(view)}</strong></p>
    ${reason === undefined ? '' : html`<blockquote>${visibleText(reason, 'lines')}</blockquote>`}
  </section>`;
}

function outcomeOf({ approval, person }: PageView): string {
  if (approval.status !== 'pending') return outcomes[approval.status];
  return approval.votes.some((vote) => vote.person === person.id)
    ? 'Your decision was counted. Others still have to decide.'
    : 'The time to decide is over. Nothing is carried out.';
}
