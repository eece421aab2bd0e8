import * as z from 'zod';
import { parseInput, readJson } from '../json-call.ts';
import { ACCOUNT, type AwsCall, AwsError, REGION, type Resource, type Service } from '../service.ts';
import { type Inbox, openInbox } from './inbox.ts';

const content = z.looseObject({ Data: z.string() });
const sending = z.looseObject({
  FromEmailAddress: z.string(),
  Destination: z.strictObject({ ToAddresses: z.array(z.string()).min(1).max(50) }),
  Content: z.looseObject({
    Simple: z.looseObject({
      Subject: content,
      Body: z.looseObject({ Text: content.optional(), Html: content.optional() }),
    }),
  }),
});

/** SES v2: SendEmail of simple content from verified identities; the mails lie in an inbox on the laptop. */
export function createSes(options: { readonly resources: readonly Resource[]; readonly directory: string }): {
  readonly service: Service;
  readonly inbox: Inbox;
} {
  const inbox = openInbox(options.directory);
  const identities = options.resources
    .filter(({ type }) => type === 'AWS::SES::EmailIdentity')
    .map(({ properties }) => String(properties['EmailIdentity']).toLowerCase());
  return {
    inbox,
    service: {
      signingName: 'ses',
      errors: 'rest-json',
      permissions: (call) => {
        const mail = read(call);
        const from = addressOf(mail.FromEmailAddress);
        return [
          {
            action: 'ses:SendEmail',
            resource: identityArn(identities.find((identity) => isOf(from, identity)) ?? from),
            context: { 'ses:FromAddress': from, 'ses:Recipients': mail.Destination.ToAddresses },
          },
        ];
      },
      handle: async (call) => {
        const mail = read(call);
        const from = addressOf(mail.FromEmailAddress);
        if (!identities.some((identity) => isOf(from, identity))) {
          throw new AwsError('MessageRejected', `Email address is not verified: ${from}`);
        }
        const { Subject, Body } = mail.Content.Simple;
        const ids = mail.Destination.ToAddresses.map((to) =>
          inbox.deliver({
            from,
            to,
            subject: Subject.Data,
            text: Body.Text?.Data ?? '',
            html: Body.Html?.Data ?? '',
          }),
        );
        const headers = { 'content-type': 'application/json' };
        return { status: 200, headers, body: JSON.stringify({ MessageId: `local-${ids[0]}` }) };
      },
    },
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
