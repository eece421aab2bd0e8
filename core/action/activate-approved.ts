import type { Change, Refusal, Write } from '../change.ts';
import type { AuditEvent, EventType } from '../event.ts';
import { COE } from '../governance/manifest.ts';
import type { ActiveReleaseRow } from '../policy/release.ts';
import type { Row } from '../row.ts';
import type { ActionRow } from './action.ts';
import { bySystem } from './action-row.ts';
import type { Obstacle } from './admission.ts';
import { carryOutOwn, type OwnFacts } from './carry-out-own.ts';
import type { ProposalInput } from './proposal.ts';

export type ProposalFacts = OwnFacts & {
  readonly input: ProposalInput;
  /** Whether the votes are enough for the council as it is now. */
  readonly quorum: boolean;
  readonly active: ActiveReleaseRow | undefined;
  /** Versions of the seats' rows now; 0 where there is none. */
  readonly seated: readonly number[];
};

/**
 * Does what the council agreed to, in one change with the end of its action: the release comes into force and the
 * seats change. What was agreed to in another state than that of now ends denied, without effect.
 */
export function activateApproved(
  facts: ProposalFacts,
  activation: Pick<Change, 'writes'> & { readonly events: readonly AuditEvent[] },
  now: Date,
): Change<ActionRow> | Refusal<'not-held' | 'not-approved'> {
  const { action, input } = facts;
  const seats = input.seats.map((row) => seat(row, action, now));
  const effect = {
    output: { release: input.release },
    writes: [...activation.writes, ...seats.map(({ write }) => write)],
    events: [...activation.events, ...seats.map(({ event }) => event)],
  };
  return carryOutOwn(facts, () => findProblem(facts) ?? effect, now);
}

function findProblem({ quorum, input, active, seated }: ProposalFacts): Obstacle | undefined {
  if (!quorum) return tooFew;
  const seatsMoved = input.seats.some((row, n) => seated[n] !== row.version - 1);
  if (active?.release !== input.before || seatsMoved) {
    return { code: 'superseded', detail: 'something else came into force meanwhile: plan and apply again' };
  }
  return undefined;
}

/** What ends a council's yes when the council changed under it. */
export const tooFew: Obstacle = {
  code: 'approval-not-enough',
  detail: 'the votes are not enough for the council as it is now',
};

const nouns: Readonly<Record<string, EventType>> = {
  COUNCIL: 'council.changed',
  GROUP: 'group.changed',
  PERSON: 'person.changed',
};

function seat(row: Row & { readonly id?: unknown }, action: ActionRow, now: Date) {
  const ifVersion = row.version - 1;
  const write: Write = ifVersion === 0 ? { kind: 'create', row } : { kind: 'replace', row, ifVersion };
  const event: AuditEvent = {
    v: 1,
    subject: row.pk,
    version: row.version,
    type: nouns[row.sk] ?? 'council.changed',
    at: now.toISOString(),
    actor: bySystem('execute-action', now).actor,
    unit: COE,
    action: action.id,
    data: { id: row.id },
  };
  return { write, event };
}
