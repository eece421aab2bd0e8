import { Duration } from 'aws-cdk-lib';
import { type EventBus, Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { Settings } from '../settings.ts';
import type { Site } from './site.ts';

/** Approvals: people are asked, decide on a page, or run out of time. */
export function approvalFunctions({ add, may, told, settings }: Site) {
  const { tables, api, releases, mails } = told;
  return {
    'request-approval': add('request-approval', {
      entry: 'approval/request-approval',
      environment: { ...tables, ...api, ...mails, MAILS_PER_HOUR: String(settings.mailsPerHour) },
      permissions: [
        ...may.readRows(),
        may.commit(),
        may.append(),
        may.countMails(),
        may.sendMail(settings.mailFrom, mails.MAIL_CONFIGURATION_SET),
      ],
      timeout: Duration.seconds(30),
    }),
    'expire-approval': add('expire-approval', {
      entry: 'approval/expire-approval',
      environment: tables,
      permissions: [...may.readRows(), may.commit(), may.append()],
    }),
    'review-held': add('review-held', {
      entry: 'approval/review-held',
      environment: { ...tables, ...releases },
      permissions: [
        ...may.readRows(),
        may.queryIndex('open'),
        may.commit(),
        may.append(),
        may.readReleases(),
      ],
      timeout: Duration.minutes(1),
      memorySize: 1024,
      decides: true,
    }),
    'approval-page': add('approval-page', {
      entry: 'approval/approval-page',
      environment: { ...tables, ...api, ...releases },
      permissions: [...may.readRows(), may.commit(), may.append(), may.readReleases()],
    }),
    inbox: add('inbox', {
      entry: 'approval/inbox/inbox',
      environment: { ...tables, ...api, ...releases, MAIL_FROM: settings.mailFrom, OIDC: oidcOf(settings) },
      permissions: [
        ...may.readRows(),
        may.queryIndex('open'),
        may.queryIndex('list'),
        ...may.readClientSecret(settings.oidcClientSecret),
        may.commit(),
        may.append(),
        may.readReleases(),
        may.sendMail(settings.mailFrom),
      ],
      timeout: Duration.seconds(20),
      memorySize: 1024,
    }),
    approvals: add('approvals', {
      entry: 'approval/approvals',
      environment: { REGISTRY_TABLE: tables.REGISTRY_TABLE },
      permissions: [...may.readRows(), may.queryIndex('open')],
      timeout: Duration.seconds(20),
    }),
  };
}

/** Rules that come into force and switches that are engaged may overtake what people are asked. */
export function reviewOnChange(scope: Construct, bus: EventBus, review: IFunction): void {
  new Rule(scope, 'QuestionsOvertaken', {
    eventBus: bus,
    eventPattern: { source: ['autonomy-os'], detailType: ['release.activated', 'switch.engaged'] },
    targets: [new LambdaFunction(review, { retryAttempts: 2 })],
  });
}

/** What the inbox is told of the company's provider. */
const oidcOf = ({ oidcIssuer: issuer, oidcClientId: clientId, oidcClientSecret: secretName }: Settings) =>
  JSON.stringify({ issuer, clientId, secretName });
