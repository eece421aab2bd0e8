import type { AgentId } from '../../core/id.ts';
import { createOnceAMinute } from './once-a-minute.ts';

/** Records that an agent asked too often: one event a minute and agent. */
export function createLimitCounter(
  deps: Parameters<typeof createOnceAMinute>[0],
): (agent: AgentId) => Promise<void> {
  const record = createOnceAMinute(deps);
  const note = 'it asked more often than its rates allow; these requests were not looked at';
  return (agent) =>
    record({
      subject: `LIMITED#${agent}`,
      type: 'requests.limited',
      actor: { kind: 'agent', id: agent },
      agent,
      note,
    });
}
