import * as z from 'zod';
import { taskRow } from './task.ts';

export const claimBody = z.strictObject({
  capabilities: z.array(z.string()).max(50).optional().describe('Default: all the agent has'),
});
export const leaseBody = z.strictObject({
  lease: z.string().min(20).max(100).describe('The secret of the claim that leased the task'),
});
export const completeBody = leaseBody.extend({ output: z.unknown().optional() });
export const failBody = leaseBody.extend({ code: z.string().min(1).max(100), detail: z.string().max(1000) });

/** A task with its lease, as the agent that claimed it sees it. A call under an older fence is refused. */
export const claimedTask = z.object({
  task: taskRow.pick({
    id: true,
    run: true,
    workflow: true,
    step: true,
    capability: true,
    input: true,
    onBehalfOf: true,
    deadline: true,
    action: true,
    asker: true,
  }),
  lease: z.string(),
  fence: z.int(),
  leaseExpiresAt: z.string(),
});
export type ClaimedTask = z.infer<typeof claimedTask>;

export const renewedLease = z.object({ leaseExpiresAt: z.string() });
export const settledTask = taskRow.pick({ id: true, status: true });
