import * as z from 'zod';
import { expireApproval } from '../../core/approval/expire-approval.ts';
import { isRefusal } from '../../core/change.ts';
import { approvalId } from '../../core/id.ts';
import { connectRegistry } from '../aws/clients.ts';
import { readEnvironment } from '../aws/env.ts';
import { decideAndCommit } from '../aws/registry.ts';
import { loadApproval } from '../aws/load-approval.ts';

const registry = connectRegistry(readEnvironment('expire-approval', process.env));
const payload = z.object({ approval: approvalId, why: z.enum(['deadline', 'unreachable']) });

/**
 * Step of the approval machine: `{approval, why}` → `{outcome}`. The machine's clock called it, so a deadline that is
 * still seconds away by ours is waited out by the sweep; a vote that came first keeps its own outcome.
 */
export const handler = async (event: unknown) => {
  const { approval: id, why } = payload.parse(event);
  const expired = await decideAndCommit(registry, async () =>
    expireApproval(await loadApproval(registry, id, new Date()), why, new Date()),
  );
  const { approval } = await loadApproval(registry, id, new Date());
  if (isRefusal(expired) && expired.refused === 'too-early') throw new Error(expired.detail);
  return { outcome: approval.status };
};
