import * as z from 'zod';
import type { Change, Refusal, Write } from '../change.ts';
import type { AuditEvent, EventType } from '../event.ts';
import type { PersonRow } from '../governance/person.ts';
import { rowBase } from '../row.ts';

/** Seconds one sign-in lasts. */
export const SESSION_SECONDS = 8 * 3600;

/** How a person showed who they are. */
export const ways = ['code', 'oidc'] as const;
export type SignInWay = (typeof ways)[number];

/** A signed-in browser: stored under the SHA-256 of its cookie's 256-bit secret. */
export const sessionRow = z.object({
  ...rowBase,
  person: z.string(),
  /** The address that was proven; when the person's changes, this ends. */
  email: z.string(),
  way: z.enum(ways),
  openedAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  endedAt: z.iso.datetime().optional(),
  /** Epoch seconds; DynamoDB's TTL removes the row some time after. */
  ttl: z.int(),
});
export type SessionRow = z.infer<typeof sessionRow>;

export const sessionKey = (secretHash: string) => ({ pk: `SESSION#${secretHash}`, sk: 'SESSION' });

/** What opening a session writes and tells; its person is active and just showed who they are. */
export function openSession(
  { id, email }: PersonRow,
  { hash, way }: { readonly hash: string; readonly way: SignInWay },
  now: Date,
): { readonly row: SessionRow; readonly write: Write; readonly event: AuditEvent } {
  const expires = now.getTime() + SESSION_SECONDS * 1000;
  const row: SessionRow = {
    ...sessionKey(hash),
    v: 1,
    version: 1,
    person: id,
    email,
    way,
    openedAt: now.toISOString(),
    expiresAt: new Date(expires).toISOString(),
    ttl: Math.ceil(expires / 1000) + 86_400,
  };
  return { row, write: { kind: 'create', row }, event: sessionEvent(row, 'person.signed-in', now) };
}

/** Whether a session is good now, by the person's row of now: who left, or got another address, has none. */
export function isSignedIn(session: SessionRow, person: PersonRow | undefined, now: Date): boolean {
  const inTime = session.endedAt === undefined && now.getTime() < Date.parse(session.expiresAt);
  return inTime && person?.status === 'active' && person.email === session.email;
}

/** Signs out; that browser's cookie opens nothing any more. */
export function endSession(session: SessionRow, now: Date): Change<SessionRow> | Refusal<'ended'> {
  if (session.endedAt !== undefined) return { refused: 'ended', detail: 'this session ended before' };
  const row: SessionRow = { ...session, version: session.version + 1, endedAt: now.toISOString() };
  return {
    writes: [{ kind: 'replace', row, ifVersion: session.version }],
    events: [sessionEvent(row, 'person.signed-out', now)],
    result: row,
  };
}

function sessionEvent({ pk, version, person, way }: SessionRow, type: EventType, now: Date): AuditEvent {
  const actor = { kind: 'person', id: person } as const;
  return { v: 1, subject: pk, version, type, at: now.toISOString(), actor, data: { way } };
}
