import { spentKey, spentOn } from '../../core/budget/budget.ts';
import { dayOf } from '../../core/action/admission.ts';
import { actionIdOf } from '../../core/id.ts';
import { executeApproved } from '../../functions/action/execute-approved.ts';
import { startBudgetedWorld } from '../harness/budgeted-world.ts';
import { buyer, order, type World } from '../harness/door.ts';
import { NOW } from '../harness/facts.ts';

const LIMIT = 10_000;

/**
 * So many parallel actions of random amounts against a budget of 10,000.00 a day, on as many days as there are seeds;
 * some calls are refused by the system, some die on the way and are taken up later. Gives an exit code.
 */
export async function soakBudgets(seeds: number, actions: number): Promise<number> {
  const world = await startBudgetedWorld(`${LIMIT}.00`);
  const faults: string[] = [];
  let done = 0;
  try {
    for (let seed = 1; seed <= seeds; seed += 1) {
      world.clock.now = new Date(NOW.getTime() + seed * 86_400_000);
      const { sum, refused } = await spendOnce(world, seed, actions);
      const day = dayOf(world.clock.now);
      const [row] = await world.deps.registry.load([spentKey('unit:operations', day, 'USD')]);
      const counted = spentOn(row, day).day / 100;
      if (sum > LIMIT) faults.push(`seed ${seed}: ${sum} of ${LIMIT} spent`);
      if (counted !== sum) faults.push(`seed ${seed}: ${counted} counted, ${sum} done`);
      if (refused === 0) faults.push(`seed ${seed}: nothing was refused, so nothing was tried`);
      done += actions;
      if (seed % 10 === 0) console.log(`${seed} seeds, ${done} actions, ${faults.length} faults`);
    }
  } finally {
    await world.stop();
  }
  for (const fault of faults.slice(0, 20)) console.log(fault);
  return faults.length === 0 ? 0 : 1;
}

/** One day's storm; gives what the system did and how many the budget refused. */
async function spendOnce(world: World, seed: number, actions: number) {
  const random = randomOf(seed);
  world.erp.calls.length = 0;
  const died = new Set<string>();
  const refusing = new Set<string>();
  world.erp.answer = ({ idempotencyKey }) => {
    const luck = random();
    if (luck < 0.1 && !died.has(idempotencyKey)) {
      died.add(idempotencyKey);
      throw new Error('the function was killed');
    }
    if (luck > 0.9) refusing.add(idempotencyKey);
    return refusing.has(idempotencyKey)
      ? { status: 'failed', code: 'refused-by-system', detail: 'no' }
      : { status: 'succeeded', output: {} };
  };
  const amounts = Array.from({ length: actions }, () => 1 + Math.floor(random() * 99_900));
  const cents = (amount: number) => `${Math.floor(amount / 100)}.${String(amount % 100).padStart(2, '0')}`;
  const key = (n: number) => `budget-${seed}-${n}`;
  const answers = await Promise.all(
    amounts.map((amount, n) => world.act({ key: key(n), input: { ...order, total: cents(amount) } })),
  );
  world.clock.now = new Date(world.clock.now.getTime() + 46_000);
  const ends = await Promise.all(
    amounts.map(async (_, n) => {
      if (answers[n]?.status !== 500) return answers[n]?.body['status'];
      return (await executeApproved(world.deps, actionIdOf(buyer, key(n)))).status;
    }),
  );
  const sum = amounts.reduce((total, amount, n) => total + (ends[n] === 'succeeded' ? amount : 0), 0);
  const refused = answers.filter(({ body }) => body['title'] === 'budget-exceeded').length;
  return { sum: sum / 100, refused };
}

/** Mulberry32: the same seed gives the same storm. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
