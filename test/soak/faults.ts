import { startBudgetedWorld } from '../harness/budgeted-world.ts';
import { endInSpite, type Way } from '../harness/dying-door.ts';
import { NOW } from '../harness/facts.ts';

/**
 * Each way through the door, with its processes killed at every pair of points: before and after every call that
 * leaves them. Prints what was done and how much of it was wrong; gives an exit code.
 */
export async function soakFaults(): Promise<number> {
  const world = await startBudgetedWorld('90000000.00');
  let runs = 0;
  const wrong: string[] = [];
  try {
    for (const way of ['keyed', 'at-most-once', 'held'] as const satisfies readonly Way[]) {
      const { points } = await endInSpite(world, way, `${way}-whole-run`, []);
      for (let first = 1; first <= points; first += 1) {
        for (let second = first + 1; second <= first + points; second += 1) {
          world.clock.now = NOW;
          const ended = await endInSpite(world, way, `${way}-${first}-${second}-run`, [first, second]);
          wrong.push(...ended.wrong.map((fault) => `${way}, killed at ${first} and ${second}: ${fault}`));
          runs += 1;
        }
      }
      console.log(`${way}: ${points} points to die at, ${runs} runs so far, ${wrong.length} wrong`);
    }
  } finally {
    await world.stop();
  }
  for (const line of wrong.slice(0, 20)) console.log(line);
  return wrong.length === 0 ? 0 : 1;
}
