import type * as z from 'zod';
import { auditPage } from '../../core/audit/audit-page.ts';
import type { SignedCall } from './signed-call.ts';

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
