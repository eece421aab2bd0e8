import { createHash } from 'node:crypto';
import { peopleToAsk, requestApproval } from '../../core/approval/request-approval.ts';
import { approvalStatuses } from '../../core/approval/approval.ts';
import { isRefusal } from '../../core/change.ts';
import { Fault } from '../../core/fault.ts';
import type { ApprovalId } from '../../core/id.ts';
import { isTerminal } from '../../core/status.ts';
import type { Log } from '../aws/log.ts';
import { errorDetails } from '../aws/log.ts';
import type { Machines } from '../aws/machines.ts';
import type { SendMail } from '../aws/mail.ts';
import { decideAndCommit, type Registry } from '../aws/registry.ts';
import { approvalMail } from './approval-mail.ts';
import { type ApprovalFacts, loadApproval } from './load-approval.ts';

export type AskDeps = {
  readonly registry: Registry;
  readonly machines: Pick<Machines, 'answer'>;
  readonly sendMail: SendMail;
  readonly apiUrl: string;
  /** 256 random bits as text that fits a URL. */
  readonly newSecret: () => string;
  readonly log: Log;
  readonly now: () => Date;
};

export const hashSecret = (secret: string) => createHash('sha256').update(secret).digest('hex');

/**
 * Gives every eligible person a one-time link and remembers the token that waits for them. An approval decided
 * meanwhile answers at once. When nobody can be reached it throws, so that the machine closes the approval.
 */
export async function askApprovers(
  deps: AskDeps,
  { token, approval: id }: { readonly token: string; readonly approval: ApprovalId },
): Promise<void> {
  const secrets = new Map<string, string>();
  const asked = await decideAndCommit(deps.registry, async () => {
    const facts = await loadApproval(deps.registry, id);
    secrets.clear();
    for (const { id: person } of peopleToAsk(facts.approval, facts.electorate))
      secrets.set(person, deps.newSecret());
    const links = [...secrets].map(([person, secret]) => ({ person, secretHash: hashSecret(secret) }));
    return requestApproval(facts.approval, { token, links }, deps.now());
  });
  const facts = await loadApproval(deps.registry, id);
  const { status } = facts.approval;
  if (isRefusal(asked) || isTerminal(approvalStatuses, status)) {
    await deps.machines.answer(token, { output: { outcome: status } });
    return;
  }
  const reached = await mailAll(deps, facts, secrets);
  if (reached === 0) throw new Fault('ApproversUnreachable', `nobody could be asked about ${id}`);
}

async function mailAll(
  deps: AskDeps,
  facts: ApprovalFacts,
  secrets: ReadonlyMap<string, string>,
): Promise<number> {
  const mails = [...secrets].map(async ([person, secret]) => {
    const to = facts.electorate.people.find(({ id }) => id === person);
    if (!to) return 0;
    try {
      await deps.sendMail(await approvalMail(facts, to, `${deps.apiUrl}/approvals/${secret}`));
      deps.log('info', 'APPROVAL_MAILED', { approval: facts.approval.id, person });
      return 1;
    } catch (error) {
      deps.log('error', 'APPROVAL_MAIL_FAILED', {
        approval: facts.approval.id,
        person,
        ...errorDetails(error),
      });
      return 0;
    }
  });
  return (await Promise.all(mails)).reduce<number>((sum, sent) => sum + sent, 0);
}
