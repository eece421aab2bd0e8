import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { parseInput, readJson } from '../json-call.ts';
import { ACCOUNT, type AwsCall, AwsError, REGION, type Resource, type Service } from '../service.ts';
import { configurationSetArn, readConfigurationSets } from './configuration-set.ts';
import { type Inbox, openInbox } from './inbox.ts';
import { fateOf, returnedEvent } from './returned.ts';

const content = z.looseObject({ Data: z.string() });
const tagText = /^[\w-]{1,256}$/;
const tag = z.strictObject({
  Name: z.string().regex(tagText),
  Value: z.string().regex(/^[\w.@-]{1,256}$/),
});
const sending = z.looseObject({
  FromEmailAddress: z.string(),
  Destination: z.strictObject({ ToAddresses: z.array(z.string()).min(1).max(50) }),
  ConfigurationSetName: z.string().optional(),
  EmailTags: z.array(tag).optional(),
  Content: z.looseObject({
    Simple: z.looseObject({
      Subject: content,
      Body: z.looseObject({ Text: content.optional(), Html: content.optional() }),
    }),
  }),
});

type Sending = z.infer<typeof sending>;

type Options = {
  readonly resources: readonly Resource[];
  readonly directory: string;
  /** Puts an event on the default bus. */
  readonly tell: (event: Readonly<Record<string, unknown>>) => void;
  readonly now: () => number;
};

/**
 * SES v2: SendEmail of simple content from verified identities; the mails lie in an inbox on the laptop. Those to
 * addresses that stand for trouble come back as an event, when their configuration set tells of it.
 */
export function createSes({ resources, directory, tell, now }: Options): {
  readonly service: Service;
  readonly inbox: Inbox;
} {
  const inbox = openInbox(directory);
  const sets = readConfigurationSets(resources);
  const identities = resources
    .filter(({ type }) => type === 'AWS::SES::EmailIdentity')
    .map(({ properties }) => String(properties['EmailIdentity']).toLowerCase());
  const check = ({ FromEmailAddress, ConfigurationSetName: set }: Sending): void => {
    const from = addressOf(FromEmailAddress);
    if (!identities.some((identity) => isOf(from, identity))) {
      throw new AwsError('MessageRejected', `Email address is not verified: ${from}`);
    }
    if (set === undefined || sets.has(set)) return;
    throw new AwsError('NotFoundException', `Configuration set <${set}> does not exist.`);
  };
  const sendTo = (to: string, mail: Sending): string => {
    const { arrives, happening } = fateOf(addressOf(to));
    const messageId = arrives ? `local-${inbox.deliver(messageOf(to, mail))}` : `local-${randomUUID()}`;
    const set = mail.ConfigurationSetName;
    if (set !== undefined && happening && sets.get(set)?.has(happening)) {
      const tags = Object.fromEntries((mail.EmailTags ?? []).map(({ Name, Value }) => [Name, [Value]]));
      const from = addressOf(mail.FromEmailAddress);
      const told = { id: randomUUID(), messageId, from, to: addressOf(to), tags, now: now() };
      tell(returnedEvent(happening, { ...told, configurationSet: set }));
    }
    return messageId;
  };
  return {
    inbox,
    service: {
      signingName: 'ses',
      errors: 'rest-json',
      permissions: (call) => {
        const mail = read(call);
        const from = addressOf(mail.FromEmailAddress);
        const identity = identityArn(identities.find((each) => isOf(from, each)) ?? from);
        const set = mail.ConfigurationSetName;
        const asked = [identity, ...(set === undefined ? [] : [configurationSetArn(set)])];
        const context = { 'ses:FromAddress': from, 'ses:Recipients': mail.Destination.ToAddresses };
        return asked.map((resource) => ({ action: 'ses:SendEmail', resource, context }));
      },
      handle: async (call) => {
        const mail = read(call);
        check(mail);
        const [MessageId] = mail.Destination.ToAddresses.map((to) => sendTo(to, mail));
        const headers = { 'content-type': 'application/json' };
        return { status: 200, headers, body: JSON.stringify({ MessageId }) };
      },
    },
  };
}

function messageOf(to: string, { FromEmailAddress, Content: { Simple } }: Sending) {
  const { Text, Html } = Simple.Body;
  return {
    from: addressOf(FromEmailAddress),
    to,
    subject: Simple.Subject.Data,
    text: Text?.Data ?? '',
    html: Html?.Data ?? '',
  };
}

function read(call: AwsCall) {
  if (call.method !== 'POST' || call.path !== '/v2/email/outbound-emails') {
    throw new AwsError('UnsupportedOperation', `ses ${call.method} ${call.path} is not run on the laptop`);
  }
  return parseInput(sending, readJson(call));
}

const addressOf = (from: string) => (/<([^>]+)>/.exec(from)?.[1] ?? from).trim().toLowerCase();
const isOf = (address: string, identity: string) =>
  address === identity || (!identity.includes('@') && address.endsWith(`@${identity}`));
const identityArn = (identity: string) => `arn:aws:ses:${REGION}:${ACCOUNT}:identity/${identity}`;
