import { html } from 'hono/html';
import { STAND_IN_DAYS } from '../../core/approval/stand-in.ts';
import { QUESTION_LENGTH } from '../../core/approval/question.ts';
import { visibleText } from '../../core/visible-text.ts';
import type { Html } from './page-frame.ts';
import type { PageView } from './page-view.ts';

/** Approve, or deny with a reason. */
export function decideForm({ approval, person }: PageView, nonce: string): Html {
  return html`<form class="card" id="decide" method="post" autocomplete="off" aria-labelledby="yours">
    <h2 id="yours">Your decision, ${visibleText(person.name)}</h2>
    <input type="hidden" name="nonce" value="${nonce}" />
    <label for="reason">Reason <span class="dim">(needed to deny)</span></label>
    <textarea id="reason" name="reason" maxlength="1000"></textarea>
    <div class="buttons">
      <button class="no" name="decision" value="deny">Deny</button>
      <button class="yes" name="decision" value="approve">Approve</button>
    </div>
    <p class="dim">Approval ${approval.id}. Your name and decision are recorded.</p>
  </form>`;
}

/** A question decides nothing; the agent and every approver see it. */
export function askForm(nonce: string): Html {
  return html`<form class="card" id="ask" method="post" autocomplete="off" aria-labelledby="asking">
    <h2 id="asking">Ask a question first</h2>
    <p class="dim">The agent and all approvers see it. It decides nothing and stops no clock.</p>
    <input type="hidden" name="nonce" value="${nonce}" />
    <label for="question">Your question</label>
    <textarea id="question" name="question" maxlength="${QUESTION_LENGTH}" required></textarea>
    <div class="buttons"><button class="plain" name="decision" value="ask">Ask</button></div>
  </form>`;
}

/** Lets a colleague decide in one's place for some days. */
export function delegateForm(nonce: string): Html {
  return html`<form class="card" id="delegate" method="post" autocomplete="off" aria-labelledby="instead">
    <h2 id="instead">Let a colleague decide for you</h2>
    <p class="dim">
      This covers all you are asked, not this request alone. It is recorded, and ends by itself.
    </p>
    <input type="hidden" name="nonce" value="${nonce}" />
    <label for="colleague"
      >Colleague <span class="dim">(name in the directory, such as jane-doe)</span></label
    >
    <input id="colleague" name="colleague" maxlength="63" autocapitalize="none" required />
    <label for="days">For how many days <span class="dim">(0 ends it, ${STAND_IN_DAYS} at most)</span></label>
    <input id="days" name="days" type="number" min="0" max="${STAND_IN_DAYS}" value="1" required />
    <div class="buttons"><button class="plain" name="decision" value="delegate">Let them decide</button></div>
  </form>`;
}

/** A council member may stop the agent besides. */
export function stopForm({ agent }: PageView, nonce: string): Html {
  return html`<form class="card" id="stop" method="post" autocomplete="off" aria-labelledby="stopping">
    <h2 id="stopping">Kill switch</h2>
    <p>
      You sit on the council. If ${visibleText(agent.name)} does harm, stop it now: it starts nothing more,
      here or elsewhere. Two administrators can restore it.
    </p>
    <input type="hidden" name="nonce" value="${nonce}" />
    <label for="why">Why it must stop</label>
    <textarea id="why" name="reason" maxlength="500" required></textarea>
    <div class="buttons"><button class="no" name="decision" value="stop">Stop this agent</button></div>
  </form>`;
}
