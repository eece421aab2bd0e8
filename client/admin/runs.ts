import * as z from 'zod';
import type { SignedCall } from './signed-call.ts';

const runView = z.object({
  id: z.string(),
  workflow: z.string(),
  unit: z.string(),
  status: z.enum(['requested', 'running', 'succeeded', 'failed']),
  requester: z.string(),
  requestedAt: z.string(),
  finishedAt: z.string().optional(),
  waitingFor: z.looseObject({ kind: z.enum(['task', 'action']), id: z.string() }).optional(),
  outcome: z
    .looseObject({
      result: z.string(),
      cycleSeconds: z.number(),
      minutesSaved: z.number(),
      netValue: z.object({ minor: z.int(), currency: z.string() }),
    })
    .optional(),
  output: z.unknown().optional(),
  problem: z.object({ code: z.string(), detail: z.string() }).optional(),
});
export type RunView = z.infer<typeof runView>;

export type RunRequest = {
  readonly workflow: string;
  /** E-mail address of the person it is done for. */
  readonly requester: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly idempotencyKey: string;
};

export type RunAdmin = {
  startRun(request: RunRequest): Promise<RunView>;
  run(id: string): Promise<RunView>;
};

export const runAdmin = (call: SignedCall): RunAdmin => ({
  startRun: async ({ idempotencyKey, ...body }) =>
    runView.parse(await call('POST', '/v1/runs', { body, headers: { 'idempotency-key': idempotencyKey } })),
  run: async (id) => runView.parse(await call('GET', `/v1/runs/${id}`)),
});
