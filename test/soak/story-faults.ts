import { actionStatuses } from '../../core/action/action.ts';
import { approvalStatuses } from '../../core/approval/approval.ts';
import { loadApproval } from '../../functions/aws/load-approval.ts';
import { isTerminal } from '../../core/status.ts';
import type { World } from '../harness/door.ts';
import type { Held } from '../harness/votes.ts';
import { oracleMeets } from '../core/approval/quorum-oracle.ts';
import { type Story, storyOf } from './voting-company.ts';

const ends = Object.keys(approvalStatuses).filter((status) => status !== 'pending');
const settledBy: Readonly<Record<string, string>> = {
  denied: 'rejected',
  expired: 'expired',
  withdrawn: 'withdrawn',
  superseded: 'superseded',
  unreachable: 'unreachable',
};

/** Everything about a story that must not be, in words; none when the race left it whole. */
export async function faultsIn(world: World, held: Held): Promise<string[]> {
  const story = await storyOf(world, held);
  const calls = world.erp.calls.filter(({ idempotencyKey }) => idempotencyKey === held.action).length;
  const { electorate } = await loadApproval(world.deps.registry, held.approval, world.deps.now());
  const { approval, action } = story;
  const last = approval.votes.at(-1);
  const cast = { votes: approval.votes, waiting: approval, at: last?.at ?? '' };
  const met = approval.guards.every((guard) => oracleMeets(guard, cast, electorate));
  const faults: readonly (readonly [boolean, string])[] = [
    [!isTerminal(approvalStatuses, approval.status), `it is still ${approval.status}`],
    ...historyFaults(story),
    [approval.status === 'approved' && !met, 'it was approved by too few'],
    [approval.status !== 'approved' && calls > 0, `it was carried out though ${approval.status}`],
    [calls > 1, `it was carried out ${calls} times`],
    [calls === 1 && action.status !== 'succeeded', `it was carried out and is ${action.status}`],
    [calls === 0 && action.status === 'succeeded', 'it counts as carried out and was not'],
    [
      approval.status !== 'approved' && action.status !== settledBy[approval.status],
      `the approval is ${approval.status}, the action ${action.status}`,
    ],
    [!isTerminal(actionStatuses, action.status), `the action is still ${action.status}`],
    [
      approval.votes.some(({ at }) => Date.parse(at) >= Date.parse(approval.expiresAt)),
      'a vote came after its time',
    ],
  ];
  return faults.flatMap(([is, what]) => (is ? [`${held.action}: ${what}`] : []));
}

/** One end, one event per version, one vote per person, and a no that came last. */
function historyFaults({ approval, action, approvalEvents, actionEvents }: Story): [boolean, string][] {
  const whole = (versions: readonly number[], now: number) =>
    versions.length === now && versions.every((version, n) => version === n + 1);
  const ended = approvalEvents.filter(({ type }) => ends.includes(type.replace('approval.', '')));
  const voted = approvalEvents.filter(({ data }) => data['votes'] !== undefined);
  const voters = approval.votes.map(({ person }) => person);
  const noes = approval.votes.flatMap(({ decision }, n) => (decision === 'deny' ? [n] : []));
  const versions = (events: Story['actionEvents']) => events.map(({ version }) => version);
  return [
    [!whole(versions(approvalEvents), approval.version), 'the approval’s events have a gap'],
    [!whole(versions(actionEvents), action.version), 'the action’s events have a gap'],
    [ended.length !== 1, `it ended ${ended.length} times`],
    [ended[0]?.type !== `approval.${approval.status}`, `it ended as ${ended[0]?.type ?? 'nothing'}`],
    [new Set(voters).size !== voters.length, 'somebody voted twice'],
    [voted.length !== voters.length, `${voted.length} votes were told of, ${voters.length} counted`],
    [noes.some((n) => n !== voters.length - 1), 'it went on after a no'],
    [noes.length > 0 !== (approval.status === 'denied'), `a no left it ${approval.status}`],
  ];
}
