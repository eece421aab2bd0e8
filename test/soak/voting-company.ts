import { QueryCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { actionKey, type ActionRow, actionRow } from '../../core/action/action.ts';
import { approvalKey, type ApprovalRow, approvalRow } from '../../core/approval/approval.ts';
import { castVote, type VoteRefusal } from '../../core/approval/cast-vote.ts';
import { isRefusal } from '../../core/change.ts';
import { type AuditEvent, auditEvent } from '../../core/event.ts';
import type { GovernanceBody } from '../../core/governance/manifest.ts';
import { type Key, parseRow } from '../../core/row.ts';
import { executeApproved } from '../../functions/action/execute-approved.ts';
import { loadApproval } from '../../functions/aws/load-approval.ts';
import { decideAndCommit, type Registry, type StoredRow } from '../../functions/aws/registry.ts';
import { buyer, startWorld, type World } from '../harness/door.ts';
import { change, organisation, withoutPolicy, withPolicy } from '../harness/organisation.ts';
import { type Held, holdOrder } from '../harness/votes.ts';

const ORDER = 'AutonomyOS::Action::"erp.create_order"';

/** Amounts that each ask for another share of the circle, in percent. */
const bands = [
  { total: 2000, percent: 2 },
  { total: 4000, percent: 6 },
  { total: 6000, percent: 16 },
  { total: 8000, percent: 30 },
] as const;

/** So many people of the circle are asked; the board's turn comes a minute later. */
function asksCircle({ total, percent }: (typeof bands)[number], { circle }: Size): string {
  const count = Math.max(1, Math.round((circle * percent) / 100));
  const within = `context.amount.greaterThan(decimal("${total - 1000}.00")) && context.amount.lessThanOrEqual(decimal("${total + 1000}.00"))`;
  const id = `operations-circle-${total}`;
  return `@id("${id}") @title("${count} of the circle") @approval("circle:${count}") @escalate("board:2@PT1M") @expires("PT1H")
forbid (principal, action == ${ORDER}, resource) when { ${within} } unless { context.approvals.contains("${id}") };`;
}

export type Size = { readonly circle: number; readonly board: number };
export const people = (kind: keyof Size, count: number) =>
  Array.from({ length: count }, (_, n) => `${kind}-${n}`);

/** A company in which so many people decide about every order, and an agent no daily cap holds back. */
export function votingCompany(size: Size): GovernanceBody {
  const groups = (Object.keys(size) as (keyof Size)[]).map((kind) => {
    return { kind: 'Group', id: kind, title: kind, members: people(kind, size[kind]) };
  });
  const persons = groups
    .flatMap(({ members }) => members)
    .map((id) => ({ kind: 'Person', id, name: id, email: `${id}@example.com` }));
  const plain = ['operations-orders-over-1k', 'operations-orders-over-10k'].reduce(
    withoutPolicy,
    change(organisation(), `Agent ${buyer}`, { dailyActions: 1_000_000 }),
  );
  const manifests = [...persons, ...groups].map((document) => ({
    file: 'coe.yaml',
    line: 1,
    layer: 'coe',
    document,
  }));
  const body = { ...plain, manifests: [...plain.manifests, ...manifests] };
  return bands.map((band) => asksCircle(band, size)).reduce((all, text) => withPolicy(all, text), body);
}

export async function startVoting(size: Size): Promise<World> {
  const world = await startWorld();
  await world.apply(votingCompany(size));
  return { ...world, deps: { ...world.deps, registry: knowingPeople(world.deps.registry) } };
}

/** Reads each person, group and stand-in once: a storm changes none of them, and a hundred voters read them all. */
function knowingPeople(registry: Registry): Registry {
  const known = new Map<string, StoredRow | undefined>();
  const nameOf = ({ pk, sk }: Key) => `${pk} ${sk}`;
  return {
    ...registry,
    load: async (keys) => {
      const unknown = keys.filter((key) => !known.has(nameOf(key)));
      const loaded = await registry.load(unknown);
      const rows = new Map(unknown.map((key, n) => [nameOf(key), loaded[n]]));
      for (const [name, row] of rows) if (/^(?:PERSON|GROUP|STANDIN)#/.test(name)) known.set(name, row);
      return keys.map((key) => (rows.has(nameOf(key)) ? rows : known).get(nameOf(key)));
    },
  };
}

export type Story = {
  readonly approval: ApprovalRow;
  readonly action: ActionRow;
  readonly approvalEvents: readonly AuditEvent[];
  readonly actionEvents: readonly AuditEvent[];
};

/** One held action as it stands: both rows, and every event of both. */
export async function storyOf({ deps, database }: World, held: Held): Promise<Story> {
  const keys = [approvalKey(held.approval), actionKey(held.action)];
  const [approval, action] = await deps.registry.load(keys);
  const eventsOf = async (subject: string) => {
    const asked = new QueryCommand({
      TableName: 'audit',
      ConsistentRead: true,
      KeyConditionExpression: 'subject = :subject',
      ExpressionAttributeValues: marshall({ ':subject': subject }),
    });
    const { Items = [] } = await database.client.send(asked);
    return Items.map((item) => auditEvent.parse(unmarshall(item)));
  };
  return {
    approval: parseRow(approvalRow, approval),
    action: parseRow(actionRow, action),
    approvalEvents: await eventsOf(keys[0]?.pk ?? ''),
    actionEvents: await eventsOf(keys[1]?.pk ?? ''),
  };
}

/** A race a writer may lose: told as what happened, since the caller tries again or not at all. */
export type Came = 'counted' | 'lost' | VoteRefusal['refused'] | 'done' | 'refused';

/** Casts one ballot as a channel does; `now` is the clock of the function that takes it. */
export async function cast(
  { deps: { registry } }: World,
  { approval }: Held,
  ballot: { readonly person: string; readonly decision: 'approve' | 'deny' },
  now: () => Date,
): Promise<Came> {
  return outcomeOf(async () => {
    const voted = await decideAndCommit(registry, async () => {
      const facts = await loadApproval(registry, approval, now());
      const { digest } = facts.approval;
      return castVote(facts, { ...ballot, reason: 'a storm', digest }, now());
    });
    return isRefusal(voted) ? voted.refused : 'counted';
  });
}

/** Only the fault that says "another writer won, try again" is an outcome; any other ends the storm. */
export async function outcomeOf(work: () => Promise<Came>): Promise<Came> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Error && ['DependencyFailed', 'ActionInFlight'].includes(error.name)) return 'lost';
    throw error;
  }
}

export const execute = (world: World, { action }: Held): Promise<Came> =>
  outcomeOf(async () => {
    await executeApproved(world.deps, action);
    return 'done';
  });

export const hold = (world: World, n: number): Promise<Held> =>
  holdOrder(world, `${bands[n % bands.length]?.total ?? 2000}.00`);

export function tally(words: readonly string[]): Record<string, number> {
  return Object.fromEntries([...Map.groupBy(words, (word) => word)].map(([word, all]) => [word, all.length]));
}
