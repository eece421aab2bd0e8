import { actionKey, type ActionRow, actionRow } from '../../core/action/action.ts';
import { gateKey } from '../../core/agent/agent.ts';
import { dayOf } from '../../core/action/admission.ts';
import { spentKey, spentOn } from '../../core/budget/budget.ts';
import { actionIdOf, type ActionId } from '../../core/id.ts';
import { parseRow } from '../../core/row.ts';
import { answerRequest } from '../../functions/action/answer-request.ts';
import { executeApproved } from '../../functions/action/execute-approved.ts';
import { asNamed, buyer, order, type World } from './door.ts';
import { dyingAt } from './faults.ts';
import { type Held, vote } from './votes.ts';

/** A way an action goes through the door, with what the system has of it in the end. */
export type Way = 'keyed' | 'at-most-once' | 'held';

export type Ended = {
  readonly action: ActionRow;
  /** How many points there were to die at. */
  readonly points: number;
  /** What is wrong with how it ended; empty when nothing is. */
  readonly wrong: readonly string[];
};

const asks = {
  keyed: { tool: 'erp.create_order', input: order, cost: 50_000 },
  held: { tool: 'erp.create_order', input: { ...order, total: '2000.00' }, cost: 200_000 },
  'at-most-once': { tool: 'erp.send_letter', input: { to: 'Northwind', body: 'Hello' }, cost: 0 },
} as const;

/**
 * One action whose processes die at the planned points, asked for again by its client and taken up by the sweep until
 * it ends; then what is true of it is held against what the system did. The unit has a budget.
 */
export async function endInSpite(
  world: World,
  way: Way,
  key: string,
  planned: readonly number[],
): Promise<Ended> {
  const began = await countsOf(world);
  const { deps, points } = dyingAt(world.deps, planned);
  const { tool, input } = asks[way];
  const caller = await asNamed(`Bearer ${buyer}`);
  const ask = () =>
    answerRequest(deps, { caller, key, body: { tool, input, purpose: 'Asked for by a colleague' } });
  const id = actionIdOf(buyer, key);
  const calls = () => world.erp.calls.filter(({ idempotencyKey }) => idempotencyKey === id).length;
  for (let tries = 0; tries < 3; tries += 1) await survived(ask);
  if (way === 'held') {
    await agree(world, id);
    for (let tries = 0; tries < 3; tries += 1) await survived(() => executeApproved(deps, id));
  }
  world.clock.now = new Date(world.clock.now.getTime() + 46_000);
  for (let tries = 0; tries < 3; tries += 1) await survived(() => executeApproved(deps, id));
  const [stored] = await world.deps.registry.load([actionKey(id)]);
  const action = parseRow(actionRow, stored);
  const wrong = [
    ...(await timelineFaults(world, action)),
    ...effectFaults(way, action, calls()),
    ...(await countFaults(world, began, { action, way })),
  ];
  return { action, points: points(), wrong };
}

async function survived(step: () => Promise<unknown>): Promise<void> {
  await step().catch((error: unknown) => {
    const { name } = error as Error;
    if (!['Crash', 'ProblemError', 'ActionInFlight', 'ReleaseUnreadable'].includes(name)) throw error;
  });
}

async function agree(world: World, id: ActionId): Promise<void> {
  const [stored] = await world.deps.registry.load([actionKey(id)]);
  const row = stored && parseRow(actionRow, stored);
  if (row?.status !== 'held' || !row.approval) return;
  await vote(world, { action: id, approval: row.approval } as Held, 'ada');
}

/** Every version has its event, and the last one says what the row says. */
async function timelineFaults(world: World, action: ActionRow): Promise<string[]> {
  const events = await world.database.history(action.pk);
  const versions = events.map(({ version }) => version);
  const whole = versions.length === action.version && versions.every((version, n) => version === n + 1);
  return [
    ...(whole ? [] : [`versions ${versions.join(' ')} of a row at ${action.version}`]),
    ...(events.at(-1)?.type === `action.${action.status}`
      ? []
      : [`it is ${action.status} without its event`]),
  ];
}

function effectFaults(way: Way, { status }: ActionRow, calls: number): string[] {
  if (status === 'denied') return calls === 0 ? [] : ['denied and done'];
  if (way !== 'at-most-once') return status === 'succeeded' && calls > 0 ? [] : [`lost: ${status}`];
  const fits = status === 'succeeded' ? calls === 1 : status === 'unknown' && calls <= 1;
  return fits ? [] : [`${status} after ${calls} calls`];
}

type Counts = { readonly spent: number; readonly actions: number };

async function countsOf(world: World): Promise<Counts> {
  const day = dayOf(world.clock.now);
  const [row, gate] = await world.deps.registry.load([
    spentKey('unit:operations', day, 'USD'),
    gateKey(buyer),
  ]);
  return { spent: spentOn(row, day).day, actions: Number(gate?.['actionsToday'] ?? 0) };
}

/** The budget and the gate counted it once if it started, and not at all if it did not. */
async function countFaults(
  world: World,
  began: Counts,
  { action, way }: { readonly action: ActionRow; readonly way: Way },
): Promise<string[]> {
  const now = await countsOf(world);
  const started = action.status !== 'denied';
  const cost = started ? asks[way].cost : 0;
  return [
    ...(now.spent - began.spent === cost
      ? []
      : [`the budget counts ${now.spent - began.spent}, not ${cost}`]),
    ...(now.actions - began.actions === (started ? 1 : 0) ? [] : ['the gate counts it wrongly']),
  ];
}
