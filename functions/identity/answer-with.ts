import type { Context } from 'hono';
import type { TokenClaims } from '../../core/identity/issue-token.ts';
import type { Registry } from '../aws/registry.ts';
import type { TokenKey } from '../aws/token-key.ts';

export type TokenDeps = {
  readonly registry: Registry;
  readonly key: TokenKey;
  readonly issuer: string;
  readonly now: () => Date;
  /** A fresh, unguessable id for a token that no assertion names. */
  readonly newJti: () => string;
  readonly refused: () => Promise<void>;
};

/** Signs what was granted and answers as OAuth does; never cached. */
export async function answerWith(deps: TokenDeps, c: Context, claims: TokenClaims): Promise<Response> {
  const token = await deps.key.sign(claims);
  const body = { access_token: token, token_type: 'Bearer', expires_in: claims.exp - claims.iat };
  return c.json(body, 200, { 'cache-control': 'no-store' });
}
