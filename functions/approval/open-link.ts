import { isNewest, linkKey, type LinkRow, linkRow } from '../../core/approval/approval.ts';
import type { Ballot } from '../../core/approval/cast-vote.ts';
import { parseRow } from '../../core/row.ts';
import { type ApprovalFacts, loadApproval } from '../aws/load-approval.ts';
import type { Registry } from '../aws/registry.ts';
import { hashSecret } from './ask-approvers.ts';
import type { TouchedDeps } from './touched.ts';

export type PageDeps = TouchedDeps & {
  readonly registry: Registry;
  readonly apiUrl: string;
  readonly now: () => Date;
};

/** A good link, or one's place in the inbox, with all it leads to. */
export type Opened = {
  readonly link: Pick<LinkRow, 'approval' | 'person' | 'digest'>;
  readonly facts: ApprovalFacts;
  readonly secret: string;
  /** Where, and how surely known, this person decides. @default the page, by a link */
  readonly by?: Pick<Ballot, 'channel' | 'assurance'>;
  /** When the page was shown whose form was sent; absent where none was. */
  readonly seenAt?: Date;
};

/** The link of this secret while it is its person's newest; `unknown` and `replaced` ones open nothing. */
export async function openLink(deps: PageDeps, secret: string): Promise<Opened | 'unknown' | 'replaced'> {
  if (!/^[\w-]{43}$/.test(secret)) return 'unknown';
  const [stored] = await deps.registry.load([linkKey(hashSecret(secret))]);
  if (!stored) return 'unknown';
  const link = parseRow(linkRow, stored);
  const facts = await loadApproval(deps.registry, link.approval, deps.now());
  return isNewest(link, facts.approval) ? { link, facts, secret } : 'replaced';
}
