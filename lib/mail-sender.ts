import { Annotations, type Stack } from 'aws-cdk-lib';
import { EmailIdentity, Identity } from 'aws-cdk-lib/aws-ses';
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
