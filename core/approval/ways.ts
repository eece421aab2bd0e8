import type { Guard, Requirement } from '../policy/decision.ts';
import type { ApprovalRow } from './approval.ts';

/** Since when people are asked, and which rungs were opened before their time. */
export type Waiting = Pick<ApprovalRow, 'openedAt' | 'hastenedSeconds'>;

/** One way to lift a guard: seats that all must be filled. */
export type Way = readonly Requirement[];

/** The ways a guard can be lifted at a moment: its own seats, or any rung of its ladder that is open by then. */
export function waysOf(guard: Guard, waiting: Waiting, at: Date): readonly Way[] {
  return [guard.requires, ...openRungs(guard, waiting, at).map(({ group, count }) => [{ group, count }])];
}

/** The rungs whose time has come, or that were opened before it. */
export function openRungs({ escalate = [] }: Guard, { openedAt, hastenedSeconds = 0 }: Waiting, at: Date) {
  const elapsed = (at.getTime() - Date.parse(openedAt)) / 1000;
  return escalate.filter(({ afterSeconds }) => afterSeconds <= Math.max(elapsed, hastenedSeconds));
}

/** Every seat that may be filled now, of whatever way. */
export const openSeats = (guards: readonly Guard[], waiting: Waiting, at: Date): readonly Requirement[] =>
  guards.flatMap((guard) => waysOf(guard, waiting, at).flat());

/** Every group that may ever be asked. */
export function groupsOf(guards: readonly Guard[]): readonly string[] {
  const seats = guards.flatMap(({ requires, escalate = [] }) => [...requires, ...escalate]);
  return [...new Set(seats.map(({ group }) => group))];
}

/** How long before the end those who did not decide yet are reminded: a quarter of the time, an hour at most. */
const reminderSeconds = (total: number) => total - Math.min(3600, Math.floor(total / 4));

/** Shorter ones are not worth a second mail. */
const REMINDED_FROM_SECONDS = 20 * 60;

export type Deadline = { readonly afterSeconds: number; readonly what: 'open' | 'escalate' | 'remind' };

/**
 * When people are asked, in order: at the opening, at each rung, and once before the end, `total` seconds after the
 * opening.
 */
export function deadlinesOf(guards: readonly Guard[], total: number): readonly Deadline[] {
  const rungs = guards.flatMap(({ escalate = [] }) => escalate.map(({ afterSeconds }) => afterSeconds));
  const own = [...new Set(rungs)].filter((afterSeconds) => afterSeconds < total).sort((a, b) => a - b);
  const escalations = own.map((afterSeconds) => ({ afterSeconds, what: 'escalate' }) as const);
  const reminder = { afterSeconds: reminderSeconds(total), what: 'remind' } as const;
  const later = total >= REMINDED_FROM_SECONDS ? [...escalations, reminder] : escalations;
  const opening = { afterSeconds: 0, what: 'open' } as const;
  return [opening, ...later.sort((a, b) => a.afterSeconds - b.afterSeconds)];
}
