import { createActionsApi } from '../../functions/action/actions-api.ts';
import { asNamed, buyer, startWorld } from '../harness/door.ts';
import { hostile } from '../harness/hostile-bodies.ts';
import { percentile, rounded } from './percentile.ts';

const ROUNDS = 30;
const GOAL_MS = 50;

/** How long the door takes to refuse each hostile body, its event included, and what memory grows by meanwhile. */
export async function benchHostile(say: (line: string) => void) {
  const world = await startWorld();
  try {
    const api = createActionsApi({ ...world.deps, authenticate: asNamed });
    const send = async (body: string) => {
      const began = performance.now();
      const answer = await api.request('/v1/actions', {
        method: 'POST',
        headers: {
          authorization: `Bearer ${buyer}`,
          'content-type': 'application/json',
          'idempotency-key': crypto.randomUUID(),
        },
        body,
      });
      await answer.text();
      return performance.now() - began;
    };
    for (const [, body] of hostile) await send(body);
    say('\nHostile bodies: ms until the door refused them, its event recorded');
    const before = process.memoryUsage().rss;
    const rows = [];
    for (const [what, body] of hostile) {
      const times = [];
      for (let round = 0; round < ROUNDS; round += 1) times.push(await send(body));
      const row = {
        what,
        bytes: body.length,
        p50: rounded(percentile(times, 0.5), 1),
        p99: rounded(percentile(times, 0.99), 1),
      };
      rows.push(row);
      say(
        `${what.padEnd(38)}${String(row.bytes).padStart(7)} bytes  p50 ${row.p50.toFixed(1)}  p99 ${row.p99.toFixed(1)}`,
      );
    }
    const grownMb = rounded((process.memoryUsage().rss - before) / 2 ** 20, 0);
    const slowest = Math.max(...rows.map(({ p50 }) => p50));
    say(
      `slowest p50 ${slowest} ms (${slowest < GOAL_MS ? 'met' : 'MISSED'}: under ${GOAL_MS}); memory grew by ${grownMb} MB over ${ROUNDS * rows.length} requests`,
    );
    return { rows, slowest, grownMb };
  } finally {
    await world.stop();
  }
}
