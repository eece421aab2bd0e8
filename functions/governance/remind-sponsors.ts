import { html } from 'hono/html';
import { agentKey, type AgentRow, agentRow } from '../../core/agent/agent.ts';
import { dueNow, recordReminder, suspendMissed } from '../../core/agent/certification.ts';
import type { Change, Refusal } from '../../core/change.ts';
import { isRefusal } from '../../core/change.ts';
import { personKey, type PersonRow, personRow } from '../../core/governance/person.ts';
import { parseRow } from '../../core/row.ts';
import { errorDetails, type Log } from '../aws/log.ts';
import type { Mail, SendMail } from '../aws/mail.ts';
import { decideAndCommit, type Registry } from '../aws/registry.ts';

export type RemindDeps = {
  readonly registry: Pick<Registry, 'load' | 'list' | 'commit'>;
  readonly sendMail: SendMail;
  readonly log: Log;
  readonly now: () => Date;
};

const LIMIT = 10_000;

/**
 * Looks after every certification: reminds sponsors, and suspends agents whose certification ended. One agent that
 * can't be looked after does not keep the others waiting. Gives how many it saw and how many failed.
 */
export async function remindSponsors(deps: RemindDeps): Promise<{ seen: number; failed: number }> {
  const units = await deps.registry.list('list', 'UNIT', LIMIT);
  const partitions = units.map((unit) => `AGENTS#${String(unit['id'])}`);
  const rows = await Promise.all(partitions.map((each) => deps.registry.list('list', each, LIMIT)));
  const agents = rows.flat().map((row) => parseRow(agentRow, row));
  let failed = 0;
  for (const agent of agents) {
    await lookAfter(deps, agent).catch((error: unknown) => {
      failed += 1;
      deps.log('error', 'AGENT_UNWATCHED', { agent: agent.id, ...errorDetails(error) });
    });
  }
  return { seen: agents.length, failed };
}

async function lookAfter(deps: RemindDeps, listed: AgentRow): Promise<void> {
  const due = dueNow(listed, deps.now());
  if (due.kind === 'nothing') return;
  if (due.kind === 'remind') return remind(deps, listed, due);
  const done = await onFresh(deps, listed, (agent) =>
    dueNow(agent, deps.now()).kind === 'suspend' ? suspendMissed(agent, deps.now()) : settled,
  );
  if (!isRefusal(done)) deps.log('warn', 'AGENT_SUSPENDED', { agent: listed.id });
}

const settled: Refusal<'settled'> = { refused: 'settled', detail: 'somebody put it right meanwhile' };

/** The mail first, then its record: a mail may come twice, and none is left out. */
async function remind(
  deps: RemindDeps,
  agent: AgentRow,
  { daysAhead, daysLeft }: { readonly daysAhead: number; readonly daysLeft: number },
): Promise<void> {
  const [stored] = await deps.registry.load([personKey(agent.sponsor)]);
  const sponsor = stored && parseRow(personRow, stored);
  if (sponsor?.status !== 'active') return;
  await deps.sendMail(await reminderMail(agent, sponsor, daysLeft));
  await onFresh(deps, agent, (fresh) =>
    dueNow(fresh, deps.now()).kind === 'remind' ? recordReminder(fresh, daysAhead, deps.now()) : settled,
  );
  deps.log('info', 'AGENT_REMINDED', { agent: agent.id, daysAhead });
}

function onFresh(
  { registry }: RemindDeps,
  { id }: AgentRow,
  verb: (agent: AgentRow) => Change<AgentRow> | Refusal<'settled'>,
) {
  return decideAndCommit(registry, async () => {
    const [row] = await registry.load([agentKey(id)]);
    return verb(parseRow(agentRow, row));
  });
}

async function reminderMail(agent: AgentRow, to: PersonRow, daysLeft: number): Promise<Mail> {
  const { id, name, unit, recertifyBy = '' } = agent;
  const left = daysLeft === 0 ? 'today' : daysLeft === 1 ? 'tomorrow' : `in ${daysLeft} days`;
  const what = `The certification of agent ${name} (${id}, unit ${unit}) ends ${left}, on ${recertifyBy} (UTC).`;
  const next =
    'You answer for it. If it should go on, set recertifyBy in its manifest to a later day and have it applied. Otherwise it does nothing from then on.';
  const page = html`<!doctype html>
    <html lang="en">
      <body style="font: 16px/1.5 sans-serif; max-width: 36em; margin: 0 auto; padding: 16px">
        <p>${what}</p>
        <p>${next}</p>
      </body>
    </html>`;
  const subject = `Please recertify: ${name} ends ${left}`.slice(0, 200);
  return { to: to.email, subject, text: `${what}\n\n${next}\n`, html: (await page).toString() };
}
