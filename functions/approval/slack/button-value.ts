import * as z from 'zod';
import type { ApprovalRow } from '../../../core/approval/approval.ts';
import { approvalId } from '../../../core/id.ts';

const value = z.strictObject({
  approval: approvalId,
  digest: z.string().max(200),
  round: z.int().min(1),
});
export type ButtonValue = z.infer<typeof value>;

/** What a button carries: which request, exactly what of it, and the round in which this person was asked. */
export const writeValue = ({ id, digest }: ApprovalRow, round: number) =>
  JSON.stringify({ approval: id, digest, round });

/** Reads what came back; `undefined` for what no button of ours carries. */
export function readValue(text: string | undefined): ButtonValue | undefined {
  try {
    return value.safeParse(JSON.parse(text ?? '')).data;
  } catch {
    return undefined;
  }
}
