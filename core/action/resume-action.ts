import { type AgentRow, gateKey } from '../agent/agent.ts';
import type { Change, Refusal } from '../change.ts';
import type { Tool } from '../governance/tool.ts';
import type { AgentId } from '../id.ts';
import { priorsOf } from '../status.ts';
import { type ActionRow, actionStatuses } from './action.ts';
import { actionEvent, bySystem } from './action-row.ts';
import { type AdmissionFacts, quarantineObstacle, stoppedBy } from './admission.ts';
import { type CallOutcome, settleAction } from './settle-action.ts';

/** Seconds after its start in which an action can only be in flight: longer than any tool the door waits for may run. */
export const IN_FLIGHT_SECONDS = 45;

/** Seconds after its start in which this action's call may still be under way; none while nobody made it. */
export const inFlightSeconds = ({ queued, callSeconds = 0 }: Pick<ActionRow, 'queued' | 'callSeconds'>) =>
  queued ? 0 : Math.max(IN_FLIGHT_SECONDS, callSeconds + IN_FLIGHT_SECONDS);

export type ResumeFacts = Pick<AdmissionFacts, 'agent' | 'switches' | 'watch'> & {
  readonly action: ActionRow;
  readonly tool: Pick<Tool, 'effect' | 'hash' | 'reconcile'> | undefined;
  /** The agents that lent the acting one their say. */
  readonly links?: readonly AgentRow[];
};

/**
 * Takes up an action that was left to the executor, or that a crash left in flight. Tools whose calls may be repeated (`read`, `keyed`) are called
 * again under a new attempt, the fence, unless a kill switch covers them or the tool is in quarantine: then they wait
 * until that is over. An `at-most-once` tool's action becomes `unknown` and is never retried.
 */
export function resumeAction(
  { action: row, tool, links = [], ...who }: ResumeFacts,
  now: Date,
): Change<ActionRow> | Refusal<'not-started' | 'in-flight' | 'blocked'> {
  if (row.status !== 'started') return { refused: 'not-started', detail: `the action is ${row.status}` };
  const seconds = (now.getTime() - Date.parse(row.startedAt ?? row.requestedAt)) / 1000;
  if (seconds < inFlightSeconds(row)) return { refused: 'in-flight', detail: 'the call is still being made' };
  const callable = tool?.hash === row.toolHash && (row.queued || tool.effect !== 'at-most-once');
  if (!callable) return giveUp(row, tool, now);
  const all = [who.agent, ...links];
  const stop = all.map((agent) => stoppedBy({ ...who, agent }, row)).find((each) => each !== undefined);
  if (stop) return { refused: 'blocked', detail: `a kill switch stops ${stop.scope}: ${stop.reason}` };
  const quarantined = quarantineObstacle(who, row);
  if (quarantined) return { refused: 'blocked', detail: quarantined.detail };
  const startedAt = now.toISOString();
  const { queued, ...rest } = row;
  const resumed: ActionRow = { ...rest, version: row.version + 1, attempt: row.attempt + 1, startedAt };
  return {
    writes: [
      {
        kind: 'replace',
        row: resumed,
        ifVersion: row.version,
        ifStatus: priorsOf(actionStatuses, 'started').filter((status) => status === 'started'),
      },
      ...all.map(({ id }) => unfenced(id, who.switches.version)),
    ],
    events: [actionEvent(resumed, 'action.resumed', bySystem('executor', now))],
    result: resumed,
  };
}

const unfenced = (id: AgentId, switches: number) =>
  ({ kind: 'unfenced', key: gateKey(id), switches }) as const;

const neverCalled: CallOutcome = {
  status: 'failed',
  code: 'tool-changed',
  detail: 'the tool was changed before it was called: ask again',
};
const cutOff: CallOutcome = {
  status: 'unknown',
  code: 'cut-off',
  detail: 'the call was cut off and this tool may not be called twice: look in the system itself',
};

function giveUp(
  row: ActionRow,
  tool: ResumeFacts['tool'],
  now: Date,
): Change<ActionRow> | Refusal<'not-started'> {
  const settled = settleAction(row, row.attempt, row.queued ? neverCalled : cutOff, now, tool);
  return 'refused' in settled ? { refused: 'not-started', detail: settled.detail } : settled;
}
