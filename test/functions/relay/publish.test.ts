import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { AuditEvent } from '../../../core/event.ts';
import { cloudEventOf, publish } from '../../../functions/relay/publish.ts';
import { type AwsEndpoint, startAwsEndpoint } from '../../harness/aws-endpoint.ts';

let aws: AwsEndpoint;
let bus: { client: EventBridgeClient; name: string; stage: string };
beforeAll(async () => {
  aws = await startAwsEndpoint();
  bus = { client: new EventBridgeClient(aws.client), name: 'the-bus', stage: 'test' };
});
afterAll(() => aws.stop());
beforeEach(() => {
  aws.calls.length = 0;
  aws.answer = () => ({ body: { FailedEntryCount: 0, Entries: [] } });
});

const event = (version: number): AuditEvent => ({
  v: 1,
  subject: 'ACTION#act_00000000',
  version,
  type: 'action.started',
  at: '2026-11-23T10:00:00.000Z',
  actor: { kind: 'agent', id: 'agt_buyer' },
  purpose: 'Chairs',
  data: { attempt: 1, input: { iban: 'DE02120300000000202051' } },
});
const entries = z.object({
  Entries: z.array(z.object({ EventBusName: z.string(), DetailType: z.string(), Detail: z.string() })),
});
const sent = () => aws.calls.map(({ body }) => entries.parse(JSON.parse(body)).Entries);

describe('publishing', () => {
  it('sends ten at a time, all of them, in order', async () => {
    await publish(
      bus,
      Array.from({ length: 23 }, (_, n) => event(n + 1)),
    );
    expect(sent().map(({ length }) => length)).toEqual([10, 10, 3]);
    const ids = sent()
      .flat()
      .map(({ Detail }) => (JSON.parse(Detail) as { id: string }).id);
    expect(ids).toEqual(Array.from({ length: 23 }, (_, n) => `ACTION#act_00000000/${n + 1}`));
  });

  it('calls nothing when there is nothing to say', async () => {
    await publish(bus, []);
    expect(aws.calls).toEqual([]);
  });

  it('fails when the bus refuses a single entry', async () => {
    aws.answer = () => ({
      body: { FailedEntryCount: 1, Entries: [{}, { ErrorCode: 'ThrottlingException' }] },
    });
    await expect(publish(bus, [event(1), event(2)])).rejects.toMatchObject({
      name: 'DependencyFailed',
      message: expect.stringContaining('ThrottlingException') as string,
    });
  });

  it('fails when the bus can’t be reached', async () => {
    aws.answer = () => ({ status: 500, error: 'InternalException' });
    await expect(publish(bus, [event(1)])).rejects.toThrow();
  });

  it('is a CloudEvent that names its subject and holds no input', async () => {
    await publish(bus, [event(3)]);
    const [[entry] = []] = sent();
    expect(entry).toMatchObject({ EventBusName: 'the-bus', DetailType: 'action.started' });
    expect(JSON.parse(entry?.Detail ?? '')).toMatchObject({
      specversion: '1.0',
      id: 'ACTION#act_00000000/3',
      source: 'urn:autonomy-os:test',
      type: 'autonomy.action.started',
      subject: 'ACTION#act_00000000',
      data: { purpose: 'Chairs', data: { attempt: 1 } },
    });
    expect(entry?.Detail).not.toContain('DE02120300000000202051');
    expect(JSON.stringify(cloudEventOf(event(3), 'test'))).not.toContain('iban');
  });
});
