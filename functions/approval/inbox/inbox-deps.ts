import type { SendMail } from '../../aws/mail.ts';
import type { Registry } from '../../aws/registry.ts';
import type { OidcProvider } from './oidc-provider.ts';
import type { PageDeps } from '../open-link.ts';

export type InboxDeps = PageDeps & {
  readonly registry: Registry;
  readonly sendMail: SendMail;
  /** 256 random bits as text that fits a cookie. */
  readonly newSecret: () => string;
  /** Eight random digits. */
  readonly newCode: () => string;
  /** Signing in by the company's own provider, where there is one. */
  readonly oidc?: OidcProvider | undefined;
  /** How long an answer takes at least where a quicker one would tell whom we know. */
  readonly pause: () => Promise<unknown>;
};
