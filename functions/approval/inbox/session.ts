import type { Context } from 'hono';
import { isSignedIn, sessionKey, type SessionRow, sessionRow } from '../../../core/approval/session.ts';
import { personKey, type PersonRow, personRow } from '../../../core/governance/person.ts';
import { parseRow } from '../../../core/row.ts';
import { hashSecret } from '../ask-approvers.ts';
import { cookiesOf } from './cookies.ts';
import type { InboxDeps } from './inbox-deps.ts';

/** Who is signed in, by the rows of now. */
export type SignedIn = { readonly person: PersonRow; readonly session: SessionRow; readonly secret: string };

export async function signedIn(deps: InboxDeps, c: Context): Promise<SignedIn | undefined> {
  const secret = cookiesOf(deps.apiUrl).read(c, 'session');
  if (secret === undefined) return undefined;
  const [stored] = await deps.registry.load([sessionKey(hashSecret(secret))]);
  if (!stored) return undefined;
  const session = parseRow(sessionRow, stored);
  const [row] = await deps.registry.load([personKey(session.person)]);
  const person = row && parseRow(personRow, row);
  return person && isSignedIn(session, person, deps.now()) ? { person, session, secret } : undefined;
}
