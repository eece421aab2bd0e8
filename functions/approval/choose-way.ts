import type { ApprovalRow } from '../../core/approval/approval.ts';
import { mayWait } from '../../core/approval/mailbox.ts';
import type { PersonRow } from '../../core/governance/person.ts';
import type { Log } from '../aws/log.ts';
import { errorDetails } from '../aws/log.ts';
import type { Mailboxes } from '../aws/mailboxes.ts';

export type MailRate = {
  readonly mailboxes: Pick<Mailboxes, 'admit' | 'owe'>;
  /** Mails a person gets in an hour before the rest comes as a digest. */
  readonly perHour: number;
};

type Deps = { readonly mailRate: MailRate; readonly log: Log; readonly now: () => Date };

/** Who gets a mail of their own, and who is told by the next digest. */
export type Chosen = { readonly mailed: readonly string[]; readonly digested: readonly string[] };

/**
 * Chooses for each person once, however often the asking is tried again, so that none is counted twice. What is
 * critical or urgent is mailed; and so is whatever can't be counted, for asking must not fail by counting.
 */
export function createChooseWay(deps: Deps) {
  const chosen = new Map<string, boolean>();
  return async (approval: ApprovalRow, people: readonly PersonRow[], deadline: number): Promise<Chosen> => {
    if (approval.status !== 'pending') return { mailed: [], digested: [] };
    const patient = mayWait(approval, deadline, deps.now());
    const fresh = people.filter(({ id }) => !chosen.has(id));
    await Promise.all(fresh.map(async ({ id }) => chosen.set(id, patient && (await isOver(deps, id)))));
    const ids = people.map(({ id }) => id);
    return {
      mailed: ids.filter((id) => !chosen.get(id)),
      digested: ids.filter((id) => chosen.get(id)),
    };
  };
}

async function isOver({ mailRate, log, now }: Deps, person: string): Promise<boolean> {
  const { mailboxes, perHour } = mailRate;
  try {
    if (await mailboxes.admit(person, perHour, now())) return false;
    await mailboxes.owe(person, now());
    return true;
  } catch (error) {
    log('error', 'APPROVAL_MAIL_UNCOUNTED', { person, ...errorDetails(error) });
    return false;
  }
}
