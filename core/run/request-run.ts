import type * as z from 'zod';
import { digest } from '../canonical-json.ts';
import type { Change, Refusal } from '../change.ts';
import type { Actor } from '../event.ts';
import type { RunId } from '../id.ts';
import { coveringSwitch, type Switches } from '../switch/switch.ts';
import { type runBody, runKey, type RunRow, type WorkflowRow } from './run.ts';
import { runEvent } from './run-event.ts';

/** Records a run that was asked for; the relay starts its machine. The same key and body give the same run again. */
export function requestRun(
  facts: {
    readonly workflow: WorkflowRow | undefined;
    readonly existing: RunRow | undefined;
    readonly switches: Switches;
  },
  request: { readonly id: RunId; readonly body: z.infer<typeof runBody>; readonly actor: Actor },
  now: Date,
): Change<RunRow> | Refusal<'unknown-workflow' | 'key-reused' | 'repeated' | 'blocked'> {
  const { workflow, existing } = facts;
  const { id, body, actor } = request;
  const requestDigest = digest(body);
  if (existing) {
    return existing.requestDigest === requestDigest
      ? { refused: 'repeated', detail: id }
      : { refused: 'key-reused', detail: 'this Idempotency-Key was used for another run: use a new key' };
  }
  if (workflow?.withdrawn) {
    return {
      refused: 'unknown-workflow',
      detail: `workflow ${body.workflow} was withdrawn: apply its manifest again`,
    };
  }
  if (!workflow) {
    return {
      refused: 'unknown-workflow',
      detail: `workflow ${body.workflow} is not known: apply its manifest first`,
    };
  }
  const stop = coveringSwitch(facts.switches, { unit: workflow.unit, workflow: workflow.id });
  if (stop) return { refused: 'blocked', detail: `a kill switch stops ${stop.scope}: ${stop.reason}` };
  const row: RunRow = {
    ...runKey(id),
    v: 1,
    version: 1,
    id,
    workflow: workflow.id,
    unit: workflow.unit,
    requester: body.requester,
    input: body.input,
    requestDigest,
    status: 'requested',
    requestedAt: now.toISOString(),
    openKind: 'RUN',
    openSince: now.toISOString(),
  };
  return {
    writes: [{ kind: 'create', row }],
    events: [runEvent(row, 'run.requested', { actor, now, data: { input: row.input } })],
    result: row,
  };
}
