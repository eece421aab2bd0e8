import * as z from 'zod';

/** A run as its starter sees it: where it is, what it waits for, what it was worth. */
export const viewedRun = z.object({
  id: z.string(),
  workflow: z.string(),
  unit: z.string(),
  status: z.enum(['requested', 'running', 'succeeded', 'failed']),
  requester: z.string(),
  requestedAt: z.string(),
  finishedAt: z.string().optional(),
  waitingFor: z
    .looseObject({ kind: z.enum(['task', 'action']), id: z.string() })
    .optional()
    .describe('The task an agent must do, or the action people decide about'),
  outcome: z
    .looseObject({
      result: z.string(),
      cycleSeconds: z.number(),
      minutesSaved: z.number(),
      netValue: z.object({ minor: z.int(), currency: z.string() }),
    })
    .optional()
    .describe('What it was worth, net of its own cost, once it ended'),
  output: z.unknown().optional(),
  problem: z.object({ code: z.string(), detail: z.string() }).optional(),
});
export type RunView = z.infer<typeof viewedRun>;
