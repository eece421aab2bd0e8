import type { Change, Refusal } from '../change.ts';
import type { Actor } from '../event.ts';
import { change, replace } from './engage-switch.ts';
import type { EngagedSwitch, SwitchesRow } from './switch.ts';

export type RestoreRequest = {
  readonly scope: string;
  readonly reason: string;
  /** What a drill found; recorded with its end. */
  readonly found?: Readonly<Record<string, unknown>> | undefined;
};

/**
 * Takes a switch back. The first person's word is recorded, the second's, another person's, restores; a drill takes
 * one. What was denied meanwhile stays denied: agents ask again.
 */
export function restoreSwitch(
  row: SwitchesRow | undefined,
  request: RestoreRequest,
  { actor, now }: { readonly actor: Actor; readonly now: Date },
): Change<SwitchesRow> | Refusal<'not-engaged' | 'second-person'> {
  const known = row?.engaged.find(({ scope }) => scope === request.scope);
  if (!row || !known) return { refused: 'not-engaged', detail: `${request.scope} is not stopped` };
  const first = known.restore?.by;
  if (first && samePerson(first, actor)) {
    return { refused: 'second-person', detail: 'you asked for it already: another person has to agree' };
  }
  const { scope, reason, found } = request;
  if (!first && known.drill !== true) {
    const asked: EngagedSwitch = { ...known, restore: { by: actor, at: now.toISOString(), reason } };
    return change(row, replace(row.engaged, asked), {
      ...{ type: 'switch.restore-requested', data: { scope, reason }, actor, now },
    });
  }
  const left = row.engaged.filter((each) => each.scope !== scope);
  const data = { scope, reason, ...(first && { with: first }), ...(known.drill && { drill: true, found }) };
  return change(row, left, { type: 'switch.restored', data, actor, now });
}

/**
 * Sessions of one assumed role count as one: whoever may assume it may name the session as they like. Roles of IAM
 * Identity Center are the exception: there AWS names the session after the person.
 */
function samePerson(a: Actor, b: Actor): boolean {
  return a.kind === b.kind && principalOf(a.id) === principalOf(b.id);
}

/** `…:assumed-role/Ops/ann` becomes `…:assumed-role/Ops`. */
function principalOf(arn: string): string {
  return arn.replace(/(:assumed-role\/(?!AWSReservedSSO_)[^/]+)\/.*$/, '$1');
}
