import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  paginateQuery,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { JournalEntry, Order, OrderStore } from './order.ts';

/** The ERP's store in AWS: its own table, orders under `ORDER`, the journal under `JOURNAL`. */
export function openDynamoStore(dynamodb: DynamoDBClient, table: string): OrderStore {
  const read = async <T>(pk: string): Promise<T[]> => {
    const query = {
      TableName: table,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: marshall({ ':pk': pk }),
      ConsistentRead: true,
    };
    const found: T[] = [];
    for await (const { Items = [] } of paginateQuery({ client: dynamodb }, query)) {
      found.push(...Items.map((item) => unmarshall(item)['body'] as T));
    }
    return found;
  };
  return {
    place: async (order) => {
      const key = { pk: 'ORDER', sk: order.key };
      await putOnce(dynamodb, table, { ...key, body: order });
      const found = await dynamodb.send(
        new GetItemCommand({ TableName: table, Key: marshall(key), ConsistentRead: true }),
      );
      return unmarshall(found.Item ?? {})['body'] as Order;
    },
    orders: () => read<Order>('ORDER'),
    note: async (entry) => {
      const sk = `${entry.at}#${crypto.randomUUID()}`;
      await dynamodb.send(
        new PutItemCommand({ TableName: table, Item: marshall({ pk: 'JOURNAL', sk, body: entry }) }),
      );
    },
    journal: () => read<JournalEntry>('JOURNAL'),
  };
}

async function putOnce(dynamodb: DynamoDBClient, table: string, item: object): Promise<void> {
  try {
    await dynamodb.send(
      new PutItemCommand({
        TableName: table,
        Item: marshall(item),
        ConditionExpression: 'attribute_not_exists(pk)',
      }),
    );
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
  }
}
