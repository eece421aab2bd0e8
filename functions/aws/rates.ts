import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { type Allowance, allowanceOf, fillMs, type Rate, rateKey } from '../../core/action/rate.ts';

/**
 * Takes one request off a rate that everybody shares: a bucket of a minute's worth, kept as the moment at which it will
 * be full again. Best effort, outside any transaction; only rates that somebody set cost a write.
 */
export type TakeRate = (rate: Rate, now: Date) => Promise<Allowance>;

export function createTakeRate(dynamodb: Pick<DynamoDBClient, 'send'>, table: string): TakeRate {
  return async (rate, now) => {
    for (let round = 1; ; round += 1) {
      const more = await update(dynamodb, table, rate, takeMore(rate, now));
      if ('fullAt' in more) return allowanceOf(rate, true, more.fullAt, now);
      const usedUp = more.failedAt > now.getTime();
      if (usedUp || round === ROUNDS) return allowanceOf(rate, false, more.failedAt, now);
      const first = await update(dynamodb, table, rate, takeFirst(rate, now));
      if ('fullAt' in first) return allowanceOf(rate, true, first.fullAt, now);
    }
  };
}

/** A first one that another was faster with is not the first any more: it is tried again as one more. */
const ROUNDS = 3;

const takeMore = (rate: Rate, now: Date): Update => ({
  set: 'SET fullAt = fullAt + :fill, v = :v, #ttl = :ttl',
  when: 'fullAt > :now AND fullAt <= :most',
  values: {
    ':fill': fillMs(rate),
    ':now': now.getTime(),
    ':most': now.getTime() + 60_000 - fillMs(rate),
    ...kept(now),
  },
});

const takeFirst = (rate: Rate, now: Date): Update => ({
  set: 'SET fullAt = :full, v = :v, #ttl = :ttl',
  when: 'attribute_not_exists(fullAt) OR fullAt <= :now',
  values: { ':full': now.getTime() + fillMs(rate), ':now': now.getTime(), ...kept(now) },
});

const kept = (now: Date) => ({ ':v': 1, ':ttl': Math.floor(now.getTime() / 1000) + 3600 });

type Update = {
  readonly set: string;
  readonly when: string;
  readonly values: Readonly<Record<string, unknown>>;
};

async function update(
  dynamodb: Pick<DynamoDBClient, 'send'>,
  table: string,
  { scope }: Rate,
  { set, when, values }: Update,
): Promise<{ readonly fullAt: number } | { readonly failedAt: number }> {
  try {
    const { Attributes } = await dynamodb.send(
      new UpdateItemCommand({
        TableName: table,
        Key: marshall(rateKey(scope)),
        UpdateExpression: set,
        ConditionExpression: when,
        ExpressionAttributeNames: { '#ttl': 'ttl' },
        ExpressionAttributeValues: marshall(values),
        ReturnValues: 'UPDATED_NEW',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    );
    return { fullAt: Number(Attributes?.['fullAt']?.N) };
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    return { failedAt: Number(error.Item?.['fullAt']?.N ?? 0) };
  }
}
