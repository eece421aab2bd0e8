import type { AuditEvent } from '../../core/event.ts';
import type { Registry } from './registry.ts';

type Deps = { readonly registry: Pick<Registry, 'commit'>; readonly now: () => Date };

/** What is recorded of many requests alike; its subject ends with the minute. */
export type Noted = Pick<AuditEvent, 'type' | 'actor' | 'agent'> & {
  readonly subject: string;
  readonly note: string;
};

/** Records what strangers and the impatient do by one event a minute and subject, so that nobody can fill our ledger. */
export function createOnceAMinute({ registry, now }: Deps): (noted: Noted) => Promise<void> {
  const recorded = new Map<string, string>();
  return async ({ subject, note, ...noted }) => {
    const at = now().toISOString();
    const minute = at.slice(0, 16);
    if (recorded.get(subject) === minute) return;
    recorded.set(subject, minute);
    const fixed = { v: 1, version: 1, at, data: { minute, note } } as const;
    const event = { ...fixed, ...noted, subject: `${subject}#${minute}` };
    await registry.commit({ writes: [], events: [event], result: undefined });
  };
}
