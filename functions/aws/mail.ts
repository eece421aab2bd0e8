import { SendEmailCommand, type SESv2Client } from '@aws-sdk/client-sesv2';

export type Mail = {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** What SES tells of the mail when it comes back: letters, digits and `-_.@` alone. Needs a configuration set. */
  readonly tags?: Readonly<Record<string, string>>;
};

/** Sends one mail, text and HTML; rejects when SES does not take it. */
export type SendMail = (mail: Mail) => Promise<void>;

/** A sender of mails. Those sent with a configuration set are heard of when they come back, by their tags. */
export function createSendMail(
  ses: Pick<SESv2Client, 'send'>,
  from: string,
  configurationSet?: string,
): SendMail {
  const content = (Data: string) => ({ Data, Charset: 'UTF-8' });
  return async ({ to, subject, text, html, tags = {} }) => {
    const EmailTags = Object.entries(tags).map(([Name, Value]) => ({ Name, Value }));
    await ses.send(
      new SendEmailCommand({
        FromEmailAddress: from,
        Destination: { ToAddresses: [to] },
        ...(configurationSet !== undefined && { ConfigurationSetName: configurationSet, EmailTags }),
        Content: {
          Simple: {
            Subject: content(subject),
            Body: { Text: content(text), Html: content(html) },
            Headers: [{ Name: 'Auto-Submitted', Value: 'auto-generated' }],
          },
        },
      }),
    );
  };
}
