import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Tool } from '../../../../core/governance/tool.ts';
import { agentId } from '../../../../core/id.ts';
import { createCallTool } from '../../../../functions/aws/call-tool.ts';
import { connectEvent } from '../../../../functions/aws/connectors/connect-event.ts';
import { createEventsService } from '../../../../local/events/put-events.ts';
import { type AwsEndpoint, startAwsEndpoint, type WireReply } from '../../../harness/aws-endpoint.ts';
import { someSystem, someTool } from '../../../harness/tools.ts';

const BUS = 'autonomy-dev-tool-shop';
const KEY = 'act_0123456789abcdef';
const heard: { bus: string; event: object }[] = [];
const local = createEventsService({
  buses: new Set([BUS]),
  publish: (bus, event) => heard.push({ bus, event }),
  now: () => 0,
});

let aws: AwsEndpoint;
beforeAll(async () => {
  aws = await startAwsEndpoint();
});
afterAll(() => aws.stop());
beforeEach(() => {
  heard.length = 0;
  aws.calls.length = 0;
  aws.answer = async ({ operation, body }) => {
    const headers = { 'x-amz-target': `AWSEvents.${operation}` };
    const reply = await local.handle({ headers, body: Buffer.from(body) } as never);
    return { body: reply.body.toString() };
  };
});

function call(effect: Tool['effect'] = 'keyed', bus = BUS) {
  const busArn = `arn:aws:events:us-east-1:000000000000:event-bus/${bus}`;
  const connector = { type: 'event', busArn, detailType: 'order.wanted' } as const;
  const callTool = createCallTool(
    { event: connectEvent(new EventBridgeClient(aws.client)) },
    () => new Date(),
  );
  const asked = { system: someSystem(), input: { vendor: 'Northwind' }, agent: agentId.parse('agt_buyer') };
  return callTool({ ...asked, tool: someTool({ connector, effect, attempts: 2 }), idempotencyKey: KEY });
}
const entry = (result: object): WireReply => ({ body: { FailedEntryCount: 1, Entries: [result] } });

describe('an event as a tool', () => {
  it('is on the tool’s bus with who acts, by which action, with which input; its id is the result', async () => {
    const outcome = await call();
    expect(heard).toEqual([
      {
        bus: BUS,
        event: expect.objectContaining({
          source: 'autonomy-os.tool',
          'detail-type': 'order.wanted',
          detail: { action: KEY, agent: 'agt_buyer', input: { vendor: 'Northwind' } },
        }) as object,
      },
    ]);
    const { id } = heard[0]?.event as { id: string };
    expect(outcome).toEqual({ status: 'succeeded', output: { eventId: id } });
  });

  it('that the bus did not take is a clear no', async () => {
    aws.answer = () => entry({ ErrorCode: 'NotAuthorizedForSourceException', ErrorMessage: 'no' });
    expect(await call()).toMatchObject({ status: 'failed', code: 'refused-by-system' });
    expect(aws.calls).toHaveLength(1);
  });

  it('is put again when the bus has trouble, for a keyed tool alone', async () => {
    aws.answer = () => entry({ ErrorCode: 'InternalFailure' });
    expect(await call()).toMatchObject({ status: 'failed', code: 'system-error' });
    expect(aws.calls).toHaveLength(2);
    await call('at-most-once');
    expect(aws.calls).toHaveLength(3);
  });

  it('whose answer was lost is in doubt', async () => {
    for (const lost of [{ status: 500, error: 'InternalException' }, { body: {} }]) {
      aws.answer = () => lost;
      expect(await call('at-most-once')).toMatchObject({ status: 'unknown', code: 'unreachable' });
    }
  });

  it('that a later try could not put stays in doubt: the first may have been heard', async () => {
    const replies = [{ status: 500, error: 'InternalException' }, { error: 'AccessDeniedException' }];
    aws.answer = () => replies.shift() ?? {};
    expect(await call()).toMatchObject({ status: 'unknown' });
  });

  it('that was refused before it was put had no effect', async () => {
    aws.answer = () => ({ error: 'AccessDeniedException' });
    expect(await call()).toEqual({
      status: 'failed',
      code: 'not-called',
      detail: 'the bus was not called: AccessDeniedException',
    });
  });
});
