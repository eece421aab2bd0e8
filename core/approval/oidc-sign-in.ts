import type { Change, Refusal } from '../change.ts';
import type { PersonRow } from '../governance/person.ts';
import type { Row } from '../row.ts';
import { openSession, type SessionRow } from './session.ts';

const HOUR_SECONDS = 3600;

/** A sign-in by the company's provider that opened its session, under the SHA-256 of the browser's secret. */
export const oidcKey = (secretHash: string) => ({ pk: `OIDC#${secretHash}`, sk: 'OIDC' });

/** Opens the one session a sign-in by the provider is good for. */
export function openByProvider(
  { person, used }: { readonly person: PersonRow; readonly used: boolean },
  signIn: { readonly hash: string; readonly session: string },
  now: Date,
): Change<SessionRow> | Refusal<'used' | 'left'> {
  if (used) return { refused: 'used', detail: 'this sign-in opened its session before' };
  if (person.status !== 'active') return { refused: 'left', detail: 'this person left' };
  const session = openSession(person, { hash: signIn.session, way: 'oidc' }, now);
  const ttl = Math.ceil(now.getTime() / 1000) + HOUR_SECONDS;
  const row: Row = { ...oidcKey(signIn.hash), v: 1, version: 1, person: person.id, ttl };
  const actor = { kind: 'person', id: person.id } as const;
  const at = now.toISOString();
  return {
    writes: [{ kind: 'create', row }, session.write],
    events: [
      { v: 1, subject: row.pk, version: 1, type: 'person.code-used', at, actor, data: { way: 'oidc' } },
      session.event,
    ],
    result: session.row,
  };
}
