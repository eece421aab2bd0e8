import * as z from 'zod';
import { actionId } from '../../core/id.ts';
import { readEnvironment } from '../aws/env.ts';
import { connectDoor } from './connect-door.ts';
import { executeApproved } from './execute-approved.ts';
import { previewAction } from './preview-action.ts';

const env = readEnvironment('execute-action', process.env);
const deps = { ...connectDoor(env), lapseMinutes: Number(env.APPROVAL_LAPSE_MINUTES) };
/** A step of the machine asks for a look before people are asked. */
const looking = z.object({ action: actionId, preview: z.literal(true) });
/** A step of the machine and the sweep name the action; the bus tells of one that was left to the executor. */
const payload = z.union([
  z.object({ action: actionId }),
  z
    .object({ detail: z.object({ data: z.object({ action: actionId }) }) })
    .transform(({ detail }) => detail.data),
]);

/** Step of the approval machine and hand of the sweep: `{action}` → `{action, status}`; `{action, preview}` only looks. */
export const handler = async (event: unknown) => {
  const look = looking.safeParse(event);
  if (look.success) {
    await previewAction(deps, look.data.action);
    return { action: look.data.action, previewed: true };
  }
  const { action } = payload.parse(event);
  const row = await executeApproved(deps, action);
  return { action, status: row.status };
};
