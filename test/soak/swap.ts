import { actionKey, type ActionRow } from '../../core/action/action.ts';
import { approvedDigest } from '../../core/action/action-row.ts';
import type { ApprovalRow } from '../../core/approval/approval.ts';
import { agentId } from '../../core/id.ts';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { compileRelease } from '../../core/policy/compile-release.ts';
import { decide } from '../../core/policy/decide.ts';
import { activeReleaseKey } from '../../core/policy/release.ts';
import { executeApproved } from '../../functions/action/execute-approved.ts';
import { loadAction } from '../../functions/action/run-action.ts';
import { loadElectorate } from '../../functions/aws/electorate.ts';
import { loadApproval } from '../../functions/aws/load-approval.ts';
import { oracleMeets } from '../core/approval/quorum-oracle.ts';
import { buyer, startWorld, type World } from '../harness/door.ts';
import { change, guard, organisation, withoutPolicy, withPolicy } from '../harness/organisation.ts';
import { NOW } from '../harness/facts.ts';
import { type Held, holdOrder, vote } from '../harness/votes.ts';

export type Swaps = {
  readonly mutations: number;
  /** How the mutated ones ended, by code; the call count says what really happened. */
  readonly ends: Readonly<Record<string, number>>;
  readonly executed: number;
  /** Untouched ones under rules of another day: carried out, and refused. */
  readonly controls: { readonly allowed: number; readonly refused: number };
  readonly faults: readonly string[];
};

const pick = <T>(from: readonly [T, ...T[]]): T => from[Math.floor(Math.random() * from.length)] ?? from[0];
const hex = () => Array.from({ length: 64 }, () => Math.floor(Math.random() * 16).toString(16)).join('');

type Approved = { readonly held: Held; readonly row: ActionRow };
type Twist = (row: ActionRow, others: readonly Approved[]) => Partial<ActionRow>;

const inField = (field: string, value: unknown): Twist => {
  return ({ input }) => ({ input: { ...input, [field]: value } });
};
const without: Twist = ({ input: { vendor, ...input } }) => ({ input });

/** What somebody who can write the row, and nothing else, may try. */
const twists: readonly [Twist, ...Twist[]] = [
  (row) => inField('total', `${1 + Math.floor(Math.random() * 99_999)}.00`)(row, []),
  (row) => inField('total', `${String(row.input['total'])}0`)(row, []),
  inField('total', 1e3),
  inField('vendor', 'Shady'),
  (row) => inField('vendor', `${String(row.input['vendor'])} `)(row, []),
  inField('currency', 'EUR'),
  inField('also', { deep: ['x'] }),
  without,
  () => ({ input: {} }),
  () => ({ toolHash: hex() }),
  () => ({ toolHash: '' }),
  () => ({ tool: pick(['erp.wipe', 'erp.get_budget', 'erp.send_letter', 'erp.unknown']) }),
  () => ({ agent: agentId.parse(pick(['agt_second', 'agt_seller', 'agt_clerk', 'agt_nobody'])) }),
  () => ({ onBehalfOf: pick(['rita@example.com', 'vera@example.com', 'x@example.com', '']) }),
  (row, others) => {
    const other = others.find(({ held }) => held.action !== row.id);
    return other ? { approval: other.held.approval, digest: other.row.digest } : { toolHash: hex() };
  },
  (row, others) => ({
    id: others.find(({ held }) => held.action !== row.id)?.held.action ?? row.id,
    toolHash: hex(),
  }),
];

/** One to three twists at once, with a digest that was left, made to fit, or invented. */
function twisted(row: ActionRow, others: readonly Approved[]): ActionRow {
  let next = row;
  for (let times = pick([1, 1, 2, 3]); times > 0; times -= 1)
    next = { ...next, ...pick(twists)(next, others) };
  const same = approvedDigest(next) === row.digest && next.approval === row.approval && next.id === row.id;
  if (same) return twisted(row, others);
  return { ...next, digest: pick([next.digest, approvedDigest(next), hex()]) };
}

/** Rules of another day: other amounts, other people, a closed door, another tool. */
function anotherDay() {
  const limit = pick(['500.00', '1500.00', '3000.00', '6000.00']);
  const group = pick(['budget-owners:1', 'finance:1', 'budget-owners:2', 'budget-owners:1,finance:1']);
  const id = 'operations-orders-over-1k';
  const ruled = withPolicy(withoutPolicy(organisation(), id), guard(id, group, limit));
  const body = change(ruled, `Agent ${buyer}`, { dailyActions: 1_000_000 });
  const ORDER = 'action == AutonomyOS::Action::"erp.create_order"';
  return pick([
    body,
    body,
    withPolicy(
      body,
      guard('operations-also', pick(['finance:1', 'budget-owners:1']), pick(['2500.00', '5000.00'])),
    ),
    withPolicy(
      body,
      `@id("operations-closed") forbid (principal, ${ORDER}, resource) when { context.amount.greaterThan(decimal("${limit}")) };`,
    ),
    withoutPolicy(body, 'operations-buyers-work'),
    change(body, 'Tool erp.create_order', { timeoutSeconds: pick([4, 6, 7]) }),
    change(body, 'Group budget-owners', {
      members: pick([
        ['vera', 'rita', 'ben'],
        ['ada', 'ben'],
      ]),
    }),
  ]);
}

const usual = change(organisation(), `Agent ${buyer}`, { dailyActions: 1_000_000 });

/** An order that people approved, not yet carried out. */
async function approve(world: World): Promise<Approved> {
  const held = await holdOrder(world, `${1100 + Math.floor(Math.random() * 8000)}.00`);
  await vote(world, held, 'ada');
  return { held, row: await loadAction(world.deps.registry, held.action) };
}

/** Batches between two days on which people approve: each leaves so many actions for the batches to come. */
const DAYS = 8;

/**
 * Changes rows of approved actions behind our back so many times: first under the rules of then, afterwards in each
 * batch under those of another day.
 */
export async function swapArguments(
  world: World,
  mutations: number,
  { batch = 100, say = () => {} }: { batch?: number; say?: (line: string) => void } = {},
): Promise<Swaps> {
  let swaps: Swaps = { mutations, ends: {}, executed: 0, controls: { allowed: 0, refused: 0 }, faults: [] };
  let stock: Approved[] = [];
  world.clock.now = NOW;
  for (let n = 0; n * batch < mutations; n += 1) {
    if (n % DAYS === 0) stock = await approveSome(world, 3 * Math.min(DAYS, Math.ceil(mutations / batch)));
    else await world.apply(anotherDay());
    swaps = await runBatch(world, swaps, { chosen: stock.splice(0, 3), batch });
    if (n % 10 === 9) say(`${(n + 1) * batch} of ${mutations}: ${JSON.stringify(swaps.controls)}`);
  }
  return swaps;
}

async function approveSome(world: World, count: number): Promise<Approved[]> {
  await world.apply(usual);
  return Promise.all(Array.from({ length: count }, () => approve(world)));
}

type Batch = { readonly chosen: readonly Approved[]; readonly batch: number };

async function runBatch(world: World, swaps: Swaps, { chosen, batch }: Batch): Promise<Swaps> {
  const [target, ...untouched] = chosen;
  if (!target) throw new Error('nothing was approved to be changed');
  const ends = { ...swaps.ends };
  const faults: string[] = [];
  for (let n = 0; n < batch; n += 1) {
    world.erp.calls.length = 0;
    const { version } = await loadAction(world.deps.registry, target.held.action);
    const row = { ...twisted(target.row, chosen), version };
    const end = await attack(world, row, target.held);
    ends[end] = (ends[end] ?? 0) + 1;
    if (world.erp.calls.length > 0) faults.push(`carried out: ${JSON.stringify(row)}`);
  }
  const executed = swaps.executed + faults.length;
  const controls = { ...swaps.controls };
  for (const each of untouched) {
    const { expected, fault } = await control(world, each);
    if (fault !== undefined) faults.push(fault);
    controls[expected ? 'allowed' : 'refused'] += 1;
  }
  return { ...swaps, ends, executed, controls, faults: [...swaps.faults, ...faults] };
}

/** An untouched one is carried out exactly when the rules in force, asked directly, allow it with its votes. */
async function control(world: World, each: Approved) {
  const expected = await shouldBeAllowed(world, each);
  const { status } = await executeApproved(world.deps, each.held.action);
  const calls = world.erp.calls.filter(({ idempotencyKey }) => idempotencyKey === each.held.action).length;
  const right = calls === (expected ? 1 : 0) && (status === 'succeeded') === expected;
  if (right) return { expected };
  return { expected, fault: `${each.held.action} is ${status}, expected it ${expected ? '' : 'not '}to be` };
}

/** Writes the row straight into the table, held once more, and lets the executor come. */
async function attack({ database, deps }: World, row: ActionRow, { action }: Held): Promise<string> {
  const Item = marshall({ ...row, ...actionKey(action) }, { removeUndefinedValues: true });
  await database.client.send(new PutItemCommand({ TableName: 'registry', Item }));
  try {
    const { status, problem } = await executeApproved(deps, action);
    return problem?.code ?? status;
  } catch (error) {
    return error instanceof Error ? error.name : 'thrown';
  }
}

/** What the rules in force say to an untouched row and its votes, asked straight of the engine and the oracle. */
async function shouldBeAllowed({ deps: { registry, now }, bundles }: World, { held, row }: Approved) {
  const [active] = await registry.load([activeReleaseKey]);
  const hash = String(active?.['release']);
  const bundle = bundles.get(hash);
  if (!bundle) return false;
  const release = compileRelease(bundle, hash);
  const { approval, agent } = await loadApproval(registry, held.approval, now());
  const { id, unit, roles, stage, sponsor } = agent;
  const { tool, input, purpose, onBehalfOf, workflow } = row;
  const question = { agent: { id, unit, roles, stage, sponsor }, tool, input, purpose, onBehalfOf, workflow };
  const asked = decide(release, { ...question, approvals: [] });
  const guards = asked.outcome === 'hold' ? asked.guards : [];
  const electorate = await loadElectorate(registry, guards, { agent, action: row, now: now() });
  const lifted = guards.filter((each) => oracleMeets(each, castOf(approval), electorate)).map(({ id }) => id);
  const sameTool = bundle.tools.find(({ name }) => name === tool)?.hash === row.toolHash;
  return sameTool && decide(release, { ...question, approvals: lifted }).outcome === 'allow';
}

const castOf = (approval: ApprovalRow) => {
  const { votes, openedAt } = approval;
  return { votes, waiting: approval, at: votes.at(-1)?.at ?? openedAt };
};

/** The whole storm; fails when anything was carried out that nobody approved, or no rule of another day said no. */
export async function soakSwap(mutations: number): Promise<number> {
  const world = await startWorld();
  try {
    const swaps = await swapArguments(world, mutations, { say: (line) => console.log(line) });
    console.log(JSON.stringify({ ...swaps, faults: swaps.faults.slice(0, 5) }));
    const { allowed, refused } = swaps.controls;
    return swaps.executed === 0 && swaps.faults.length === 0 && allowed > 0 && refused > 0 ? 0 : 1;
  } finally {
    await world.stop();
  }
}
