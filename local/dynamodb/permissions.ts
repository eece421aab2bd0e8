import * as z from 'zod';
import { ACCOUNT, AwsError, type Permission, REGION } from '../service.ts';

/** What an operation touches: IAM permissions, and the tables whose keys and streams are concerned. */
export type Touch = {
  readonly permissions: readonly Permission[];
  readonly tables: readonly string[];
  readonly writes: boolean;
};

const oneTable = z.object({ TableName: z.string() });
const maybeIndex = z.object({ TableName: z.string(), IndexName: z.string().optional() });
const manyTables = z.object({ RequestItems: z.record(z.string(), z.unknown()) });
const item = z.object({ TableName: z.string() }).optional();
const transactWrite = z.object({
  TransactItems: z.array(z.strictObject({ Put: item, Update: item, Delete: item, ConditionCheck: item })),
});
const transactGet = z.object({
  TransactItems: z.array(z.object({ Get: z.object({ TableName: z.string() }) })),
});

const TRANSACTION_ACTIONS = {
  Put: 'dynamodb:PutItem',
  Update: 'dynamodb:UpdateItem',
  Delete: 'dynamodb:DeleteItem',
  ConditionCheck: 'dynamodb:ConditionCheckItem',
} as const;

type Operation = (body: unknown, name: string) => Touch;

const OPERATIONS: Readonly<Record<string, Operation>> = {
  GetItem: onItem(false),
  PutItem: onItem(true),
  UpdateItem: onItem(true),
  DeleteItem: onItem(true),
  DescribeTable: onTable(false),
  DescribeTimeToLive: onTable(false),
  Query: onIndex,
  Scan: onIndex,
  BatchGetItem: onTables(false),
  BatchWriteItem: onTables(true),
  TransactWriteItems: (body) => {
    const items = read(transactWrite, body).TransactItems.flatMap((each) =>
      Object.entries(TRANSACTION_ACTIONS).flatMap(([kind, action]) => {
        const table = each[kind as keyof typeof TRANSACTION_ACTIONS]?.TableName;
        return table === undefined ? [] : [{ action, table }];
      }),
    );
    return enclosed(items, 'TransactWriteItems');
  },
  TransactGetItems: (body) => {
    const items = read(transactGet, body).TransactItems.map(({ Get }) => ({
      action: 'dynamodb:GetItem',
      table: Get.TableName,
    }));
    return enclosed(items, 'TransactGetItems');
  },
};

/** What IAM asks for an operation of DynamoDB; one the laptop does not run is refused by name. */
export function touchOf(operation: string, body: unknown): Touch {
  const find = OPERATIONS[operation];
  if (find) return find(body, operation);
  throw new AwsError('UnsupportedOperation', `DynamoDB ${operation} is not run on the laptop`);
}

function onTable(writes: boolean): Operation {
  return (body, name) => {
    const { TableName } = read(oneTable, body);
    const permissions = [{ action: `dynamodb:${name}`, resource: tableArn(TableName) }];
    return { permissions, tables: [TableName], writes };
  };
}

const text = z.object({ pk: z.object({ S: z.string() }) });
const keyed = z.object({ Key: text.optional(), Item: text.optional() });

/** One item, told by its partition key where that is a text called `pk`; another can't be granted by its key here. */
function onItem(writes: boolean): Operation {
  return (body, name) => {
    const { data } = keyed.safeParse(body);
    const leading = (data?.Key ?? data?.Item)?.pk.S ?? 'a key that is not called pk';
    const { permissions, ...touch } = onTable(writes)(body, name);
    const context = { 'dynamodb:LeadingKeys': [leading] };
    return { ...touch, permissions: permissions.map((each) => ({ ...each, context })) };
  };
}

function onIndex(body: unknown, name: string): Touch {
  const { TableName, IndexName } = read(maybeIndex, body);
  const table = tableArn(TableName);
  const resource = IndexName === undefined ? table : `${table}/index/${IndexName}`;
  return { permissions: [{ action: `dynamodb:${name}`, resource }], tables: [TableName], writes: false };
}

function onTables(writes: boolean): Operation {
  return (body, name) => {
    const tables = Object.keys(read(manyTables, body).RequestItems);
    const permissions = tables.map((table) => ({ action: `dynamodb:${name}`, resource: tableArn(table) }));
    return { permissions, tables, writes };
  };
}

function enclosed(items: readonly { action: string; table: string }[], operation: string): Touch {
  const context = { 'dynamodb:EnclosingOperation': operation };
  return {
    permissions: items.map(({ action, table }) => ({ action, resource: tableArn(table), context })),
    tables: [...new Set(items.map(({ table }) => table))],
    writes: operation === 'TransactWriteItems',
  };
}

function tableArn(name: string): string {
  if (!name.startsWith('arn:')) return `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/${name}`;
  throw new AwsError('UnsupportedOperation', `name the table, not its ARN, on the laptop: ${name}`);
}

function read<Schema extends z.ZodType>(schema: Schema, body: unknown): z.infer<Schema> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new AwsError(
    'ValidationException',
    `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not valid'}`,
  );
}
