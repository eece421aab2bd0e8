import * as z from 'zod';
import type { Change, Refusal } from '../change.ts';
import type { AuditEvent, EventType } from '../event.ts';
import type { PersonRow } from '../governance/person.ts';
import { rowBase } from '../row.ts';
import { openSession, type SessionRow } from './session.ts';

/** Seconds a code is good, wrong tries it survives, and how many one person is sent in an hour. */
export const CODE_SECONDS = 600;
export const CODE_TRIES = 5;
export const CODES_AN_HOUR = 5;
const HOUR_MS = 3_600_000;

/** A person's one live code. The row is never removed: its versions count the events of its subject. */
export const signInRow = z.object({
  ...rowBase,
  person: z.string(),
  /** When codes were sent within the last hour. */
  sentAt: z.array(z.iso.datetime()),
  code: z
    .object({
      /** Keyed by the secret of the browser that asked, which is stored nowhere: the row alone tells no code. */
      hash: z.string(),
      /** SHA-256 of that secret: the code is good in that browser alone. */
      browser: z.string(),
      expiresAt: z.iso.datetime(),
      /** Wrong ones so far. */
      tries: z.int().min(0),
    })
    .optional(),
});
export type SignInRow = z.infer<typeof signInRow>;

export const signInKey = (person: string) => ({ pk: `SIGNIN#${person}`, sk: 'SIGNIN' });

export type SignInFacts = { readonly person: PersonRow; readonly current: SignInRow | undefined };

/** Makes a code the person's one live code; the one before is worth nothing from then on. */
export function sendCode(
  { person, current }: SignInFacts,
  code: { readonly hash: string; readonly browser: string },
  now: Date,
): Change<SignInRow> | Refusal<'left' | 'too-many'> {
  if (person.status !== 'active') return { refused: 'left', detail: 'this person left' };
  const hourAgo = now.getTime() - HOUR_MS;
  const sentAt = (current?.sentAt ?? []).filter((at) => Date.parse(at) > hourAgo);
  if (sentAt.length >= CODES_AN_HOUR) {
    return { refused: 'too-many', detail: `${CODES_AN_HOUR} codes were sent within an hour` };
  }
  const expiresAt = new Date(now.getTime() + CODE_SECONDS * 1000).toISOString();
  const fields = { sentAt: [...sentAt, now.toISOString()], code: { ...code, expiresAt, tries: 0 } };
  const row = next(person, current, fields);
  return { writes: [write(row, current)], events: [signInEvent(row, 'person.code-sent', now)], result: row };
}

export type TriedCode = {
  /** Keyed as the stored one. */
  readonly hash: string;
  readonly browser: string;
  /** The session a good code opens, by its hash. */
  readonly session: string;
};

/**
 * Uses a code up for a session, or counts a wrong one in the same commit that refuses it, so that guesses at once are
 * guesses counted. Another browser's guess is worth nothing and costs the person nothing.
 */
export function useCode(
  { person, current }: SignInFacts,
  tried: TriedCode,
  now: Date,
): Change<SessionRow | undefined> | Refusal<'no-code'> {
  const code = current?.code;
  const live = code && now.getTime() < Date.parse(code.expiresAt) && code.tries < CODE_TRIES;
  if (!live || person.status !== 'active' || code.browser !== tried.browser) {
    return { refused: 'no-code', detail: 'there is no code to use: ask for one' };
  }
  const { sentAt } = current;
  if (code.hash !== tried.hash) {
    const row = next(person, current, { sentAt, code: { ...code, tries: code.tries + 1 } });
    const events = [signInEvent(row, 'person.code-refused', now)] as const;
    return { writes: [write(row, current)], events, result: undefined };
  }
  const row = next(person, current, { sentAt });
  const session = openSession(person, { hash: tried.session, way: 'code' }, now);
  return {
    writes: [write(row, current), session.write],
    events: [signInEvent(row, 'person.code-used', now), session.event],
    result: session.row,
  };
}

function next(
  { id }: PersonRow,
  current: SignInRow | undefined,
  fields: Pick<SignInRow, 'sentAt' | 'code'>,
): SignInRow {
  return { ...signInKey(id), v: 1, version: (current?.version ?? 0) + 1, person: id, ...fields };
}

const write = (row: SignInRow, current: SignInRow | undefined) =>
  current
    ? ({ kind: 'replace', row, ifVersion: current.version } as const)
    : ({ kind: 'create', row } as const);

function signInEvent({ pk, version, person }: SignInRow, type: EventType, now: Date): AuditEvent {
  const actor = { kind: 'person', id: person } as const;
  return { v: 1, subject: pk, version, type, at: now.toISOString(), actor, data: {} };
}
