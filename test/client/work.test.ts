import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Call } from '../../client/call.ts';
import { type Work, work, type WorkEvent } from '../../client/work.ts';

const task = {
  id: 'tsk_00000000',
  run: 'run_00000000',
  workflow: 'procurement',
  step: 'Gather',
  capability: 'gather',
  input: {},
  onBehalfOf: 'liam.osei@example.com',
  deadline: '2026-11-28T09:00:00.000Z',
};

/** An API with one task, leased for a second; `refuse` answers in the place of a path's end. */
function api(refuse: Readonly<Record<string, () => Response>> = {}) {
  const asked: string[] = [];
  const call: Call = async (_, path) => {
    const last = path.slice(path.lastIndexOf('/') + 1);
    asked.push(last);
    const refused = refuse[last];
    if (refused) return refused();
    if (last !== 'claim') return Response.json({});
    if (asked.filter((each) => each === 'claim').length > 1) {
      return new Response(null, { status: 204, headers: { 'retry-after': '30' } });
    }
    const leaseExpiresAt = new Date(Date.now() + 1000).toISOString();
    return Response.json({ task, lease: 'secret', fence: 1, leaseExpiresAt });
  };
  return { asked, call };
}

/** Works at one task until it is over, and gives what was told. */
async function once(call: Call, handle: Work['handle']): Promise<readonly WorkEvent[]> {
  const stop = new AbortController();
  const events: WorkEvent[] = [];
  const onEvent = (event: WorkEvent) => {
    events.push(event);
    if (event.kind !== 'claimed') stop.abort();
  };
  await work(call, { handle, signal: stop.signal, concurrency: 1, onEvent });
  return events;
}

describe('the end of work', () => {
  it('finishes the task in hand, keeps its lease alive until then, and claims nothing more', async () => {
    const { asked, call } = api();
    const stop = new AbortController();
    let leases = 0;
    const handle: Work['handle'] = async () => {
      stop.abort();
      leases = asked.length;
      await sleep(800);
      return { quotes: 3 };
    };
    await work(call, { handle, signal: stop.signal, concurrency: 1 });
    expect(asked.slice(leases)).toEqual(['heartbeat', 'heartbeat', 'complete']);
  });

  it('does not wait for the next look at the queue', async () => {
    const { call } = api({
      claim: () => new Response(null, { status: 204, headers: { 'retry-after': '30' } }),
    });
    const began = performance.now();
    await work(call, { handle: async () => ({}), signal: AbortSignal.timeout(20), concurrency: 2 });
    expect(performance.now() - began).toBeLessThan(2000);
  });

  it('does not go on trying to claim from an API that is down, and calls that no trouble', async () => {
    const events: WorkEvent[] = [];
    const call: Call = (_method, _path, { send } = {}) =>
      send?.(() => Promise.reject(new TypeError('fetch failed'))) ?? Promise.reject(new Error('no send'));
    const signal = AbortSignal.timeout(150);
    const began = performance.now();
    await work(call, {
      handle: async () => ({}),
      signal,
      concurrency: 1,
      onEvent: (each) => events.push(each),
    });
    expect(performance.now() - began).toBeLessThan(2000);
    expect(events).toEqual([]);
  });
});

describe('what becomes of a task', () => {
  const gone = () => Response.json({ title: 'lease-lost', detail: 'gone' }, { status: 409 });

  it('is failed with the handler’s own error', async () => {
    const { asked, call } = api();
    const events = await once(call, async () => Promise.reject(new RangeError('no quotes')));
    expect(events.at(-1)).toMatchObject({ kind: 'failed', error: { message: 'no quotes' } });
    expect(asked).toEqual(['claim', 'fail']);
  });

  it('is failed when its output is refused', async () => {
    const { asked, call } = api({
      complete: () => Response.json({ title: 'too-large', detail: 'big' }, { status: 413 }),
    });
    const events = await once(call, async () => 'x');
    expect(events.at(-1)).toMatchObject({ kind: 'failed', error: { code: 'too-large' } });
    expect(asked).toEqual(['claim', 'complete', 'fail']);
  });

  it('is not failed when its output could not be delivered: it will be done again', async () => {
    const { asked, call } = api({
      complete: () => {
        throw new TypeError('fetch failed');
      },
    });
    const events = await once(call, async () => 'x');
    expect(events.at(-1)).toMatchObject({ kind: 'trouble' });
    expect(asked).toEqual(['claim', 'complete']);
  });

  it('is lost when another agent has it by now', async () => {
    const { call } = api({ complete: gone });
    expect((await once(call, async () => 'x')).at(-1)).toMatchObject({ kind: 'lost' });
  });

  it('is told to stop when its lease is lost', async () => {
    const { asked, call } = api({ heartbeat: gone });
    const events = await once(
      call,
      async (_, { signal }) =>
        new Promise((_, stop) => signal.addEventListener('abort', () => stop(new Error('stopped')))),
    );
    expect(events.at(-1)).toMatchObject({ kind: 'lost' });
    expect(asked).not.toContain('fail');
  });
});
