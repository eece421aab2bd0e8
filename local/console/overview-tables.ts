import type { QueueDepth } from '../cloudwatch/metrics.ts';
import { statusBadge } from './executions-page.ts';
import { EXECUTION_STATUSES, type ExecutionSummary } from './executions-view.ts';
import { html, type Html } from './html.ts';
import { counted } from './moments.ts';
import type { Names } from './names.ts';

/** How many executions of each state machine ended how. */
export function executionCounts(
  machines: readonly string[],
  all: readonly ExecutionSummary[],
  names: Names,
): Html {
  const rows = machines.map((machine) => {
    const own = all.filter((execution) => execution.machine === machine);
    const counts = EXECUTION_STATUSES.map((status) => ({
      status,
      count: own.filter((execution) => execution.status === status).length,
    })).filter(({ count }) => count > 0);
    return html`<tr>
      <th scope="row">${names(machine)}</th>
      <td>
        ${counts.length === 0 ? html`<span class="dim">never run</span>` : counts.map(({ status, count }) => statusBadge(status, count))}
      </td>
    </tr>`;
  });
  return card('Executions by state machine', ['Machine', 'Executions'], rows);
}

/** Whether messages lie in the queues that take what could not be worked off. */
export function queueHealth(queues: readonly QueueDepth[], names: Names): Html {
  const rows = queues.map(
    ({ queue, visible }) =>
      html`<tr>
        <th scope="row">${names(queue)}</th>
        <td>
          ${
            visible === 0
              ? html`<span class="badge succeeded">healthy</span> <span class="dim">nothing is parked</span>`
              : html`<span class="badge failed">look at it</span>
                  <span class="dim">${counted(visible, 'message')} could not be worked off</span>`
          }
        </td>
      </tr>`,
  );
  return card('Parked messages', ['Queue', 'Health'], rows);
}

/** A table on a card of its own, two columns wide. */
function card(caption: string, [first, second]: readonly [string, string], rows: readonly Html[]): Html {
  return html`<section class="card">
    <table class="stack">
      <caption>
        ${caption}
      </caption>
      <thead>
        <tr>
          <th scope="col">${first}</th>
          <th scope="col">${second}</th>
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </section>`;
}
