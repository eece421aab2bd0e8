import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { readEnvironment } from '../aws/env.ts';
import { lambdaHandler } from '../http/lambda.ts';
import { type AuditPage, createAuditApi } from './audit-api.ts';

const env = readEnvironment('audit-events', process.env);
const dynamodb = new DynamoDBClient({});

const readPage = async (after: AuditPage['next']): Promise<AuditPage> => {
  const page = await dynamodb.send(
    new ScanCommand({
      TableName: env.AUDIT_TABLE,
      ConsistentRead: true,
      Limit: 500,
      ...(after && {
        ExclusiveStartKey: { subject: { S: after.subject }, version: { N: `${after.version}` } },
      }),
    }),
  );
  const last = page.LastEvaluatedKey && unmarshall(page.LastEvaluatedKey);
  const next = last && { subject: String(last['subject']), version: Number(last['version']) };
  return { events: (page.Items ?? []).map((item) => unmarshall(item)), next };
};

export const handler = lambdaHandler(createAuditApi({ readPage }));
