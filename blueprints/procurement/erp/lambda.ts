import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { openDynamoStore } from './dynamodb-store.ts';
import { createErp } from './erp.ts';

/**
 * The reference ERP as a tool function: `{tool, input, idempotencyKey}` becomes the same request the laptop's ERP gets;
 * `{list}` reads its record, for whoever may invoke it besides the door.
 */
const env = z.object({ ERP_TABLE: z.string().min(1) }).parse(process.env);
const token = crypto.randomUUID();
const erp = createErp(openDynamoStore(new DynamoDBClient({}), env.ERP_TABLE), {
  token,
  now: () => new Date(),
});

const call = z.object({
  tool: z.string(),
  input: z.record(z.string(), z.unknown()),
  idempotencyKey: z.string(),
});

const look = z.object({ list: z.enum(['orders', 'journal']) });

export const handler = async (event: unknown): Promise<unknown> => {
  const asked = look.safeParse(event).data;
  if (asked) {
    const path = asked.list === 'orders' ? '/purchase-orders' : '/journal';
    return (await erp.request(path, { headers: { authorization: `Bearer ${token}` } })).json();
  }
  const { tool, input, idempotencyKey } = call.parse(event);
  const headers = { authorization: `Bearer ${token}`, 'idempotency-key': idempotencyKey };
  const response = await send(tool, input, headers);
  const body: unknown = await response.json();
  if (response.ok) return body;
  const { detail } = z.object({ detail: z.string() }).parse(body);
  throw new Error(detail);
};

async function send(
  tool: string,
  input: Record<string, unknown>,
  headers: Record<string, string>,
): Promise<Response> {
  const query = new URLSearchParams(
    Object.entries(input).map(([field, value]): [string, string] => [field, String(value)]),
  );
  switch (tool) {
    case 'erp.get_quotes':
      return erp.request(`/quotes?${query.toString()}`, { headers });
    case 'erp.get_budget':
      return erp.request(`/budgets/${encodeURIComponent(String(input['unit']))}`, { headers });
    case 'erp.create_purchase_order': {
      const json = { ...headers, 'content-type': 'application/json' };
      return erp.request('/purchase-orders', { method: 'POST', headers: json, body: JSON.stringify(input) });
    }
    default:
      throw new Error(`this ERP has no tool ${tool}`);
  }
}
