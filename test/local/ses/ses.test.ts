import { statSync } from 'node:fs';
import { join } from 'node:path';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { EventBus, Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import {
  ConfigurationSet,
  ConfigurationSetEventDestination,
  EmailIdentity,
  EmailSendingEvent,
  EventDestination,
  Identity,
} from 'aws-cdk-lib/aws-ses';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sendSigned, type Signed } from '../fixtures/call-aws.ts';
import { refusedBoot } from '../fixtures/refused-boot.ts';
import { CfnResource, eventually, keysOf, startCloud, type TestCloud } from '../fixtures/start-cloud.ts';

const ALL = 'arn:aws:ses:us-east-1:000000000000:identity/*';

let test: TestCloud;
beforeAll(async () => {
  test = await startCloud(({ stack, probe }) => {
    new EmailIdentity(stack, 'Sender', { identity: Identity.email('desk@example.com') });
    new EmailIdentity(stack, 'Domain', { identity: Identity.domain('example.org') });
    const conditions = { StringEquals: { 'ses:FromAddress': 'desk@example.com' } };
    const sending = { actions: ['ses:SendEmail'], resources: [ALL], conditions };
    probe('Desk').addToRolePolicy(new PolicyStatement(sending));
    probe('Stranger');
    const configurationSet = new ConfigurationSet(stack, 'Set', { configurationSetName: 'heard-of' });
    new ConfigurationSetEventDestination(stack, 'Told', {
      configurationSet,
      destination: EventDestination.eventBus(EventBus.fromEventBusName(stack, 'Default', 'default')),
      events: [EmailSendingEvent.BOUNCE, EmailSendingEvent.COMPLAINT],
    });
    new ConfigurationSet(stack, 'Quiet', { configurationSetName: 'quiet' });
    new Rule(stack, 'Returned', {
      eventPattern: { source: ['aws.ses'] },
      targets: [new LambdaFunction(probe('Heard'))],
    });
  });
}, 60_000);
afterAll(() => test.stop());

type Mail = {
  readonly from: string;
  readonly to?: string[];
  readonly more?: object;
  readonly with?: object;
};

async function send(
  { from, to = ['a@example.net'], more = {}, with: rest = {} }: Mail,
  by: Partial<Signed> = {},
) {
  const content = (Data: string) => ({ Data, Charset: 'UTF-8' });
  const Body = { Text: content('plain'), Html: content('<p>rich</p>') };
  const response = await sendSigned(test.cloud, {
    ...{ method: 'POST', path: '/v2/email/outbound-emails', service: 'ses', ...by },
    body: JSON.stringify({
      ...rest,
      FromEmailAddress: from,
      Destination: { ToAddresses: to, ...more },
      Content: { Simple: { Subject: content('Hello'), Body } },
    }),
  });
  return { status: response.status, answer: (await response.json()) as Record<string, string> };
}

/** The inbox as its reader gets it. */
async function inbox(): Promise<unknown> {
  const response = await fetch(`${test.cloud.url}/_local/inbox.json`);
  return response.json();
}

describe('a mail', () => {
  it('lands in the inbox once for each recipient, and stays over a restart', async () => {
    const { status, answer } = await send({ from: 'Desk <Desk@example.com>', to: ['a@x.net', 'b@x.net'] });
    expect(status).toBe(200);
    expect(answer['MessageId']).toMatch(/^local-\d+$/);
    await test.restart();
    const mail = (to: string) => ({ from: 'desk@example.com', to, subject: 'Hello' });
    expect(await inbox()).toMatchObject({ messages: [mail('b@x.net'), mail('a@x.net')] });
  });

  it.each([
    ['desk@example.com', 200],
    ['anyone@example.org', 200],
    ['other@example.com', 400],
    ['anyone@sub.example.org', 400],
    ['desk@example.com.evil.test', 400],
  ])('from %s is answered with %s', async (from, expected) => {
    const { status, answer } = await send({ from });
    expect(status).toBe(expected);
    if (status === 400) expect(answer['message']).toBe(`Email address is not verified: ${from}`);
  });

  it.each(['CcAddresses', 'BccAddresses'])('with %s is refused, not shortened', async (name) => {
    const { answer } = await send({ from: 'desk@example.com', more: { [name]: ['b@x.net'] } });
    expect(answer).toMatchObject({ __type: 'ValidationException' });
    expect(answer['message']).toContain(name);
  });

  it.each([
    ['Desk', 'desk@example.com', 200],
    ['Desk', 'anyone@example.org', 403],
    ['Stranger', 'desk@example.com', 403],
  ])('by %s from %s is answered with %s', async (id, from, expected) => {
    const { status, answer } = await send({ from }, { credentials: await keysOf(test, id) });
    expect(status).toBe(expected);
    if (status === 403) expect(answer['message']).toContain('ses:SendEmail on resource: arn:aws:ses:');
  });

  it('lies in files that their owner alone can read', () => {
    const rights = ['inbox.db', 'inbox.db-wal'].map(
      (name) => statSync(join(test.directory, name)).mode & 0o777,
    );
    expect(rights).toEqual([0o600, 0o600]);
  });

  it('asked for in another way is refused by name', async () => {
    const { answer } = await send({ from: 'desk@example.com' }, { path: '/v2/email/outbound-bulk-emails' });
    expect(answer['message']).toBe('ses POST /v2/email/outbound-bulk-emails is not run on the laptop');
  });
});

describe('a mail that comes back', () => {
  const mail = (to: string, set = 'heard-of') => ({
    from: 'desk@example.com',
    to: [to],
    with: { ConfigurationSetName: set, EmailTags: [{ Name: 'about', Value: 'apr_1' }] },
  });
  const arrived = async (to: string) => JSON.stringify(await inbox()).includes(to);

  it('is told on the default bus with its tags, and only a complaint was in the inbox', async () => {
    const sent = ['bounce@simulator.amazonses.com', 'bounce+ann@example.net', 'complaint+bob@example.net'];
    for (const to of [...sent, 'success@simulator.amazonses.com', 'bounce.house@example.net'])
      expect((await send(mail(to))).status).toBe(200);
    await send(mail('bounce+quiet@example.net', 'quiet'));
    const heard = await eventually('all are told', async () => {
      const events = (await test.kept('Heard')) as Record<string, unknown>[];
      return events.length >= 3 ? events : undefined;
    });
    const told = heard.map(({ source, 'detail-type': type, detail }) => {
      const { mail } = detail as { mail: { destination: string[]; tags: Record<string, string[]> } };
      return [source, type, mail.destination, mail.tags['about'], mail.tags['ses:configuration-set']];
    });
    const [bounce, ann, bob] = sent;
    const about = [['apr_1'], ['heard-of']];
    expect(told.toSorted()).toEqual([
      ['aws.ses', 'Email Bounced', [ann], ...about],
      ['aws.ses', 'Email Bounced', [bounce], ...about],
      ['aws.ses', 'Email Complaint Received', [bob], ...about],
    ]);
    expect(await Promise.all(sent.map(arrived))).toEqual([false, false, true]);
    expect(await arrived('bounce.house@example.net')).toBe(true);
  });

  it.each([
    ['a set nobody made', { ConfigurationSetName: 'other' }, 'Configuration set <other> does not exist.'],
    ['a tag SES would not take', { EmailTags: [{ Name: 'about', Value: 'a b' }] }, /EmailTags/],
  ])('is refused with %s', async (_, rest, why) => {
    const { status, answer } = await send({ from: 'desk@example.com', with: rest });
    expect(status).toBe(400);
    expect(answer['message']).toMatch(why);
  });

  it('needs the right to use its configuration set', async () => {
    const credentials = await keysOf(test, 'Desk');
    const { status, answer } = await send(mail('a@example.net'), { credentials });
    expect(status).toBe(403);
    expect(answer['message']).toContain('configuration-set/heard-of');
  });

  it('can’t be told to another bus', async () => {
    const refusal = await refusedBoot(({ stack }) => {
      const EventBusArn = new EventBus(stack, 'Bus').eventBusArn;
      const EventDestination = {
        Enabled: true,
        MatchingEventTypes: ['bounce'],
        EventBridgeDestination: { EventBusArn },
      };
      const type = 'AWS::SES::ConfigurationSetEventDestination';
      new CfnResource(stack, 'Told', {
        type,
        properties: { ConfigurationSetName: 'heard-of', EventDestination },
      });
    });
    expect(refusal.message).toMatch(/SES tells the default bus alone/);
  });
});
