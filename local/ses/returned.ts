import { ACCOUNT, REGION } from '../service.ts';
import { envelope } from '../events/put-events.ts';
import type { Happening } from './configuration-set.ts';

/** Whether a mail to this address reaches the inbox, and what SES tells of it afterwards. */
export type Fate = { readonly arrives: boolean; readonly happening?: 'bounce' | 'complaint' };

/**
 * What becomes of a mail, by its recipient's local part: `bounce`, `complaint` and `suppressionlist` at SES's mailbox
 * simulator, and `bounce+…` and `complaint+…` anywhere, so that people of a try-out can have such addresses.
 */
export function fateOf(to: string): Fate {
  const [, local = '', domain = ''] = /^([^@]+)@(.+)$/.exec(to.toLowerCase()) ?? [];
  const [word = '', label] = local.split('+', 2);
  if (domain !== 'simulator.amazonses.com' && label === undefined) return { arrives: true };
  if (word === 'bounce' || (word === 'suppressionlist' && domain === 'simulator.amazonses.com')) {
    return { arrives: false, happening: 'bounce' };
  }
  return word === 'complaint' ? { arrives: true, happening: 'complaint' } : { arrives: true };
}

type Told = {
  readonly id: string;
  readonly messageId: string;
  readonly from: string;
  readonly to: string;
  readonly configurationSet: string;
  readonly tags: Readonly<Record<string, readonly string[]>>;
  readonly now: number;
};

const DETAIL_TYPES: Readonly<Record<Happening, string>> = {
  bounce: 'Email Bounced',
  complaint: 'Email Complaint Received',
  reject: 'Email Rejected',
  renderingFailure: 'Email Rendering Failed',
};

/** The event SES puts on the default bus, as far as a receiver can lean on it. */
export function returnedEvent(happening: 'bounce' | 'complaint', told: Told) {
  const { id, messageId, from, to, configurationSet, tags, now } = told;
  const timestamp = new Date(now).toISOString();
  const suppressed = to.startsWith('suppressionlist');
  const what =
    happening === 'bounce'
      ? {
          eventType: 'Bounce',
          bounce: {
            bounceType: 'Permanent',
            bounceSubType: suppressed ? 'Suppressed' : 'General',
            bouncedRecipients: [{ emailAddress: to, action: 'failed', status: '5.1.1' }],
            ...{ timestamp, feedbackId: id },
          },
        }
      : {
          eventType: 'Complaint',
          complaint: {
            complainedRecipients: [{ emailAddress: to }],
            ...{ timestamp, feedbackId: id, complaintFeedbackType: 'abuse' },
          },
        };
  const mail = { timestamp, source: from, messageId, sendingAccountId: ACCOUNT, destination: [to] };
  const ownTags = { 'ses:configuration-set': [configurationSet], 'ses:from-domain': [from.split('@')[1]] };
  return {
    ...envelope(id, now),
    'detail-type': DETAIL_TYPES[happening],
    source: 'aws.ses',
    resources: [`arn:aws:ses:${REGION}:${ACCOUNT}:configuration-set/${configurationSet}`],
    detail: { ...what, mail: { ...mail, tags: { ...ownTags, ...tags } } },
  };
}
