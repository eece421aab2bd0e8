import type { AgentId } from '../../core/id.ts';
import type { Registry } from './registry.ts';

/** Records that an agent asked too often: one event a minute and agent, so that nobody can fill our ledger. */
export function createLimitCounter({
  registry,
  now,
}: {
  readonly registry: Pick<Registry, 'commit'>;
  readonly now: () => Date;
}): (agent: AgentId) => Promise<void> {
  const recorded = new Map<AgentId, string>();
  return async (agent) => {
    const at = now().toISOString();
    const minute = at.slice(0, 16);
    if (recorded.get(agent) === minute) return;
    recorded.set(agent, minute);
    const subject = `LIMITED#${agent}#${minute}`;
    const note = 'it asked more often than its rates allow; these requests were not looked at';
    const actor = { kind: 'agent', id: agent } as const;
    const event = { v: 1, subject, version: 1, type: 'requests.limited', at, actor, agent } as const;
    await registry.commit({ writes: [], events: [{ ...event, data: { minute, note } }], result: undefined });
  };
}
