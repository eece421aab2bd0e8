import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import {
  breakerKey,
  type BreakerRow,
  breakerRow,
  breakerState,
  openFor,
  OPENS_AT,
  PROBE_SECONDS,
  TROUBLE_WEIGHS,
} from '../../core/action/breaker.ts';

/** The circuit breakers of tools. Outside `commit`: they spare calls and decide nothing. */
export type Breakers = {
  /** Takes the one probe of a breaker that is half-open; `false` when another has it. */
  probe(tool: string, seen: BreakerRow, now: Date): Promise<boolean>;
  /** Notes how a call ended, by what the breaker was before it. A good call of a tool without trouble writes nothing. */
  note(tool: string, seen: BreakerRow | undefined, trouble: boolean, now: Date): Promise<void>;
};

export function createBreakers(dynamodb: Pick<DynamoDBClient, 'send'>, table: string): Breakers {
  const update = (tool: string, change: Update) => updateRow(dynamodb, table, tool, change);
  const open = (tool: string, opened: number, now: Date) => update(tool, opening(opened, now));
  return {
    probe: async (tool, { openUntil }, now) => (await update(tool, probing(openUntil, now))) !== undefined,
    note: async (tool, seen, trouble, now) => {
      const state = breakerState(seen, now);
      const wasProbe = seen?.openUntil !== undefined;
      if (!trouble && (seen === undefined || (seen.score <= 0 && state === 'closed'))) return;
      if (wasProbe) return void (await (trouble ? open(tool, seen.opened ?? 0, now) : update(tool, closing)));
      const row = await update(tool, weighing(trouble ? TROUBLE_WEIGHS : -1));
      if (row && row.score >= OPENS_AT && row.openUntil === undefined) await open(tool, row.opened ?? 0, now);
    },
  };
}

type Update = {
  readonly set: string;
  readonly when?: string;
  readonly values: Readonly<Record<string, unknown>>;
};

const weighing = (weight: number): Update => ({
  set: 'SET v = :v, score = if_not_exists(score, :none) + :weight',
  ...(weight < 0 && { when: 'score > :none' }),
  values: { ':v': 1, ':none': 0, ':weight': weight },
});

const opening = (opened: number, now: Date): Update => ({
  set: 'SET v = :v, score = :none, openUntil = :until, opened = :opened',
  values: {
    ':v': 1,
    ':none': 0,
    ':until': new Date(now.getTime() + openFor(opened) * 1000).toISOString(),
    ':opened': opened + 1,
  },
});

const closing: Update = {
  set: 'SET v = :v, score = :none REMOVE openUntil, opened',
  values: { ':v': 1, ':none': 0 },
};

const probing = (seen: string | undefined, now: Date): Update => ({
  set: 'SET openUntil = :until',
  when: 'openUntil = :seen',
  values: { ':seen': seen ?? '', ':until': new Date(now.getTime() + PROBE_SECONDS * 1000).toISOString() },
});

async function updateRow(
  dynamodb: Pick<DynamoDBClient, 'send'>,
  table: string,
  tool: string,
  { set, when, values }: Update,
): Promise<BreakerRow | undefined> {
  try {
    const reply = await dynamodb.send(
      new UpdateItemCommand({
        TableName: table,
        Key: marshall(breakerKey(tool)),
        UpdateExpression: set,
        ExpressionAttributeValues: marshall(values),
        ReturnValues: 'ALL_NEW',
        ...(when !== undefined && { ConditionExpression: when }),
      }),
    );
    return breakerRow.parse(unmarshall(reply.Attributes ?? {}));
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return undefined;
    throw error;
  }
}
