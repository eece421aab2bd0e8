import { createHash } from 'node:crypto';
import { noteBounce } from '../../core/approval/note-bounce.ts';
import { hastened, peopleToAsk, requestApproval } from '../../core/approval/request-approval.ts';
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
import { canBeReached, type ReachDeps } from './can-be-reached.ts';
import { createChooseWay, type MailRate } from './choose-way.ts';
import { type ApprovalFacts, loadApproval } from '../aws/load-approval.ts';

export type AskDeps = ReachDeps & {
  readonly registry: Registry;
  readonly machines: Pick<Machines, 'answer'>;
  readonly sendMail: SendMail;
  readonly mailRate: MailRate;
  readonly apiUrl: string;
  /** 256 random bits as text that fits a URL. */
  readonly newSecret: () => string;
  readonly log: Log;
};

export const hashSecret = (secret: string) => createHash('sha256').update(secret).digest('hex');

export type Asked = {
  readonly token: string;
  readonly approval: ApprovalId;
  /** Which of the approval's deadlines asks; 0 is the opening. */
  readonly deadline: number;
};

/**
 * Gives those to be asked at a deadline a one-time link, or leaves them to their next digest, and remembers the token
 * that waits for them all. An approval decided meanwhile answers at once. When those who were asked so far and can be
 * reached are too few it throws, so that the machine goes on to the next deadline, or closes the approval.
 */
export async function askApprovers(deps: AskDeps, { token, approval: id, deadline }: Asked): Promise<void> {
  const secrets = new Map<string, string>();
  const chooseWay = createChooseWay(deps);
  const asked = await decideAndCommit(deps.registry, async () => {
    const now = deps.now();
    const facts = await loadApproval(deps.registry, id, now);
    const approval = hastened(facts.approval, deadline, now);
    const people = peopleToAsk(approval, facts.electorate, { deadline, now });
    const { mailed, digested } = await chooseWay(approval, people, deadline);
    secrets.clear();
    for (const person of mailed) secrets.set(person, deps.newSecret());
    const links = [...secrets].map(([person, secret]) => ({ person, secretHash: hashSecret(secret) }));
    return requestApproval(approval, { token, deadline, links, digested }, now);
  });
  const facts = await loadApproval(deps.registry, id, deps.now());
  const { status } = facts.approval;
  if (isRefusal(asked) || isTerminal(approvalStatuses, status)) {
    await deps.machines.answer(token, { output: { outcome: status } });
    return;
  }
  const unreached = await mailAll(deps, facts, secrets);
  if (unreached.length > 0) await noteUnreached(deps, id, unreached);
  if (!(await canBeReached(deps, id)).met)
    throw new Fault('ApproversUnreachable', `too few of those who may decide could be asked about ${id}`);
}

/** Mails each their own link; gives those whose mail was not taken. */
async function mailAll(
  deps: AskDeps,
  facts: ApprovalFacts,
  secrets: ReadonlyMap<string, string>,
): Promise<readonly string[]> {
  const mails = [...secrets].map(async ([person, secret]) => {
    const to = facts.electorate.people.find(({ id }) => id === person);
    if (!to) return [person];
    try {
      const mail = await approvalMail(facts, to, `${deps.apiUrl}/approvals/${secret}`);
      await deps.sendMail({ ...mail, tags: tagsOf(facts, person) });
      deps.log('info', 'APPROVAL_MAILED', { approval: facts.approval.id, person });
      return [];
    } catch (error) {
      const subject = { approval: facts.approval.id, person };
      deps.log('error', 'APPROVAL_MAIL_FAILED', { ...subject, ...errorDetails(error) });
      return [person];
    }
  });
  return (await Promise.all(mails)).flat();
}

/** By these a mail that comes back is known: ids and a number, which SES takes as they are. */
const tagsOf = ({ approval }: ApprovalFacts, person: string) => ({
  approval: approval.id,
  person,
  round: String(approval.asked?.[person]?.round ?? approval.round),
});

async function noteUnreached(deps: AskDeps, id: ApprovalId, people: readonly string[]): Promise<void> {
  await decideAndCommit(deps.registry, async () => {
    const { approval } = await loadApproval(deps.registry, id, deps.now());
    return noteBounce(approval, { people, why: 'not-taken' }, deps.now());
  });
}
