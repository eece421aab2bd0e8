import { type RunView, viewedRun } from '../../core/run/run-view.ts';
import type { SignedCall } from './signed-call.ts';

export type { RunView };

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
    viewedRun.parse(await call('POST', '/v1/runs', { body, headers: { 'idempotency-key': idempotencyKey } })),
  run: async (id) => viewedRun.parse(await call('GET', `/v1/runs/${id}`)),
});
