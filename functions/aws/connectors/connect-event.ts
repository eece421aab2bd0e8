import {
  type EventBridgeClient,
  EventBridgeServiceException,
  PutEventsCommand,
  type PutEventsResultEntry,
} from '@aws-sdk/client-eventbridge';
import type { CallResult, Connector } from './connector.ts';
import { afterError } from './after-error.ts';

/** The source of every event of a tool; our own bus has another. */
export const TOOL_SOURCE = 'autonomy-os.tool';

/**
 * Puts `{action, agent, input}` on the tool's bus. That it was taken is all that is known of it: a lost answer leaves
 * the effect in doubt, and who listens tells an event that came twice by the action's id.
 */
export function connectEvent(events: Pick<EventBridgeClient, 'send'>): Connector {
  return async ({ tool, input, agent, idempotencyKey: action, timeoutMs }) => {
    if (tool.connector.type !== 'event')
      return { status: 'failed', code: 'misconfigured', detail: 'this is no event tool', sent: false };
    const { busArn: EventBusName, detailType: DetailType } = tool.connector;
    const Detail = JSON.stringify({ action, agent, input });
    const entry = { EventBusName, Source: TOOL_SOURCE, DetailType, Detail };
    try {
      const abortSignal = AbortSignal.timeout(timeoutMs);
      const { Entries = [] } = await events.send(new PutEventsCommand({ Entries: [entry] }), { abortSignal });
      return taken(Entries[0]);
    } catch (error) {
      return afterError(error, isRefusal, 'the bus');
    }
  };
}

const isRefusal = (error: Error) => error instanceof EventBridgeServiceException && error.$fault === 'client';

/** EventBridge's own troubles, which pass. */
const FOR_NOW = ['ThrottlingException', 'InternalFailure', 'InternalException'];

function taken({ EventId: eventId, ErrorCode: error }: PutEventsResultEntry = {}): CallResult {
  if (eventId !== undefined) return { status: 'succeeded', output: { eventId } };
  if (error === undefined)
    return { status: 'unknown', code: 'unreachable', detail: 'the bus gave no answer', retry: true };
  const retry = FOR_NOW.includes(error);
  const code = retry ? 'system-error' : 'refused-by-system';
  return { status: 'failed', code, detail: `the bus did not take the event: ${error}`, sent: false, retry };
}
