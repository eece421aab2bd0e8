import type { Change } from '../change.ts';
import type { AuditEvent } from '../event.ts';
import { actingStages, agentKey, type AgentRow, certificationEnded, gateWrite } from './agent.ts';

/** So many days before a certification ends its sponsor is reminded, once each. */
export const REMIND_DAYS = [14, 7, 1] as const;
const DAY_MS = 86_400_000;

type Due =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'suspend' }
  | { readonly kind: 'remind'; readonly daysAhead: number; readonly daysLeft: number };

/**
 * What an agent's certification demands on this day. A day on which nobody looked is made up for: the most urgent
 * reminder that was not sent yet is due, and none twice.
 */
export function dueNow(agent: AgentRow, now: Date): Due {
  const { recertifyBy, reminded, stage } = agent;
  if (recertifyBy === undefined || !actingStages.some((acting) => acting === stage))
    return { kind: 'nothing' };
  if (certificationEnded(agent, now)) return { kind: 'suspend' };
  const today = Date.parse(now.toISOString().slice(0, 10));
  const daysLeft = (Date.parse(recertifyBy) - today) / DAY_MS;
  const daysAhead = REMIND_DAYS.filter((days) => daysLeft <= days).at(-1);
  if (daysAhead === undefined) return { kind: 'nothing' };
  const sent = reminded?.recertifyBy === recertifyBy && reminded.daysAhead <= daysAhead;
  return sent ? { kind: 'nothing' } : { kind: 'remind', daysAhead, daysLeft };
}

/** Records that the sponsor was reminded. */
export function recordReminder(agent: AgentRow, daysAhead: number, now: Date): Change<AgentRow> {
  const reminded = { recertifyBy: agent.recertifyBy ?? '', daysAhead };
  const data = { ...reminded, sponsor: agent.sponsor };
  const row = { ...agent, reminded, version: agent.version + 1 };
  return changed(agent, row, { type: 'agent.reminded', at: now.toISOString(), data });
}

/** Suspends an agent whose certification ended; its gate lets nothing through since the day was over. */
export function suspendMissed(agent: AgentRow, now: Date): Change<AgentRow> {
  const why = 'recertification-missed' as const;
  const { recertifyBy, sponsor } = agent;
  const row: AgentRow = { ...agent, stage: 'suspended', suspendedFor: why, version: agent.version + 1 };
  const data = { stage: 'suspended', why, recertifyBy, sponsor };
  const change = changed(agent, row, { type: 'agent.suspended', at: now.toISOString(), data });
  return { ...change, writes: [...change.writes, gateWrite(row, now)] };
}

function changed(
  { id, unit, version: ifVersion }: AgentRow,
  row: AgentRow,
  said: Pick<AuditEvent, 'type' | 'at' | 'data'>,
): Change<AgentRow> {
  const actor = { kind: 'system', id: 'watch-certifications' } as const;
  const about = { subject: agentKey(id).pk, version: row.version, agent: id, unit };
  return {
    writes: [{ kind: 'replace', row, ifVersion }],
    events: [{ v: 1, ...about, actor, ...said }],
    result: row,
  };
}
