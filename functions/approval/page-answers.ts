import type { Context } from 'hono';
import { askQuestion } from '../../core/approval/ask-question.ts';
import { castVote } from '../../core/approval/cast-vote.ts';
import { standIn, standInKey, standInRow } from '../../core/approval/stand-in.ts';
import { isRefusal, type Refusal } from '../../core/change.ts';
import { personKey, personRow } from '../../core/governance/person.ts';
import { parseRow } from '../../core/row.ts';
import { loadApproval } from '../aws/load-approval.ts';
import { decideAndCommit } from '../aws/registry.ts';
import type { ApiContext } from '../http/lambda.ts';
import type { Opened, PageDeps } from './open-link.ts';
import type { PageForm } from './page-form.ts';
import { notice, refuse, sentence } from './page-replies.ts';
import { pageHeaders } from './page-style.ts';
import { showRequest } from './show-request.ts';
import { stopAgent } from './stop-agent.ts';

type Answer = (deps: PageDeps, c: Context<ApiContext>, opened: Opened, form: PageForm) => Promise<Response>;

/** What each button of the page does. */
export const answers: Readonly<Record<PageForm['decision'], Answer>> = {
  approve: decide,
  deny: decide,
  ask,
  delegate,
  stop,
};

const back = (c: Context) => c.body(null, 303, { ...pageHeaders, location: c.req.path });
const refused = (c: Context, { detail }: Refusal) => refuse(c, 409, sentence(detail));

async function decide(...[deps, c, opened, form]: Parameters<Answer>): Promise<Response> {
  const decision = form.decision === 'approve' ? 'approve' : 'deny';
  const reason = form.reason?.trim() || undefined;
  const { link, by, seenAt } = opened;
  const ballot = { person: link.person, decision, reason, digest: link.digest, seenAt, ...by } as const;
  const load = () => loadApproval(deps.registry, link.approval, deps.now());
  const voted = await decideAndCommit(deps.registry, async () => castVote(await load(), ballot, deps.now()));
  if (!isRefusal(voted)) return back(c);
  if (voted.refused !== 'reason-required') return refused(c, voted);
  const problem = `Please ${voted.detail}.`;
  return showRequest(deps, c, { ...opened, facts: await load() }, { view: 'full', problem, seenAt });
}

async function ask(...[deps, c, { link }, form]: Parameters<Answer>): Promise<Response> {
  const asked = { person: link.person, text: form.question ?? '', digest: link.digest };
  const done = await decideAndCommit(deps.registry, async () =>
    askQuestion(await loadApproval(deps.registry, link.approval, deps.now()), asked, deps.now()),
  );
  return isRefusal(done) ? refused(c, done) : back(c);
}

/** From now on a colleague may decide in this person's place; the link's own person keeps every right. */
async function delegate(...[deps, c, { link }, form]: Parameters<Answer>): Promise<Response> {
  const days = form.days ?? 0;
  const done = await decideAndCommit(deps.registry, async () => {
    const now = deps.now();
    const keys = [personKey(link.person), personKey(form.colleague ?? ''), standInKey(link.person)];
    const [person, colleague, current] = await deps.registry.load(keys);
    const facts = {
      person: parseRow(personRow, person),
      delegate: colleague && parseRow(personRow, colleague),
      current: current && parseRow(standInRow, current),
    };
    return standIn(facts, new Date(now.getTime() + days * 86_400_000), now);
  });
  if (isRefusal(done)) return refused(c, done);
  const { delegate: colleague, until } = done.committed.result;
  const message =
    days > 0 ? `${colleague} may decide in your place until ${until}.` : 'Nobody decides in your place.';
  return notice(c, 200, { title: 'It is recorded', message: `${message} You may still decide yourself.` });
}

/** A council member's word stops the agent that asks, whatever becomes of this request. */
async function stop(...[deps, c, { link, facts }, form]: Parameters<Answer>): Promise<Response> {
  const { agent } = facts.approval;
  const reason = form.reason?.trim();
  if (!reason) return refuse(c, 400, 'Say why the agent must stop: go back and give a reason.');
  const refusal = await stopAgent(deps, { agent, person: link.person, reason });
  if (refusal) return refuse(c, 403, `${refusal.detail}.`);
  const message = `${agent} starts nothing more. To restore it, two administrators run autonomy restore.`;
  return notice(c, 200, { title: 'The agent is stopped', message });
}
