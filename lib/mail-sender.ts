import { Annotations, type Stack } from 'aws-cdk-lib';
import { EventBus } from 'aws-cdk-lib/aws-events';
import {
  ConfigurationSet,
  ConfigurationSetEventDestination,
  ConfigurationSetTlsPolicy,
  EmailIdentity,
  EmailSendingEvent,
  EventDestination,
  Identity,
} from 'aws-cdk-lib/aws-ses';
import type { Settings } from './settings.ts';

/**
 * Lets SES know the sender of approval mails, unless it knows the address or its domain already. SES then mails the
 * address a link that somebody must open; until then no approver is reached (docs/deploy.md).
 */
export function knowSender(stack: Stack, { mailFrom, mailIdentity }: Settings): void {
  if (mailFrom.endsWith('@example.com')) {
    Annotations.of(stack).addWarningV2(
      'autonomy-os:mailFrom',
      `approval mails would come from ${mailFrom}, which nobody owns: set mailFrom (docs/deploy.md)`,
    );
  }
  if (mailIdentity === 'create') {
    new EmailIdentity(stack, 'Sender', { identity: Identity.email(mailFrom) });
  }
}

/** What SES calls the mails that reached nobody, as events of the default bus. */
export const mailTroubles = [
  'Email Bounced',
  'Email Complaint Received',
  'Email Rejected',
  'Email Rendering Failed',
];

/**
 * How approval mails are sent: over TLS alone, neither opens nor clicks followed, and heard of when they come back. SES
 * tells of that on the account's default bus and on no other.
 */
export function mailsHeardOf(stack: Stack): ConfigurationSet {
  const configurationSet = new ConfigurationSet(stack, 'ApprovalMails', {
    tlsPolicy: ConfigurationSetTlsPolicy.REQUIRE,
  });
  new ConfigurationSetEventDestination(stack, 'ApprovalMailsReturned', {
    configurationSet,
    destination: EventDestination.eventBus(EventBus.fromEventBusName(stack, 'DefaultBus', 'default')),
    events: [
      EmailSendingEvent.BOUNCE,
      EmailSendingEvent.COMPLAINT,
      EmailSendingEvent.REJECT,
      EmailSendingEvent.RENDERING_FAILURE,
    ],
  });
  return configurationSet;
}
