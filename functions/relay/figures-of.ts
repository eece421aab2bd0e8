import * as z from 'zod';
import type { AuditEvent, EventType } from '../../core/event.ts';
import type { Figure } from '../aws/metrics.ts';

/** Events that count one of something, by unit. */
const counted: Partial<Record<EventType, string>> = {
  'action.held': 'ActionsHeld',
  'action.denied': 'ActionsDenied',
  'action.started': 'ActionsAllowed',
  'action.succeeded': 'ActionsSucceeded',
  'action.failed': 'ActionsFailed',
  'action.unknown': 'ActionsUnknown',
  'action.rejected': 'ActionsRejected',
  'action.expired': 'ActionsExpired',
  'approval.approved': 'ApprovalsApproved',
  'approval.denied': 'ApprovalsDenied',
  'approval.expired': 'ApprovalsExpired',
  'approval.withdrawn': 'ApprovalsWithdrawn',
  'approval.unreachable': 'ApprovalsUnreachable',
  'approval.superseded': 'ApprovalsSuperseded',
  'task.completed': 'TasksCompleted',
  'task.failed': 'TasksFailed',
};

const decidedOtherwise = z.object({ decided: z.object({ shadow: z.object({ kind: z.string() }) }) });
const contained = z.object({ seconds: z.number() });

const outcome = z.object({
  cycleSeconds: z.number(),
  heldSeconds: z.number(),
  minutesSaved: z.number(),
  costUsd: z.number(),
  netValueUsd: z.number(),
});

/** What one event is worth in figures; a run's end carries its measured outcome. */
export function figuresOf(event: AuditEvent): readonly Figure[] {
  return [...shadowFigures(event), ...ownFigures(event)];
}

/** A release in the shadow decided otherwise: counted whatever became of the action. */
function shadowFigures(event: AuditEvent): Figure[] {
  const differs = decidedOtherwise.safeParse(event.data).success;
  return differs
    ? [{ name: 'ShadowDifferences', unit: 'Count', value: 1, dimensions: dimensionsOf(event, false) }]
    : [];
}

function ownFigures(event: AuditEvent): readonly Figure[] {
  const name = counted[event.type];
  if (name) return [{ name, unit: 'Count', value: 1, dimensions: dimensionsOf(event, false) }];
  if (event.type === 'switch.contained') {
    const { success, data } = contained.safeParse(event.data);
    return success ? [{ name: 'ContainSeconds', unit: 'Seconds', value: data.seconds, dimensions: {} }] : [];
  }
  if (event.type !== 'run.finished' && event.type !== 'run.failed') return [];
  const dimensions = dimensionsOf(event, true);
  const ended = event.type === 'run.finished' ? 'RunsFinished' : 'RunsFailed';
  const measured = outcome.safeParse(event.data);
  return [
    { name: ended, unit: 'Count', value: 1, dimensions },
    ...(measured.success ? measuredFigures(measured.data, dimensions) : []),
  ];
}

function dimensionsOf(event: AuditEvent, withWorkflow: boolean): Figure['dimensions'] {
  return {
    ...(event.unit !== undefined && { unit: event.unit }),
    ...(withWorkflow && event.workflow !== undefined && { workflow: event.workflow }),
  };
}

function measuredFigures(data: z.infer<typeof outcome>, dimensions: Figure['dimensions']): Figure[] {
  return [
    { name: 'CycleTimeSeconds', unit: 'Seconds', value: data.cycleSeconds, dimensions },
    { name: 'HeldSeconds', unit: 'Seconds', value: data.heldSeconds, dimensions },
    { name: 'MinutesSaved', unit: 'Minutes', value: data.minutesSaved, dimensions },
    { name: 'CostUsd', unit: 'Usd', value: data.costUsd, dimensions },
    { name: 'NetValueUsd', unit: 'Usd', value: data.netValueUsd, dimensions },
  ];
}
