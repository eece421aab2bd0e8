import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { ACCOUNT, type AwsCall, AwsError, type Permission, REGION, type Service } from '../service.ts';
import { busName } from './rule.ts';

/** An event as rules match it and targets receive it. */
export type Event = Readonly<Record<string, unknown>>;

const request = z.object({
  Entries: z
    .array(
      z.object({
        Source: z.string().min(1).optional(),
        DetailType: z.string().min(1).optional(),
        Detail: z.string().optional(),
        EventBusName: z.string().default('default'),
        Time: z.number().optional(),
        Resources: z.array(z.string()).default([]),
      }),
    )
    .min(1)
    .max(10),
});
type Entry = z.infer<typeof request>['Entries'][number];

/** EventBridge's PutEvents; every other operation is refused by name. */
export function createEventsService(options: {
  readonly buses: ReadonlySet<string>;
  readonly publish: (bus: string, event: Event) => void;
  readonly now: () => number;
}): Service {
  return {
    signingName: 'events',
    errors: 'json',
    permissions: (call) => readEntries(call).map(permissionOf),
    handle: async (call) => {
      const entries = readEntries(call);
      const results = entries.map((entry) => put(entry, options));
      const FailedEntryCount = results.filter((result) => 'ErrorCode' in result).length;
      return {
        status: 200,
        headers: { 'content-type': 'application/x-amz-json-1.1' },
        body: JSON.stringify({ FailedEntryCount, Entries: results }),
      };
    },
  };
}

function readEntries(call: AwsCall): readonly Entry[] {
  const target = call.headers['x-amz-target'] ?? '';
  if (target !== 'AWSEvents.PutEvents') {
    throw new AwsError('UnsupportedOperation', `EventBridge ${target} is not run on the laptop`);
  }
  const parsed = request.safeParse(JSON.parse(call.body.toString()));
  if (parsed.success) return parsed.data.Entries;
  throw new AwsError('ValidationException', parsed.error.issues[0]?.message ?? 'not valid');
}

function permissionOf(entry: Entry): Permission {
  return {
    action: 'events:PutEvents',
    resource: `arn:aws:events:${REGION}:${ACCOUNT}:event-bus/${busName(entry.EventBusName)}`,
    context: { 'events:source': entry.Source ?? '', 'events:detail-type': entry.DetailType ?? '' },
  };
}

function put(entry: Entry, options: Parameters<typeof createEventsService>[0]) {
  const fault = faultOf(entry, options.buses);
  if (fault) return fault;
  const id = randomUUID();
  options.publish(busName(entry.EventBusName), {
    ...envelope(id, entry.Time === undefined ? options.now() : entry.Time * 1000),
    'detail-type': entry.DetailType,
    source: entry.Source,
    resources: entry.Resources,
    detail: JSON.parse(entry.Detail ?? '{}') as unknown,
  });
  return { EventId: id };
}

/** The fields that every event has. */
export function envelope(id: string, time: number) {
  const seconds = new Date(time).toISOString().replace(/\.\d+Z$/, 'Z');
  return { version: '0', id, account: ACCOUNT, time: seconds, region: REGION };
}

/** AWS takes an event for a bus that is not there and drops it in silence; the laptop says so. */
function faultOf({ Source, DetailType, Detail, EventBusName }: Entry, buses: ReadonlySet<string>) {
  if (!buses.has(busName(EventBusName))) {
    const ErrorMessage = `Event bus ${EventBusName} does not exist.`;
    return { ErrorCode: 'ResourceNotFoundException', ErrorMessage };
  }
  for (const [name, value] of Object.entries({ Source, DetailType, Detail })) {
    if (value !== undefined) continue;
    const ErrorMessage = `Parameter ${name} is not valid. Reason: ${name} is a required argument.`;
    return { ErrorCode: 'InvalidArgument', ErrorMessage };
  }
  if (Source?.startsWith('aws.')) return NOT_AUTHORIZED;
  return isJsonObject(Detail ?? '') ? undefined : MALFORMED;
}

/** Sources that begin so are AWS's own: whoever calls, an event of one is refused. */
const NOT_AUTHORIZED = {
  ErrorCode: 'NotAuthorizedForSourceException',
  ErrorMessage: 'Not authorized for the source.',
};

const MALFORMED = { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };

function isJsonObject(text: string): boolean {
  try {
    return z.record(z.string(), z.unknown()).safeParse(JSON.parse(text)).success;
  } catch {
    return false;
  }
}
