import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { AuditEvent } from '../../core/event.ts';
import { Fault } from '../../core/fault.ts';

/** An audit event as a CloudEvent 1.0; the action's input stays in the audit log. */
export function cloudEventOf(event: AuditEvent, stage: string) {
  const { input, ...data } = event.data;
  return {
    specversion: '1.0',
    id: `${event.subject}/${event.version}`,
    source: `urn:autonomy-os:${stage}`,
    type: `autonomy.${event.type}`,
    subject: event.subject,
    time: event.at,
    datacontenttype: 'application/json',
    data: { ...event, data },
  };
}

const MAX_ENTRIES = 10;

/** Publishes to the bus, ten at a time; an entry the bus refused fails the call, so that the batch is tried again. */
export async function publish(
  bus: { readonly client: Pick<EventBridgeClient, 'send'>; readonly name: string; readonly stage: string },
  events: readonly AuditEvent[],
): Promise<void> {
  for (let first = 0; first < events.length; first += MAX_ENTRIES) {
    const entries = events.slice(first, first + MAX_ENTRIES).map((event) => ({
      EventBusName: bus.name,
      Source: 'autonomy-os',
      DetailType: event.type,
      Time: new Date(event.at),
      Detail: JSON.stringify(cloudEventOf(event, bus.stage)),
    }));
    const reply = await bus.client.send(new PutEventsCommand({ Entries: entries }));
    if (reply.FailedEntryCount) {
      const codes = [...new Set(reply.Entries?.flatMap((entry) => entry.ErrorCode ?? []))].join(', ');
      throw new Fault('DependencyFailed', `the event bus refused ${reply.FailedEntryCount} events: ${codes}`);
    }
  }
}
