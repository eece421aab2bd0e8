import * as z from 'zod';
import type { SignedCall } from './signed-call.ts';

const auditPage = z.object({
  events: z.array(z.looseObject({ subject: z.string(), version: z.int(), type: z.string(), at: z.string() })),
  cursor: z.string().optional(),
});
export type AuditRecord = z.infer<typeof auditPage>['events'][number];

export type AuditAdmin = {
  /** Every event of the audit log, by subject and version. */
  auditEvents(): AsyncIterable<AuditRecord>;
};

export const auditAdmin = (call: SignedCall): AuditAdmin => ({ auditEvents: () => pages(call) });

async function* pages(call: SignedCall): AsyncIterable<AuditRecord> {
  let cursor: string | undefined;
  do {
    const query: string = cursor ? `?cursor=${cursor}` : '';
    const page = auditPage.parse(await call('GET', `/v1/audit/events${query}`));
    yield* page.events;
    cursor = page.cursor;
  } while (cursor);
}
