import { setTimeout as sleep } from 'node:timers/promises';
import { createActionsApi } from '../../functions/action/actions-api.ts';
import type { Breakers } from '../../functions/aws/breakers.ts';
import { percentile, rounded } from '../bench/percentile.ts';
import { asNamed, startWorld, type World } from '../harness/door.ts';
import { change, organisation } from '../harness/organisation.ts';

/** Function instances there are: a call that hangs keeps one of them. */
const INSTANCES = 10;
const SECONDS = 25;
/** What a hanging system takes of a call's time before the tool's own limit ends it. */
const HANG_MS = 5000;

type Seen = { readonly p50: number; readonly p99: number; readonly calls: number; readonly refused: number };

const none: Breakers = { probe: async () => true, note: async () => undefined };

/**
 * A healthy tool's answers while another one hangs or fails in every second call: calm, in trouble without a breaker,
 * and in trouble with it; all share ten instances, as functions of a busy account do. Gives an exit code: 1 when the
 * breaker never opened, or the healthy tool's p99 is more than three times what it is in calm.
 */
export async function soakBreaker(): Promise<number> {
  const calm = await measure({ trouble: false });
  const without = await measure({ trouble: true, breakers: none });
  const withIt = await measure({ trouble: true });
  for (const [name, seen] of Object.entries({
    calm,
    'in trouble, no breaker': without,
    'in trouble': withIt,
  }))
    console.log(
      `${name.padEnd(24)} healthy tool p50 ${seen.p50} ms, p99 ${seen.p99} ms, ${seen.calls} calls; sick tool left alone ${seen.refused} times`,
    );
  const fine = withIt.refused > 0 && withIt.p99 < 3 * calm.p99;
  console.log(
    `p99 ${rounded(withIt.p99 / calm.p99, 1)} times that of calm; without a breaker ${rounded(without.p99 / calm.p99, 1)}`,
  );
  return fine ? 0 : 1;
}

async function measure(how: { readonly trouble: boolean; readonly breakers?: Breakers }): Promise<Seen> {
  const world = await startWorld();
  try {
    await world.apply(change(organisation(), 'Agent agt_buyer', { dailyActions: 1_000_000 }));
    return await storm(world, how);
  } finally {
    await world.stop();
  }
}

async function storm(
  world: World,
  { trouble, breakers = world.deps.breakers }: { readonly trouble: boolean; readonly breakers?: Breakers },
): Promise<Seen> {
  const deps = { ...world.deps, breakers, now: () => new Date() };
  const api = createActionsApi({ ...deps, authenticate: asNamed });
  const free = { instances: INSTANCES };
  let n = 0;
  world.erp.answer = async ({ tool }) => {
    if (tool.name !== 'erp.send_letter') return { status: 'succeeded', output: {} };
    n += 1;
    if (n % 2 === 0) return { status: 'succeeded', output: {} };
    await sleep(HANG_MS);
    return { status: 'unknown', code: 'unreachable', detail: 'no answer' };
  };
  const act = async (body: object): Promise<number> => {
    while (free.instances === 0) await sleep(2);
    free.instances -= 1;
    try {
      const answer = await api.request('/v1/actions', {
        method: 'POST',
        headers: {
          authorization: 'Bearer agt_buyer',
          'content-type': 'application/json',
          'idempotency-key': crypto.randomUUID(),
        },
        body: JSON.stringify({ purpose: 'Asked for by a colleague', ...body }),
      });
      await answer.text();
      return answer.status;
    } finally {
      free.instances += 1;
    }
  };
  const until = performance.now() + SECONDS * 1000;
  const times: number[] = [];
  let refused = 0;
  const healthy = async () => {
    while (performance.now() < until) {
      const began = performance.now();
      await act({ tool: 'erp.get_budget', input: { unit: 'operations' } });
      times.push(performance.now() - began);
      await sleep(20);
    }
  };
  const sick = async () => {
    while (trouble && performance.now() < until) {
      if ((await act({ tool: 'erp.send_letter', input: { to: 'a', body: 'b' } })) === 503) refused += 1;
      await sleep(50);
    }
  };
  await Promise.all([...Array.from({ length: 4 }, healthy), ...Array.from({ length: 12 }, sick)]);
  const late = times.slice(Math.floor(times.length / 3));
  return {
    p50: rounded(percentile(late, 0.5), 1),
    p99: rounded(percentile(late, 0.99), 1),
    calls: times.length,
    refused,
  };
}
