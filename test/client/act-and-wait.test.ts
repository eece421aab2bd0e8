import { describe, expect, it } from 'vitest';
import { type ActionView } from '../../client/agent.ts';
import { actAndWait } from '../../client/act-and-wait.ts';
import type { Call } from '../../client/call.ts';
import { retryAfterMs } from '../../client/retry-after.ts';
import { AutonomyError } from '../../client/send.ts';

const request = { tool: 'erp.pay', input: { amount: '9.00' }, purpose: 'Pay', idempotencyKey: 'pay-0001' };
const id = 'act_00000000';

function view(status: ActionView['status'], more: Partial<ActionView> = {}): ActionView {
  return { id, status, tool: 'erp.pay', requestedAt: '2026-11-27T09:00:00.000Z', policies: [], ...more };
}

const answer = (body: object, status = 200, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify(body), { status, headers });
const held = (retryAfter = '0') => answer(view('held'), 202, { 'retry-after': retryAfter });
const problem = (status: number, more: object = {}) =>
  answer({ title: 'denied', detail: 'not yours', ...more }, status);

/** An API that gives these answers one after another, the last one for ever. */
function api(...answers: readonly (() => Response)[]) {
  const asked: string[] = [];
  const call: Call = async (method, path, { signal } = {}) => {
    signal?.throwIfAborted();
    asked.push(`${method} ${path}`);
    const next = answers[Math.min(asked.length, answers.length) - 1];
    return next?.() ?? Response.error();
  };
  return { asked, call };
}

describe('acting and waiting', () => {
  it('asks once, then only looks, until the action has ended', async () => {
    const { asked, call } = api(held, held, () => answer(view('succeeded', { output: { order: 7 } })));
    const outcome = await actAndWait(call, request, { seconds: 10 });
    expect(outcome).toMatchObject({ kind: 'succeeded', output: { order: 7 } });
    expect(asked).toEqual(['POST /v1/actions', `GET /v1/actions/${id}`, `GET /v1/actions/${id}`]);
  });

  it.each([
    ...(['rejected', 'expired', 'withdrawn', 'unreachable'] as const),
    ...(['superseded', 'failed', 'unknown'] as const),
  ])('tells %s from every other end', async (status) => {
    const { call } = api(held, () => answer(view(status)));
    const outcome = await actAndWait(call, request, { seconds: 10 });
    expect(outcome.kind).toBe(status);
    expect(outcome).not.toHaveProperty('output');
  });

  it('says why the rules deny, at once and after people agreed', async () => {
    const action = view('denied', { problem: { code: 'forbidden', detail: 'over the ceiling' } });
    for (const answers of [[], [held]]) {
      const { call } = api(...answers, () => problem(403, { action }));
      const outcome = await actAndWait(call, request, { seconds: 10 });
      expect(outcome).toMatchObject({ kind: 'denied', detail: 'over the ceiling' });
    }
  });

  it('never takes what is held or under way for done: when the time is over it waits still', async () => {
    for (const status of ['held', 'started'] as const) {
      const { asked, call } = api(() => answer(view(status), 202, { 'retry-after': '60' }));
      const outcome = await actAndWait(call, request, { seconds: 0.05 });
      expect(outcome).toMatchObject({ kind: 'waiting', action: { id, status } });
      expect(asked.length).toBeLessThanOrEqual(2);
    }
  }, 3000);

  it('waits as long as it is asked to', async () => {
    const began = performance.now();
    const { call } = api(
      () => held('1'),
      () => answer(view('succeeded')),
    );
    await actAndWait(call, request, { seconds: 10 });
    expect(performance.now() - began).toBeGreaterThanOrEqual(990);
  });

  it('stops with the signal’s reason, and asks no more', async () => {
    const { asked, call } = api(() => held('60'));
    const stop = AbortSignal.timeout(30);
    await expect(actAndWait(call, request, { seconds: 60, signal: stop })).rejects.toThrow(/abort/i);
    expect(asked).toHaveLength(1);
  }, 3000);

  it('throws what is no outcome', async () => {
    const { call } = api(() => problem(401));
    await expect(actAndWait(call, request, { seconds: 1 })).rejects.toBeInstanceOf(AutonomyError);
  });
});

describe('Retry-After', () => {
  const now = Date.parse('2026-11-27T09:00:00Z');
  it.each([
    ['7', 7000],
    ['0', 0],
    ['Fri, 27 Nov 2026 09:00:30 GMT', 30_000],
    ['Fri, 27 Nov 2026 08:00:00 GMT', 0],
    ['soon', 1234],
    ['', 1234],
    ['-5', 1234],
  ])('%j is %i ms', (said, ms) => {
    expect(retryAfterMs(answer({}, 202, { 'retry-after': said }), 1234, now)).toBe(ms);
  });
});
