import * as z from 'zod';
import { decided } from '../action/action.ts';
import { digest } from '../canonical-json.ts';
import type { AuditEvent } from '../event.ts';
import { actionId, agentId } from '../id.ts';

/** One decision made at the door with everything it was made on besides its release: enough to make it again. */
export const recordedDecision = z.object({
  v: z.literal(1),
  /** Of its audit event: two records with the same are the same decision, delivered twice. */
  subject: z.string(),
  version: z.int(),
  at: z.iso.datetime(),
  action: actionId,
  agent: agentId,
  tool: z.string(),
  /** Hash of the tool's definition then; empty when there was no such tool, or no release that could be read. */
  toolHash: z.string(),
  input: z.record(z.string(), z.unknown()),
  purpose: z.string(),
  onBehalfOf: z.string().optional(),
  workflow: z.string().optional(),
  release: z.string(),
  policies: z.array(z.string()),
  decided,
});
export type RecordedDecision = z.infer<typeof recordedDecision>;

/** A file of records: its place in the bucket and its text, one record a line. */
export type DecisionFile = { readonly key: string; readonly text: string };

const atTheDoor: readonly AuditEvent['type'][] = ['action.denied', 'action.held', 'action.started'];

/**
 * The records of a batch of events, a file for each minute in which something was decided. The same batch gives the
 * same files. What was decided after an approval is left out: its event does not repeat the input.
 */
export function decisionFiles(events: readonly AuditEvent[]): DecisionFile[] {
  const made = events.filter(
    ({ type, data }) =>
      atTheDoor.includes(type) && data['input'] !== undefined && data['decided'] !== undefined,
  );
  return [...Map.groupBy(made, ({ at }) => minuteKey(at))].map(([minute, of]) => {
    const id = digest(of.map(({ subject, version }) => `${subject}/${version}`)).slice(0, 16);
    return {
      key: `${minute}-${id}.ndjson`,
      text: of.map((event) => `${JSON.stringify(recordOf(event))}\n`).join(''),
    };
  });
}

function recordOf(event: AuditEvent): Readonly<Record<string, unknown>> {
  const { subject, version, at, action, agent, tool, purpose, onBehalfOf, workflow, release, data } = event;
  const { toolHash, input, policies, decided } = data;
  const request = { action, agent, tool, toolHash, input, purpose, onBehalfOf, workflow };
  return { v: 1, subject, version, at, ...request, release, policies, decided };
}

/** How the keys of a minute's files begin: keys sort by time, and a file holds one minute only. */
export function minuteKey(at: string): string {
  const [day = '', time = ''] = at.split('T');
  return `decisions/${day}/${time.slice(0, 5).replace(':', '-')}`;
}

/** The minute of a file's key. */
export const minuteOfKey = (key: string) => key.slice(0, minuteKey('2026-01-01T00:00:00.000Z').length);

/** A line that can't be decided again, and why. */
export type UnreadableRecord = { readonly unreadable: string };

/** Reads one line; one of another format or with something missing says which. */
export function readRecord(line: string): RecordedDecision | UnreadableRecord {
  const value = parseJson(line);
  if (value === undefined) return { unreadable: 'no JSON' };
  const parsed = recordedDecision.safeParse(value);
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.map(({ path }) => path.map(String).join('.') || 'the whole');
  return { unreadable: `another format: ${[...new Set(fields)].slice(0, 3).join(', ')}` };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
