import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { DIGEST_SECONDS, mailboxKey, type MailboxRow } from '../../core/approval/mailbox.ts';

/**
 * How many mails people get, and who is owed a digest. Outside `commit`: it counts mails and decides nothing, and in a
 * transaction approvals that ask the same person at once would cancel each other.
 */
export type Mailboxes = {
  /** Counts one more mail in this hour; `false`, uncounted, when the person got `most` of them. */
  admit(person: string, most: number, now: Date): Promise<boolean>;
  /** Notes that the person is to be told by a digest. */
  owe(person: string, now: Date): Promise<void>;
  /** Takes a digest that is due for sending; `false` when another run has it, or a digest went out just now. */
  claim(mailbox: MailboxRow, now: Date): Promise<boolean>;
  /** The digest went out. What came to be owed since stays owed. */
  settle(mailbox: MailboxRow): Promise<void>;
};

export function createMailboxes(dynamodb: Pick<DynamoDBClient, 'send'>, table: string): Mailboxes {
  const update = (person: string, change: Update) => updateIf(dynamodb, table, { person, ...change });
  return {
    admit: async (person, most, now) => {
      const hour = now.toISOString().slice(0, 13);
      const one = () => update(person, countOne(hour, most));
      return (await one()) || (await update(person, newHour(person, hour))) || one();
    },
    owe: async (person, now) => void (await update(person, owed(person, now))),
    claim: ({ person, openSince }, now) => update(person, claimed(openSince, now)),
    settle: async ({ person, openSince }) => void (await update(person, settled(openSince))),
  };
}

type Update = {
  readonly set: string;
  readonly when?: string;
  readonly values: Readonly<Record<string, unknown>>;
};

const countOne = (hour: string, most: number): Update => ({
  set: 'SET sent = sent + :one',
  when: '#hour = :hour AND sent < :most',
  values: { ':one': 1, ':hour': hour, ':most': most },
});

/** A clock that lags opens no hour that is over. */
const newHour = (person: string, hour: string): Update => ({
  set: 'SET #hour = :hour, sent = :one, v = :one, person = :person',
  when: 'attribute_not_exists(#hour) OR #hour < :hour',
  values: { ':one': 1, ':hour': hour, ':person': person },
});

const owed = (person: string, now: Date): Update => ({
  set: 'SET openKind = :digest, openSince = :now, v = :one, person = :person, #hour = if_not_exists(#hour, :hour), sent = if_not_exists(sent, :none)',
  values: {
    ':digest': 'DIGEST',
    ':now': now.toISOString(),
    ':hour': now.toISOString().slice(0, 13),
    ...{ ':one': 1, ':none': 0, ':person': person },
  },
});

const claimed = (openSince: string | undefined, now: Date): Update => ({
  set: 'SET digestedAt = :now',
  when: 'openSince = :seen AND (attribute_not_exists(digestedAt) OR digestedAt <= :before)',
  values: {
    ':now': now.toISOString(),
    ':seen': openSince,
    ':before': new Date(now.getTime() - DIGEST_SECONDS * 1000).toISOString(),
  },
});

const settled = (openSince: string | undefined): Update => ({
  set: 'REMOVE openKind, openSince',
  when: 'openSince = :seen',
  values: { ':seen': openSince },
});

async function updateIf(
  dynamodb: Pick<DynamoDBClient, 'send'>,
  table: string,
  { person, set, when, values }: Update & { readonly person: string },
): Promise<boolean> {
  const named = `${set} ${when ?? ''}`.includes('#hour');
  try {
    await dynamodb.send(
      new UpdateItemCommand({
        TableName: table,
        Key: marshall(mailboxKey(person)),
        UpdateExpression: set,
        ...(when !== undefined && { ConditionExpression: when }),
        ...(named && { ExpressionAttributeNames: { '#hour': 'hour' } }),
        ExpressionAttributeValues: marshall(values),
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}
