import * as z from 'zod';
import type { Key } from './row.ts';

/**
 * The task token of a state machine that waits for a subject (an approval, a task, an action). It lives in a row
 * of its own beside the subject, so that no view of the subject can show it.
 */
export const waiterRow = z.object({
  pk: z.string(),
  sk: z.literal('WAITER'),
  v: z.literal(1),
  token: z.string().min(1),
  storedAt: z.iso.datetime(),
});
export type WaiterRow = z.infer<typeof waiterRow>;

export const waiterKey = (subject: Key) => ({ pk: subject.pk, sk: 'WAITER' });
