import type { Actor, AuditEvent, EventType } from '../event.ts';
import type { RunRow } from './run.ts';

/** The event of a run's new version. */
export function runEvent(
  run: RunRow,
  type: EventType & `run.${string}`,
  by: { readonly actor: Actor; readonly now: Date; readonly data?: Readonly<Record<string, unknown>> },
): AuditEvent {
  return {
    v: 1,
    subject: run.pk,
    version: run.version,
    type,
    at: by.now.toISOString(),
    actor: by.actor,
    unit: run.unit,
    workflow: run.workflow,
    onBehalfOf: run.requester,
    run: run.id,
    data: { ...by.data },
  };
}
