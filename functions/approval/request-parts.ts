import { shownOf } from '../../core/action/action.ts';
import { html } from 'hono/html';
import { canonicalJson } from '../../core/canonical-json.ts';
import type { Fact } from './describe-request.ts';
import { handedOn } from './handed-on.ts';
import { visibleText } from '../../core/visible-text.ts';
import type { Html } from './page-frame.ts';
import type { PageView } from './page-view.ts';
import { zonedTime } from './zoned-time.ts';

/** Destination and amount first, then the rest of the input; what is cut leads to all of it. */
export function whatPart({ action, touched, input }: PageView): Html {
  return html`<section class="card" aria-labelledby="what">
    <h2 id="what">What exactly</h2>
    <dl>
      <dt>tool</dt>
      <dd>${touched ? `${visibleText(touched.title)} (${action.tool})` : action.tool}</dd>
      ${input.facts.map(
        ({ field, value }) =>
          html`<dt>${field}</dt>
            <dd>${value}</dd>`,
      )}
    </dl>
    ${input.whole ? exactly(shownOf(action)) : cutNotice(input.fieldsLeftOut)}
  </section>`;
}

/** What is there now, as the system itself told it: data, never markup, and marked as that system's. */
export function previewPart({ preview }: PageView): Html {
  if (!preview) return html``;
  const { said, shown } = preview;
  return html`<section class="card" aria-labelledby="now">
    <h2 id="now">What is there now</h2>
    <p class="${shown ? 'dim' : 'notice'}">${said}</p>
    ${shown ? fieldList(shown.facts) : ''} ${shown && !shown.whole ? cutNotice(shown.fieldsLeftOut) : ''}
  </section>`;
}

const fieldList = (facts: readonly Fact[]): Html =>
  html`<dl>
    ${facts.map(
      ({ field, value }) =>
        html`<dt>${field}</dt>
          <dd>${value}</dd>`,
    )}
  </dl>`;

function exactly(input: Readonly<Record<string, unknown>>): Html {
  return html`<details>
    <summary>The input letter by letter</summary>
    <pre>${visibleText(canonicalJson(input))}</pre>
  </details>`;
}

function cutNotice(left: number): Html {
  return html`<p class="notice">
    This is not all of it${left > 0 ? `: ${left} fields are left out` : ''}. You decide on the whole:
    <a href="?view=full">Show everything</a>
  </p>`;
}

/** Who asks, for whom, and why: the reason is the agent's word and marked as such. */
export function whoPart({ action, agent }: PageView): Html {
  return html`<section class="card" aria-labelledby="who">
    <h2 id="who">Who asks, and why</h2>
    <p><strong>${visibleText(agent.name)}</strong> <span class="dim">${agent.id}</span></p>
    <p class="dim">Unit ${agent.unit} · sponsor ${agent.sponsor} · ${agent.stage}</p>
    ${
      action.via === undefined
        ? ''
        : html`<p>Via <strong>${handedOn(action)}</strong>: each of them must be allowed to do this too.</p>`
    }
    ${
      action.onBehalfOf === undefined
        ? ''
        : html`<p>For <strong>${visibleText(action.onBehalfOf)}</strong></p>`
    }
    <p class="dim">In the agent’s own words, which nobody checked:</p>
    <blockquote>${visibleText(action.purpose, 'lines')}</blockquote>
  </section>`;
}

const effects = {
  read: 'It only reads and changes nothing.',
  keyed: 'It changes something, once, even when the call is repeated.',
  'at-most-once': 'It changes something and is called at most once; a call cut off stays unclear.',
} as const;

/** What it touches and whether it can be taken back; what can't be told counts as final. */
export function touchPart({ touched }: PageView): Html {
  const card = (content: Html) =>
    html`<section class="card" aria-labelledby="touch">
      <h2 id="touch">What it touches</h2>
      ${content}
    </section>`;
  if (!touched) {
    return card(html`<p class="notice">The tool could not be looked up: take it for final.</p>`);
  }
  const { system, groups, effect, reviewed, undo } = touched;
  const final =
    effect === 'read' ? 'There is nothing to undo.' : 'No way to undo it is declared: take it for final.';
  return card(html`
    <p>
      ${visibleText(system)}
      <span class="dim">(${groups.map((group) => visibleText(group)).join(', ')})</span>
    </p>
    <p>${effects[effect]} ${undo === undefined ? final : `Undo: ${undo}`}</p>
    ${reviewed ? '' : html`<p class="notice">The centre did not review this tool: this is its unit’s word.</p>`}
  `);
}

/** What approvers asked and what the agent answered, for everyone who decides. */
export function questionsPart({ approval, person }: PageView): Html {
  const { questions = [] } = approval;
  if (questions.length === 0) return html``;
  return html`<section class="card" aria-labelledby="questions">
    <h2 id="questions">Questions</h2>
    ${questions.map(
      ({ person: who, text, at, answer }) => html`
        <p class="dim">${who}, ${zonedTime(at, person.timeZone)}:</p>
        <p>${visibleText(text, 'lines')}</p>
        ${
          answer
            ? html`<p class="dim">The agent’s own words:</p>
                <blockquote>${visibleText(answer.text, 'lines')}</blockquote>`
            : html`<p class="dim">No answer yet.</p>`
        }
      `,
    )}
  </section>`;
}
