import { Duration } from 'aws-cdk-lib';
import type { Site } from './site.ts';

/** Approvals: people are asked, decide on a page, or run out of time. */
export function approvalFunctions({ add, may, told, settings }: Site) {
  const { tables, api, releases } = told;
  return {
    'request-approval': add('request-approval', {
      entry: 'approval/request-approval',
      environment: { ...tables, ...api, MAIL_FROM: settings.mailFrom },
      permissions: [...may.readRows(), may.commit(), may.append(), may.sendMail(settings.mailFrom)],
      timeout: Duration.seconds(30),
    }),
    'expire-approval': add('expire-approval', {
      entry: 'approval/expire-approval',
      environment: tables,
      permissions: [...may.readRows(), may.commit(), may.append()],
    }),
    'approval-page': add('approval-page', {
      entry: 'approval/approval-page',
      environment: { ...tables, ...api, ...releases },
      permissions: [...may.readRows(), may.commit(), may.append(), may.readReleases()],
    }),
  };
}
