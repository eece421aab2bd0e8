import type { Actor, AuditEvent, EventType } from '../event.ts';
import type { TaskRow } from './task.ts';

/** The event of a task's new version. */
export function taskEvent(
  task: TaskRow,
  type: EventType & `task.${string}`,
  by: { readonly actor: Actor; readonly now: Date; readonly data?: Readonly<Record<string, unknown>> },
): AuditEvent {
  return {
    v: 1,
    subject: task.pk,
    version: task.version,
    type,
    at: by.now.toISOString(),
    actor: by.actor,
    unit: task.unit,
    workflow: task.workflow,
    onBehalfOf: task.onBehalfOf,
    run: task.run,
    task: task.id,
    action: task.action,
    data: { step: task.step, fence: task.fence, ...by.data },
  };
}
