import type { Change, Refusal } from '../change.ts';
import type { Actor, AuditEvent, EventType } from '../event.ts';
import { type EngagedSwitch, switchesKey, type SwitchesRow } from './switch.ts';

type By = { readonly actor: Actor; readonly now: Date };

/** Switches engaged at once: more than any incident needs, few enough for one row. */
export const MOST_ENGAGED = 100;

/**
 * Engages a kill switch: from this commit on every decision reads it. A scope already engaged is refused as
 * `engaged`, which callers take for done.
 */
export function engageSwitch(
  row: SwitchesRow | undefined,
  request: { readonly scope: string; readonly reason: string; readonly drill?: boolean | undefined },
  { actor, now }: By,
): Change<SwitchesRow> | Refusal<'engaged' | 'too-many'> {
  const engaged = row?.engaged ?? [];
  const { scope, reason, drill } = request;
  const known = engaged.find((each) => each.scope === scope);
  if (known) return { refused: 'engaged', detail: `${scope} was stopped at ${known.engagedAt}` };
  if (engaged.length >= MOST_ENGAGED) {
    return { refused: 'too-many', detail: `${MOST_ENGAGED} switches are engaged: engage a wider one` };
  }
  const since = (row?.version ?? 0) + 1;
  const added: EngagedSwitch = {
    ...{ scope, reason, engagedBy: actor, engagedAt: now.toISOString(), since },
    ...(drill === true && { drill }),
  };
  return change(row, [...engaged, added], {
    type: 'switch.engaged',
    data: { scope, reason, ...(drill === true && { drill }) },
    ...{ actor, now },
  });
}

/** Records that every gate in scope is turned: from now on nothing in scope can start. */
export function confirmContained(
  row: SwitchesRow,
  found: { readonly scope: string; readonly since: number; readonly agents: number },
  { actor, now }: By,
): Change<SwitchesRow> | Refusal<'not-engaged' | 'contained'> {
  const known = row.engaged.find(({ scope, since }) => scope === found.scope && since === found.since);
  if (!known) return { refused: 'not-engaged', detail: `${found.scope} is not stopped any more` };
  if (known.containedAt !== undefined) return { refused: 'contained', detail: 'it was contained before' };
  const { scope, agents } = found;
  const seconds = (now.getTime() - Date.parse(known.engagedAt)) / 1000;
  const contained = { ...known, containedAt: now.toISOString(), agents };
  return change(row, replace(row.engaged, contained), {
    type: 'switch.contained',
    data: { scope, agents, seconds, ...(known.drill === true && { drill: true }) },
    ...{ actor, now },
  });
}

/** One call for the row's next version and the event that says so. */
export function change(
  row: SwitchesRow | undefined,
  engaged: readonly EngagedSwitch[],
  said: By & { readonly type: EventType & `switch.${string}`; readonly data: AuditEvent['data'] },
): Change<SwitchesRow> {
  const version = (row?.version ?? 0) + 1;
  const next: SwitchesRow = { ...switchesKey, v: 1, version, engaged: [...engaged] };
  const { type, data, actor, now } = said;
  return {
    writes: [row ? { kind: 'replace', row: next, ifVersion: row.version } : { kind: 'create', row: next }],
    events: [{ v: 1, subject: switchesKey.pk, version, type, at: now.toISOString(), actor, data }],
    result: next,
  };
}

export const replace = (engaged: readonly EngagedSwitch[], by: EngagedSwitch) =>
  engaged.map((each) => (each.scope === by.scope ? by : each));
