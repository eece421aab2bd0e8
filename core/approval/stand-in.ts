import * as z from 'zod';
import type { Change, Refusal } from '../change.ts';
import type { AuditEvent } from '../event.ts';
import type { PersonRow } from '../governance/person.ts';
import { rowBase } from '../row.ts';

/** Days one may be stood in for by one word. */
export const STAND_IN_DAYS = 30;

/** Who decides in a person's place, and how long. At most one at a time; it does not pass on. */
export const standInRow = z.object({
  ...rowBase,
  person: z.string(),
  delegate: z.string(),
  from: z.iso.datetime(),
  until: z.iso.datetime(),
});
export type StandInRow = z.infer<typeof standInRow>;

export const standInKey = (person: string) => ({ pk: `STANDIN#${person}`, sk: 'STANDIN' });

/** Whether it counts at a moment. */
export const isStandingIn = ({ from, until }: Pick<StandInRow, 'from' | 'until'>, at: Date): boolean =>
  Date.parse(from) <= at.getTime() && at.getTime() < Date.parse(until);

export type StandInFacts = {
  readonly person: PersonRow;
  readonly delegate: PersonRow | undefined;
  readonly current: StandInRow | undefined;
};

/**
 * Lets another person decide in one's place from now until a moment at most thirty days ahead; it takes the place of
 * an earlier one. An `until` that is not ahead ends it.
 */
export function standIn(
  { person, delegate, current }: StandInFacts,
  until: Date,
  now: Date,
): Change<StandInRow> | Refusal<'unknown-person' | 'yourself' | 'too-long'> {
  if (delegate?.status !== 'active') {
    return { refused: 'unknown-person', detail: 'there is no such colleague in the directory now' };
  }
  if (delegate.email === person.email) return { refused: 'yourself', detail: 'name somebody else' };
  if (until.getTime() - now.getTime() > STAND_IN_DAYS * 86_400_000) {
    return { refused: 'too-long', detail: `choose an end within ${STAND_IN_DAYS} days` };
  }
  const row: StandInRow = {
    ...standInKey(person.id),
    v: 1,
    version: (current?.version ?? 0) + 1,
    person: person.id,
    delegate: delegate.id,
    from: now.toISOString(),
    until: new Date(Math.max(until.getTime(), now.getTime())).toISOString(),
  };
  const write = current
    ? ({ kind: 'replace', row, ifVersion: current.version } as const)
    : ({ kind: 'create', row } as const);
  return { writes: [write], events: [standInEvent(row)], result: row };
}

function standInEvent({ pk, version, person, delegate, from, until }: StandInRow): AuditEvent {
  return {
    v: 1,
    subject: pk,
    version,
    type: 'person.stand-in',
    at: from,
    actor: { kind: 'person', id: person },
    data: { delegate, until },
  };
}
