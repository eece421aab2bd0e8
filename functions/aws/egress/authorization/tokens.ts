import * as z from 'zod';
import { canonicalJson } from '../../../../core/canonical-json.ts';
import type { System, SystemAuth } from '../../../../core/governance/system.ts';
import type { Send } from '../send.ts';
import { within } from '../within.ts';
import type { ReadSecret } from '../../secrets.ts';
import type { Authorization, NotAuthorized } from './authorize.ts';

type ClientAuth = Extract<SystemAuth, { type: 'oauth2' }>;
type Token = { readonly token: string; readonly secrets: readonly string[]; readonly until: number };

/** A token for a system, from memory or from its token endpoint. */
export type AskToken = (ask: {
  readonly system: System;
  readonly auth: ClientAuth;
  readonly signal: AbortSignal;
  readonly refused?: Authorization | undefined;
}) => Promise<Token | NotAuthorized>;

const ASK_MS = 10_000;
/** How long a token counts whose life nobody tells. */
const UNTOLD_SECONDS = 300;

const tokenReply = z.looseObject({
  access_token: z.string().regex(/^[\x21-\x7e]{1,16384}$/),
  token_type: z.string().regex(/^bearer$/i),
  expires_in: z.coerce.number().min(0).max(1e9).catch(UNTOLD_SECONDS).default(UNTOLD_SECONDS),
});

/**
 * OAuth 2 client credentials. A token is kept until shortly before it ends, whoever asks meanwhile waits for the one
 * request under way, and one that a system refused is forgotten.
 */
export function createTokens(deps: {
  readonly readSecret: ReadSecret;
  readonly send: Send;
  readonly now: () => Date;
}): AskToken {
  const kept = new Map<string, Token>();
  const underWay = new Map<string, Promise<Token | NotAuthorized>>();
  return async ({ system, auth, signal, refused }) => {
    const key = canonicalJson({ auth, networks: system.privateNetworks ?? [] });
    const known = kept.get(key);
    const bad = known !== undefined && refused?.secrets.includes(known.token) === true;
    if (known && !bad && known.until > deps.now().getTime()) return known;
    if (bad) kept.delete(key);
    const asked = underWay.get(key) ?? start(key, ask(deps, system, auth, bad));
    try {
      return await within(signal, asked);
    } catch (error) {
      return noToken(system, error instanceof Error ? error.name : 'error');
    }
  };
  function start(key: string, asked: Promise<Token | NotAuthorized>): Promise<Token | NotAuthorized> {
    const stored = asked.then((told) => {
      if ('token' in told) kept.set(key, told);
      return told;
    });
    const ended = stored.finally(() => underWay.delete(key));
    underWay.set(key, ended);
    return ended;
  }
}

async function ask(
  { readSecret, send, now }: Parameters<typeof createTokens>[0],
  system: System,
  auth: ClientAuth,
  fresh: boolean,
): Promise<Token | NotAuthorized> {
  const secret = await readSecret(auth.secret, fresh);
  const pair = Buffer.from(`${formEncoded(auth.clientId)}:${formEncoded(secret)}`).toString('base64');
  const url = new URL(auth.tokenUrl);
  const answer = await send({
    url,
    origin: url.origin,
    method: 'POST',
    headers: {
      accept: 'application/json',
      authorization: `Basic ${pair}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: formOf(auth),
    privateNetworks: system.privateNetworks,
    signal: AbortSignal.timeout(ASK_MS),
    maxBytes: 64 * 1024,
  });
  if (answer.kind !== 'answered') return noToken(system, answer.detail);
  if (answer.status !== 200) return noToken(system, `${url.host} answered ${answer.status}`);
  const read = tokenReply.safeParse(jsonOf(answer.text));
  if (!read.success) return noToken(system, `${url.host} gave no bearer token`);
  const { access_token: token, expires_in: seconds } = read.data;
  const until = now().getTime() + (seconds - Math.min(60, seconds / 5)) * 1000;
  return { token, secrets: [token, secret, pair], until };
}

function formOf({ scope, audience }: ClientAuth): string {
  const grant = { grant_type: 'client_credentials', ...(scope && { scope }), ...(audience && { audience }) };
  return new URLSearchParams(grant).toString();
}

/** Client id and secret are encoded as forms are before they go into the header (RFC 6749, 2.3.1). */
const formEncoded = (text: string) => new URLSearchParams({ a: text }).toString().slice(2);

function jsonOf(text = ''): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const noToken = ({ id }: System, why: string): NotAuthorized => ({
  code: 'no-token',
  detail: `system ${id} could not be signed in to, so nothing was sent: ${why}`,
});
