import { actionKey, type ActionRow, actionRow } from '../../core/action/action.ts';
import type { AdmissionFacts, Work } from '../../core/action/admission.ts';
import { breakerKey, type BreakerRow, breakerRow } from '../../core/action/breaker.ts';
import { agentKey, agentRow, gateKey, gateRow } from '../../core/agent/agent.ts';
import { toolWatchKey, toolWatchRow } from '../../core/governance/tool-watch.ts';
import type { ActionId, AgentId, DelegationId, TaskId } from '../../core/id.ts';
import { epochKey } from '../../core/identity/check-token.ts';
import { activeReleaseKey } from '../../core/policy/release.ts';
import { shadowKey } from '../../core/policy/shadow.ts';
import { parseRow } from '../../core/row.ts';
import { readSwitches, switchesKey } from '../../core/switch/switch.ts';
import { holderOf, leaseKey, leaseRow, taskKey, taskRow } from '../../core/task/task.ts';
import type { Registry, StoredRow } from '../aws/registry.ts';
import type { Claimant } from '../http/authenticate.ts';
import { ProblemError } from '../http/problem.ts';
import { loadLent } from './load-lent.ts';

/** Everything one decision leans on, from one consistent batch read. */
export type DoorFacts = AdmissionFacts & {
  /** The actions of the asked ids, in their order. */
  readonly actions: readonly (ActionRow | undefined)[];
  /** Whether the caller acts in no task or holds the one it names. */
  readonly holds: boolean;
  /** The tool's circuit breaker; absent while it had no trouble. */
  readonly breaker?: BreakerRow | undefined;
  /** The pointer to the policy release in force. */
  readonly active: StoredRow | undefined;
  /** The pointer to the release in its shadow. */
  readonly shadow: StoredRow | undefined;
};

/** Loads the facts for one request; an agent that is not registered (any more) ends with 401. */
export async function loadDoorFacts(
  registry: Pick<Registry, 'load'>,
  request: {
    readonly agent: AgentId;
    readonly ids?: readonly ActionId[];
    readonly task?: TaskId | undefined;
    /** The tool it is about; without one no quarantine is looked at. */
    readonly tool?: string;
    /** The caller whose token must still be good; absent when nobody calls. */
    readonly caller?: Claimant;
    /** What it leans on; a plain request reads not a row more. */
    readonly delegation?: DelegationId | undefined;
  },
  now: Date,
): Promise<DoorFacts> {
  const { ids = [], task: taskId, delegation } = request;
  const taskKeys = taskId ? [taskKey(taskId), leaseKey(taskId)] : [];
  const toolKeys = request.tool === undefined ? [] : [toolWatchKey(request.tool), breakerKey(request.tool)];
  const keys = [
    agentKey(request.agent),
    gateKey(request.agent),
    activeReleaseKey,
    switchesKey,
    epochKey,
    shadowKey,
  ];
  const rows = await registry.load([...keys, ...ids.map(actionKey), ...toolKeys, ...taskKeys]);
  const [agent, gate, active, switches, epoch, shadow] = rows;
  const before = keys.length + ids.length;
  const [watch, breaker] = rows.slice(before, before + toolKeys.length);
  const [task, lease] = rows.slice(before + toolKeys.length);
  if (!agent)
    throw new ProblemError({ status: 401, code: 'unknown-agent', detail: 'register the agent first' });
  await request.caller?.requireStanding({ agent: parseRow(agentRow, agent), epoch });
  const work = taskId && workOf(task, lease, now);
  return {
    agent: parseRow(agentRow, agent),
    gate: parseRow(gateRow, gate),
    switches: readSwitches(switches),
    active,
    shadow,
    actions: rows.slice(keys.length, keys.length + ids.length).map((row) => row && parseRow(actionRow, row)),
    work,
    watch: watch && parseRow(toolWatchRow, watch),
    breaker: breaker && parseRow(breakerRow, breaker),
    lent: delegation && (await loadLent(registry, delegation, { epoch, now })),
    holds: work === undefined || (work !== 'missing' && work.heldBy === request.agent),
  };
}

function workOf(task: StoredRow | undefined, lease: StoredRow | undefined, now: Date): Work | 'missing' {
  if (!task) return 'missing';
  const row = parseRow(taskRow, task);
  return { task: row, heldBy: holderOf(row, lease && parseRow(leaseRow, lease), now)?.agent };
}
