import { actingStages, agentRow, certificationEnded, kidOfRole, type Stage } from '../agent/agent.ts';
import type { EventType } from '../event.ts';
import { evidenceOf, lifeObstacle } from './agent-life.ts';
import type { Wanted } from './plan-rows.ts';

type Stored = Readonly<Record<string, unknown>> | undefined;

/** What of an agent's row its manifest does not hold; it outlives every apply. */
const carried = ['productionRelease', 'revokedKeys', 'tokensNotBefore', 'reminded'] as const;

const agentFields = agentRow.pick({
  id: true,
  stage: true,
  release: true,
  recertifyBy: true,
  sponsor: true,
  keys: true,
  workloads: true,
  suspendedFor: true,
  revokedKeys: true,
});

const acts = (stage: unknown) => actingStages.some((acting) => acting === stage);

/**
 * The agent as it is to be now: one that acted is suspended while nobody answers for it, and stays suspended while
 * its certification is over, whatever its manifest says; when that is put right its manifest counts again. The end of
 * a certification itself is recorded by its own schedule. Other nouns stay as wanted.
 */
export function asItStands(want: Wanted, stored: Stored, now: Date): Wanted {
  if (!want.standing) return want;
  const { stage, release } = agentFields.parse(want.content);
  const kept = carried.flatMap((field) =>
    stored?.[field] === undefined ? [] : [[field, stored[field]] as const],
  );
  const why = acts(stage) ? unfit(want, stored?.['stage'], now) : undefined;
  const standing = why ? { stage: 'suspended' satisfies Stage, suspendedFor: why } : {};
  const produced = stage === 'production' && !why ? { productionRelease: release } : {};
  const content = { ...want.content, ...Object.fromEntries(kept), ...produced, ...standing };
  return { ...want, content };
}

function unfit({ content, standing }: Wanted, was: unknown, now: Date) {
  if (standing?.sponsorLeft && (acts(was) || was === 'suspended')) return 'sponsor-left';
  const ended = was === 'suspended' && certificationEnded(agentFields.parse(content), now);
  return ended ? 'recertification-missed' : undefined;
}

/** Why this agent may not become what it is to be; `undefined` when it may, and for every other noun. */
export function agentObstacle(want: Wanted, stored: Stored, now: Date): string | undefined {
  const { standing } = want;
  return standing && lifeObstacle({ want: agentFields.parse(want.content), stored, standing, now });
}

/** What an agent's event says besides the fields: its release, what a move rests on, why it was suspended. */
export function agentData(want: Wanted, stored: Stored, now: Date): object {
  const { standing } = want;
  if (!standing) return {};
  const agent = agentFields.parse(want.content);
  const { release, stage, sponsor, suspendedFor: why } = agent;
  const evidence = evidenceOf({ want: agent, stored, standing, now });
  return { stage, ...(release && { release }), ...evidence, ...(why && { why, sponsor }) };
}

/** A suspension nobody wrote has an event of its own. */
export function eventTypeOf({ noun, content }: Wanted, stored: Stored): EventType {
  if (noun !== 'agent') return `${noun}.changed`;
  if (!stored) return 'agent.registered';
  const why = content['suspendedFor'];
  return why !== undefined && why !== stored['suspendedFor'] ? 'agent.suspended' : 'agent.changed';
}

/** What whoever applies should know of an agent though nothing is refused. */
export function agentWarnings(want: Wanted, now: Date): readonly string[] {
  if (!want.standing) return [];
  const agent = agentFields.parse(want.content);
  const { id, stage, sponsor, suspendedFor, recertifyBy, keys, workloads, revokedKeys } = agent;
  const missed = certificationEnded(agent, now) && (acts(stage) || suspendedFor !== undefined);
  const revoked = keys.filter(({ kid }) => revokedKeys.some((each) => each.kid === kid));
  const ended = workloads.filter((role) => revokedKeys.some(({ kid }) => kid === kidOfRole(role)));
  return [
    ...(suspendedFor === 'sponsor-left'
      ? [`agent ${id} is suspended: its sponsor ${sponsor} left; name a living one`]
      : []),
    ...(missed
      ? [`agent ${id} does nothing: its certification ended on ${recertifyBy ?? ''}; set recertifyBy anew`]
      : []),
    ...revoked.map(({ kid }) => `agent ${id}: key ${kid} was revoked and stays refused; take it out of keys`),
    ...ended.map((role) => `agent ${id}: ${role} was revoked and stays refused; take it out of workloads`),
  ];
}
