import { CfnRule, EventBus, EventField, Rule, RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction, SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callAws } from '../fixtures/call-aws.ts';
import { refusedBoot } from '../fixtures/refused-boot.ts';
import { Duration, eventually, resourceOf, startCloud, type TestCloud } from '../fixtures/start-cloud.ts';

let test: TestCloud;
beforeAll(async () => {
  test = await startCloud(({ stack, probe }) => {
    const eventBus = new EventBus(stack, 'Bus', { eventBusName: 'ours' });
    const queue = new Queue(stack, 'Heard');
    const listener = probe('Listener');
    new Rule(stack, 'Created', {
      eventBus,
      eventPattern: { source: ['shop'], detailType: ['created'] },
      targets: [new LambdaFunction(listener), new SqsQueue(queue)],
    });
    new Rule(stack, 'Silent', { eventBus, enabled: false, eventPattern: { source: ['shop'] } });
    new Rule(stack, 'Nightly', {
      schedule: Schedule.cron({ minute: '0', hour: '3' }),
      targets: [new LambdaFunction(probe('Night'))],
    });
    const event = RuleTargetInput.fromObject({ given: 'by the template' });
    new Rule(stack, 'Fixed', {
      schedule: Schedule.rate(Duration.days(1)),
      targets: [new LambdaFunction(probe('Told'), { event })],
    });
    eventBus.grantPutEventsTo(probe('Sender'));
    probe('Stranger');
  });
}, 60_000);
afterAll(() => test.stop());

const created = (id: number, more = {}) => ({
  ...{ EventBusName: 'ours', Source: 'shop', DetailType: 'created', Detail: JSON.stringify({ id }), ...more },
});
const putEvents = (...Entries: unknown[]) =>
  callAws(test.cloud, 'events', 'AWSEvents.PutEvents', { Entries });

type Heard = { readonly Messages?: readonly { readonly Body: string }[] };

/** Everything in the queue now, hidden from the next look. */
async function heard(): Promise<readonly unknown[]> {
  const QueueUrl = resourceOf(test.cloud, 'Heard').ref;
  const input = { QueueUrl, MaxNumberOfMessages: 10 };
  const answer = (await callAws(test.cloud, 'sqs', 'AmazonSQS.ReceiveMessage', input)) as Heard;
  return (answer.Messages ?? []).map(({ Body }) => JSON.parse(Body) as unknown);
}

describe('an event', () => {
  it('of a source that is AWS’s own is refused to the administrator too', async () => {
    const forged = { ...created(9), Source: 'aws.ses', EventBusName: 'default' };
    expect(await putEvents(forged)).toMatchObject({
      FailedEntryCount: 1,
      Entries: [{ ErrorCode: 'NotAuthorizedForSourceException' }],
    });
  });

  it('that matches goes to the function and to the queue of its rule', async () => {
    const time = 1_795_000_000;
    const answer = await putEvents(created(1, { Time: time, Resources: ['arn:x'] }));
    const EventId = expect.stringMatching(/^[0-9a-f-]{36}$/) as string;
    expect(answer).toEqual({ FailedEntryCount: 0, Entries: [{ EventId }] });
    const event = {
      version: '0',
      id: EventId,
      account: '000000000000',
      region: 'us-east-1',
      time: new Date(time * 1000).toISOString().replace('.000', ''),
      source: 'shop',
      'detail-type': 'created',
      resources: ['arn:x'],
      detail: { id: 1 },
    };
    expect(await eventually('the event', async () => (await test.kept('Listener'))[0])).toEqual(event);
    expect(await heard()).toEqual([event]);
  });

  it.each([
    ['of another source', created(2, { Source: 'other' })],
    ['of another type', created(2, { DetailType: 'deleted' })],
    ['of another bus', created(2, { EventBusName: 'default' })],
  ])('%s goes nowhere', async (_, entry) => {
    expect(await putEvents(entry)).toMatchObject({ FailedEntryCount: 0 });
    expect(await heard()).toEqual([]);
  });

  it.each([
    [
      'an unknown bus',
      { EventBusName: 'nobody' },
      'ResourceNotFoundException',
      'Event bus nobody does not exist.',
    ],
    ['no source', { Source: undefined }, 'InvalidArgument', 'Source is a required argument'],
    ['broken detail', { Detail: '{' }, 'MalformedDetail', 'Detail is malformed.'],
    ['detail that is no object', { Detail: '[1]' }, 'MalformedDetail', 'Detail is malformed.'],
  ])('with %s fails alone', async (_, more, ErrorCode, message) => {
    expect(await putEvents(created(3, more), created(4))).toEqual({
      FailedEntryCount: 1,
      Entries: [
        { ErrorCode, ErrorMessage: expect.stringContaining(message) as string },
        { EventId: expect.any(String) as string },
      ],
    });
    expect(await heard()).toMatchObject([{ detail: { id: 4 } }]);
  });

  it('may be put where the policy allows it alone', async () => {
    const put = (id: string) =>
      test.ask(id, { do: 'aws', call: 'PutEvents', input: { Entries: [created(5)] } });
    expect(await put('Sender')).toMatchObject({ FailedEntryCount: 0 });
    expect(await put('Stranger')).toMatchObject({
      error: 'AccessDeniedException',
      message: expect.stringContaining(
        'events:PutEvents on resource: arn:aws:events:us-east-1:000000000000:event-bus/ours',
      ) as string,
    });
  });
});

describe('a schedule', () => {
  it.each([
    ['by its logical id', () => resourceOf(test.cloud, 'Nightly').logicalId],
    ['by its name', () => resourceOf(test.cloud, 'Nightly').ref],
  ])('fires when it is asked to, %s', async (_, name) => {
    const before = (await test.kept('Night')).length;
    expect(test.cloud.runSchedule(name())).toBe(true);
    const event = await eventually('the event', async () => (await test.kept('Night'))[before]);
    expect(event).toMatchObject({
      source: 'aws.events',
      'detail-type': 'Scheduled Event',
      resources: [resourceOf(test.cloud, 'Nightly').arn],
      detail: {},
    });
  });

  it('sends what the template gives in place of the event', async () => {
    test.cloud.runSchedule(resourceOf(test.cloud, 'Fixed').ref);
    const event = await eventually('the input', async () => (await test.kept('Told'))[0]);
    expect(event).toEqual({ given: 'by the template' });
  });

  it('that is not there does not fire', () => {
    expect(test.cloud.runSchedule('Never')).toBe(false);
    expect(test.cloud.runSchedule(resourceOf(test.cloud, 'Created').ref)).toBe(false);
  });
});

describe('a rule that the laptop does not run is refused by name', () => {
  it.each<[string, (rule: (properties: object) => CfnRule) => void, RegExp]>([
    [
      'an operator',
      (rule) => rule({ eventPattern: { source: [{ cidr: '10.0.0.0/8' }] } }),
      /^Test\/R\.source: the event pattern operator cidr/,
    ],
    ['a schedule', (rule) => rule({ scheduleExpression: 'cron(0 3 L * ? *)' }), /day of month "L"/],
    [
      'a target',
      (rule) =>
        rule({
          eventPattern: { source: ['a'] },
          targets: [{ id: 'T', arn: 'arn:aws:sns:us-east-1:000000000000:t' }],
        }),
      /events to arn:aws:sns:\S+ are not delivered/,
    ],
    [
      'an input transformer',
      (rule) =>
        rule({
          eventPattern: { source: ['a'] },
          targets: [
            {
              ...{ id: 'T', arn: 'arn:aws:sqs:us-east-1:000000000000:t' },
              inputTransformer: { inputTemplate: `<${EventField.fromPath('$.x')}>` },
            },
          ],
        }),
      /InputTransformer/,
    ],
  ])('%s', async (_, define, message) => {
    const refusal = await refusedBoot(({ stack }) => {
      define((properties) => new CfnRule(stack, 'R', properties));
    });
    expect(refusal).toMatchObject({ name: 'BootError', leftRunning: 0 });
    expect(refusal.message).toMatch(message);
  });
});
