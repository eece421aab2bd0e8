import { randomBytes } from 'node:crypto';
import type { Execution, HistoryEvent, Move, Outcome, Phase } from './execution.ts';
import { failureOf, resultOf } from './lambda-result.ts';
import { failExecution } from './leave.ts';
import { StateError } from './state-error.ts';
import { step } from './step.ts';
import { submittedEvent } from './task-events.ts';
import { type Awaited, awaited, save, type Works } from './works.ts';

/** Takes an execution as far as it goes now; each is moved on by one loop at a time. */
export function drive(works: Works, arn: string): void {
  if (works.stopped || works.driving.has(arn)) return;
  works.driving.add(arn);
  advance(works, arn).catch((error: unknown) => complain(arn, error));
}

/** The mark goes in the same turn as the last look, so that no change is left to a loop that has ended. */
async function advance(works: Works, arn: string): Promise<void> {
  try {
    while (!works.stopped) {
      const execution = works.store.find(arn);
      if (execution?.status !== 'RUNNING') return;
      const move = await nextMove(works, execution);
      if (works.stopped) return;
      if (move) save(works, execution, move);
      else if (works.store.find(arn)?.revision === execution.revision) return invoke(works, execution);
    }
  } finally {
    works.driving.delete(arn);
  }
}

async function nextMove({ machines, store, now }: Works, execution: Execution): Promise<Move | undefined> {
  const machine = machines.get(execution.machineArn);
  if (!machine) return undefined;
  try {
    return await step(execution, {
      machine,
      now: now(),
      nextEventId: store.eventCount(execution.arn) + 1,
      newToken: () => randomBytes(96).toString('base64'),
    });
  } catch (error) {
    if (error instanceof StateError) return failExecution([], error.failure);
    throw error;
  }
}

/** Runs the function of an attempt, once in this process. */
function invoke(works: Works, { arn, machineArn, position }: Execution): void {
  if (position?.phase.kind !== 'invoking') return;
  const key = `${arn}/${position.attempt}`;
  if (works.invoking.has(key)) return;
  works.invoking.add(key);
  const { functionName, payload } = position.phase;
  const as = works.machines.get(machineArn)?.roleArn ?? '';
  works
    .invoke({ as, functionArn: functionName, payload })
    .then(resultOf, failureOf)
    .finally(() => works.invoking.delete(key))
    .then((outcome) => returned(works, arn, { attempt: position.attempt, outcome }))
    .catch((error: unknown) => complain(arn, error));
}

/** The function ended: that is the outcome, or with a token the beginning of the wait. */
function returned(works: Works, arn: string, end: { attempt: number; outcome: Outcome }): void {
  if (works.stopped) return;
  const found = awaited(works, arn, end.attempt);
  if (found?.position.phase.kind !== 'invoking') return;
  const { token, limits } = found.position.phase;
  if (token === undefined || !end.outcome.ok) {
    settle(works, found, { kind: 'answered', outcome: end.outcome });
  } else {
    settle(works, found, { kind: 'waiting', token, limits }, [submittedEvent(end.outcome.value)]);
  }
}

/** Saves what became of an attempt and goes on from there; `false` when the execution has changed. */
export function settle(
  works: Works,
  { execution, position }: Awaited,
  phase: Phase,
  events: readonly HistoryEvent[] = [],
): boolean {
  const saved = save(works, execution, { events, position: { ...position, phase } });
  drive(works, execution.arn);
  return saved;
}

function complain(arn: string, error: unknown): void {
  process.stderr.write(`step functions: ${arn}: ${String(error)}\n`);
}
