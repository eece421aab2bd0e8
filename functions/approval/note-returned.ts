import { approvalKey, approvalRow } from '../../core/approval/approval.ts';
import { noteBounce } from '../../core/approval/note-bounce.ts';
import type { Refusal } from '../../core/change.ts';
import type { ApprovalId } from '../../core/id.ts';
import { parseRow } from '../../core/row.ts';
import { waiterKey, waiterRow } from '../../core/waiter.ts';
import type { Log } from '../aws/log.ts';
import type { Machines } from '../aws/machines.ts';
import { decideAndCommit, type Registry } from '../aws/registry.ts';
import { canBeReached, type ReachDeps } from './can-be-reached.ts';
import { loadPending } from './pending-approvals.ts';
import type { ReturnedMail } from './returned-mail.ts';

export type ReturnedDeps = ReachDeps & {
  readonly registry: Registry;
  readonly machines: Pick<Machines, 'answer'>;
  readonly log: Log;
};

/**
 * Notes a mail that came back, and lets the machine go on to the next deadline at once when those who are left are too
 * few. Told twice, late, or of what is decided, it changes nothing. Whoever could forge such an event could do no
 * more than that: make us believe somebody unreached. Nobody decides by it.
 */
export async function noteReturned(deps: ReturnedDeps, mail: ReturnedMail): Promise<void> {
  const concerned = mail.approval ? [mail.approval] : await digestedFor(deps, mail.person);
  for (const approval of concerned) await noteFor(deps, approval, mail);
}

/** The approvals whose asking a person's digests stand for. */
async function digestedFor({ registry, now }: ReturnedDeps, person: string): Promise<readonly ApprovalId[]> {
  const { pending } = await loadPending(registry, now());
  return pending
    .map(({ approval }) => approval)
    .filter(({ asked }) => asked?.[person]?.digest)
    .map(({ id }) => id);
}

async function noteFor(deps: ReturnedDeps, id: ApprovalId, { person, why, round }: ReturnedMail) {
  const noted = await decideAndCommit(deps.registry, async () => {
    const [stored] = await deps.registry.load([approvalKey(id)]);
    if (!stored) return { refused: 'unknown', detail: 'no approval of this stage' } satisfies Refusal;
    return noteBounce(parseRow(approvalRow, stored), { people: [person], why, round }, deps.now());
  });
  const refused = 'refused' in noted ? noted.refused : undefined;
  deps.log('warn', 'APPROVAL_MAIL_RETURNED', { approval: id, person, why, refused });
  if (refused === undefined || refused === 'known') await goOn(deps, id);
}

/** The token is read before the facts: one that is newer than what we judge by is never failed. */
async function goOn(deps: ReturnedDeps, id: ApprovalId): Promise<void> {
  const [waiting] = await deps.registry.load([waiterKey(approvalKey(id))]);
  const { facts, met } = await canBeReached(deps, id);
  if (!waiting || facts.approval.status !== 'pending' || met) return;
  const { token } = parseRow(waiterRow, waiting);
  const cause = `too few of those who may decide about ${id} can be reached`;
  await deps.machines.answer(token, { error: 'ApproversUnreachable', cause });
}
