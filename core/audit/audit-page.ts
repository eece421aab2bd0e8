import * as z from 'zod';

/** A page of the audit log, by subject and version; without a cursor it is the last. */
export const auditPage = z.object({
  events: z.array(z.looseObject({ subject: z.string(), version: z.int(), type: z.string(), at: z.string() })),
  cursor: z.string().optional(),
});
export const auditQuery = z.strictObject({ cursor: z.string().optional() });
