import type { ApiPart } from '../operation.ts';
import { auditPage, auditQuery } from './audit-page.ts';

/** The audit log. */
export const auditApi: ApiPart = {
  tag: 'Audit',
  says: 'Who did what, when, why and on whose behalf.',
  schemas: { AuditPage: auditPage },
  operations: [
    {
      method: 'GET',
      path: '/v1/audit/events',
      id: 'auditEvents',
      says: 'The whole audit log in pages, by subject and version.',
      caller: 'signer',
      query: auditQuery,
      answers: { 200: { says: 'a page', body: 'AuditPage' } },
      refuses: { 400: 'this is no cursor of a page before' },
    },
  ],
};
