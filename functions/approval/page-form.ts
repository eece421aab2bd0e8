import * as z from 'zod';
import { name } from '../../core/id.ts';
import { STAND_IN_DAYS } from '../../core/approval/stand-in.ts';
import type { Purpose } from './page-nonce.ts';

/** What the page's forms send. Browsers count a line end as one character and send two: lengths have room for that. */
export const pageForm = z.object({
  decision: z.enum(['approve', 'deny', 'ask', 'delegate', 'stop']),
  nonce: z.string().max(100),
  reason: z.string().max(2000).optional(),
  question: z.string().max(2000).optional(),
  colleague: name.optional(),
  days: z.coerce.number().int().min(0).max(STAND_IN_DAYS).optional(),
});
export type PageForm = z.infer<typeof pageForm>;

/** Which form each button belongs to. */
export const purposeOf = {
  approve: 'decide',
  deny: 'decide',
  ask: 'ask',
  delegate: 'delegate',
  stop: 'stop',
} as const satisfies Record<PageForm['decision'], Purpose>;
