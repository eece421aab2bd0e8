import * as z from 'zod';
import type { SignedCall } from './signed-call.ts';

const said = z.object({ outcome: z.string(), reason: z.string().optional(), policies: z.array(z.string()) });
const explanation = z.looseObject({
  action: z.string(),
  agent: z.string(),
  tool: z.string(),
  status: z.string(),
  release: z.string(),
  requestedAt: z.string(),
  then: said,
  now: said,
  /** The same answer as then, from the same rules and facts. */
  reproduced: z.boolean(),
  policies: z.array(
    z.object({ id: z.string(), title: z.string(), file: z.string(), line: z.int(), text: z.string() }),
  ),
  guards: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      requires: z.array(z.object({ group: z.string(), count: z.int() })),
    }),
  ),
  detail: z.string(),
});
export type ExplanationView = z.infer<typeof explanation>;

export type DecisionAdmin = {
  /** Decides an action's latest decision again and tells what it came from. */
  explain(action: string): Promise<ExplanationView>;
};

export const decisionAdmin = (call: SignedCall): DecisionAdmin => ({
  explain: async (action) =>
    explanation.parse(await call('GET', `/v1/decisions/${encodeURIComponent(action)}`)),
});
