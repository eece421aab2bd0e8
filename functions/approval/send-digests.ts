import { isAwaited } from '../../core/approval/inbox.ts';
import { isDigestDue, type MailboxRow, mailboxRow } from '../../core/approval/mailbox.ts';
import { personKey, personRow } from '../../core/governance/person.ts';
import { parseRow } from '../../core/row.ts';
import type { ApprovalFacts } from '../aws/load-approval.ts';
import { errorDetails, type Log } from '../aws/log.ts';
import type { Mailboxes } from '../aws/mailboxes.ts';
import type { SendMail } from '../aws/mail.ts';
import type { Registry } from '../aws/registry.ts';
import { digestMail } from './digest-mail.ts';
import { loadPending } from './pending-approvals.ts';

export type DigestDeps = {
  readonly registry: Pick<Registry, 'load' | 'list'>;
  readonly mailboxes: Pick<Mailboxes, 'claim' | 'settle'>;
  readonly sendMail: SendMail;
  readonly apiUrl: string;
  readonly log: Log;
  readonly now: () => Date;
};

const MAILBOXES_A_RUN = 500;

/** Mails everyone who is owed a digest one, at most one in fifteen minutes. One that fails stays owed. */
export async function sendDigests(deps: DigestDeps): Promise<{ readonly sent: number }> {
  const owed = await deps.registry.list('open', 'DIGEST', MAILBOXES_A_RUN);
  const due = owed.map((row) => parseRow(mailboxRow, row)).filter((each) => isDigestDue(each, deps.now()));
  if (due.length === 0) return { sent: 0 };
  const { pending } = await loadPending(deps.registry, deps.now());
  let sent = 0;
  for (const mailbox of due) if (await sendOne(deps, mailbox, pending)) sent += 1;
  return { sent };
}

async function sendOne(deps: DigestDeps, mailbox: MailboxRow, pending: readonly ApprovalFacts[]) {
  const { person } = mailbox;
  try {
    if (!(await deps.mailboxes.claim(mailbox, deps.now()))) return false;
    const awaited = pending.filter((facts) => isAwaited(facts, person, deps.now()));
    if (awaited.length > 0) await mail(deps, person, awaited);
    await deps.mailboxes.settle(mailbox);
    return awaited.length > 0;
  } catch (error) {
    deps.log('error', 'DIGEST_FAILED', { person, ...errorDetails(error) });
    return false;
  }
}

async function mail(deps: DigestDeps, id: string, awaited: readonly ApprovalFacts[]): Promise<void> {
  const [stored] = await deps.registry.load([personKey(id)]);
  await deps.sendMail(await digestMail(parseRow(personRow, stored), awaited, `${deps.apiUrl}/inbox`));
  deps.log('info', 'DIGEST_MAILED', { person: id, requests: awaited.length });
}
