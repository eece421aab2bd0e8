import { SendEmailCommand, type SESv2Client } from '@aws-sdk/client-sesv2';

export type Mail = {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
};

/** Sends one mail, text and HTML; rejects when SES does not take it. */
export type SendMail = (mail: Mail) => Promise<void>;

export function createSendMail(ses: Pick<SESv2Client, 'send'>, from: string): SendMail {
  const content = (Data: string) => ({ Data, Charset: 'UTF-8' });
  return async ({ to, subject, text, html }) => {
    await ses.send(
      new SendEmailCommand({
        FromEmailAddress: from,
        Destination: { ToAddresses: [to] },
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
