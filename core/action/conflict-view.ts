import * as z from 'zod';
import { governanceBody } from '../governance/manifest.ts';
import { conflictId } from './conflict-question.ts';

export const askBody = z.strictObject({ conflict: conflictId, governance: governanceBody });

/** What the council was asked, of how many, and until when. */
export const askedConflict = z.object({
  needs: z.string(),
  action: z.string(),
  approval: z.string(),
  expiresAt: z.string(),
});
export type AskedConflict = z.infer<typeof askedConflict>;
