import type { AuditEvent } from './event.ts';
import type { Key, Row } from './row.ts';

/** One row write with its condition. Whole rows are written; the condition decides who wins a race. */
export type Write =
  /** The row must not exist yet. */
  | { readonly kind: 'create'; readonly row: Row }
  /** The row must still be at the version (and, where it has one, the status) the decision was made on. */
  | {
      readonly kind: 'replace';
      readonly row: Row;
      readonly ifVersion: number;
      readonly ifStatus?: readonly string[];
    }
  /** A row the decision leaned on but does not change must still be at this version. */
  | { readonly kind: 'unchanged'; readonly key: Key; readonly ifVersion: number }
  /** A row without versions or history (a waiting task token): the last write counts. */
  | {
      readonly kind: 'put';
      readonly row: Key & { readonly v: 1; readonly [field: string]: unknown };
    }
  /** The gate follows its agent: stage and cap are set, the day's count stays. */
  | {
      readonly kind: 'gate';
      readonly key: Key;
      readonly stage: string;
      readonly dailyActions: number;
      /** The last UTC day on which it may act; absent: for ever. */
      readonly recertifyBy?: string | undefined;
      readonly day: string;
    }
  /** A lease changes hands: the row must be as it was seen, so that a heartbeat in between wins. */
  | {
      readonly kind: 'lease';
      readonly row: Key & { readonly v: 1; readonly [field: string]: unknown };
      readonly seen: { readonly fence: number; readonly expiresAt: string } | undefined;
    }
  /** The agent's gate must not demand a later version of the kill switches than the decision was made on. */
  | { readonly kind: 'unfenced'; readonly key: Key; readonly switches: number }
  /**
   * The agent's gate counts one more action on `day`: it must still be in one of `stages`, demand no later version of
   * the kill switches than `switches`, be at `seenDay`, certified on `day`, and below its daily cap.
   */
  | {
      readonly kind: 'admit';
      readonly key: Key;
      readonly day: string;
      readonly seenDay: string;
      readonly stages: readonly string[];
      readonly switches: number;
      /** What the action uses: the gate keeps the day of each tool's last use. */
      readonly tool: string;
    }
  /** A grant counts one more use: fewer than `count` before, and what they moved stays within `most`. */
  | {
      readonly kind: 'use';
      readonly key: Key;
      readonly count: number;
      /** What this one moves and all may, in ten-thousandths. */
      readonly amount: number;
      readonly most: number;
    }
  /** A scope's budget takes `minor` units (gives them back when negative), within what it may spend. */
  | {
      readonly kind: 'spend';
      readonly key: Key;
      /** The attribute that counts the day. */
      readonly day: string;
      readonly minor: number;
      readonly perDay?: number;
      readonly perMonth?: number;
    };

/** What a verb decided: rows and the events that say what happened. They commit together or not at all. */
export type Change<Result = unknown> = {
  readonly writes: readonly Write[];
  readonly events: readonly [AuditEvent, ...AuditEvent[]];
  /** What the caller answers with once it is committed; usually the new row. */
  readonly result: Result;
};

/** A recoverable no, as a value. `code` is from the glossary, `detail` says what to do. */
export type Refusal<Code extends string = string> = {
  readonly refused: Code;
  readonly detail: string;
};

export function isRefusal<T extends object>(value: T | Refusal): value is Refusal {
  return 'refused' in value;
}
