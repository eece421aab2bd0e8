import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import * as z from 'zod';
import { confirmTools } from '../../client/confirm-tools.ts';
import type { readGovernance } from '../../client/governance-files.ts';
import { startErp, storeErpToken } from './cast.ts';
import type { PilotOptions } from './pilot-options.ts';
import type { ErpRecord } from './reconcile-audit.ts';

type GovernanceBody = ReturnType<typeof readGovernance>;

/** How the pilot reaches its ERP: what the manifests say of it, and its own record to compare the audit log with. */
export type ErpAccess = {
  /** Value of `${ERP_URL}` in the manifests. */
  readonly url: string;
  /** The governance with the ERP's tools where this ERP is. */
  readonly place: (body: GovernanceBody) => GovernanceBody;
  readonly record: () => Promise<ErpRecord>;
};

const order = z.object({ id: z.string(), key: z.string() });
const request = z.object({
  method: z.string(),
  path: z.string(),
  status: z.int(),
  key: z.string().nullable(),
});
const orderList = z.object({ orders: z.array(order) });
const journalList = z.object({ entries: z.array(request) });

/** The ERP as a program on this machine, its token where the door finds it. */
export async function localErp(options: PilotOptions): Promise<ErpAccess> {
  const { url, token } = await startErp(options.home);
  await storeErpToken(options, token);
  const headers = { authorization: `Bearer ${token}` };
  const read = async (path: string): Promise<unknown> => (await fetch(`${url}${path}`, { headers })).json();
  const record = async () => ({
    orders: orderList.parse(await read('/purchase-orders')).orders,
    journal: journalList.parse(await read('/journal')).entries,
  });
  return { url, place: (body) => body, record };
}

/** The ERP of the pilot stack: its tools are one Lambda function, which the door invokes. */
export function functionErp(functionArn: string, region: string): ErpAccess {
  const lambda = new LambdaClient({ region });
  const read = async (list: 'orders' | 'journal'): Promise<unknown> => {
    const call = { list };
    const Payload = Buffer.from(JSON.stringify(call));
    const reply = await lambda.send(new InvokeCommand({ FunctionName: functionArn, Payload }));
    const text = Buffer.from(reply.Payload ?? []).toString();
    if (reply.FunctionError) throw new Error(`the ERP's function failed: ${text.slice(0, 200)}`);
    return JSON.parse(text);
  };
  const record = async () => ({
    orders: orderList.parse(await read('orders')).orders,
    journal: journalList.parse(await read('journal')).entries,
  });
  const connector = { type: 'lambda', functionArn };
  const placed = (document: unknown): unknown => {
    const { kind } = document as { kind?: string };
    if (kind === 'Tool') return { ...(document as object), connector };
    if (kind !== 'System') return document;
    const { baseUrl, bearerSecret, ...system } = document as Record<string, unknown>;
    return system;
  };
  return {
    url: 'https://erp.invalid',
    place: ({ manifests, ...rest }) =>
      confirmTools({
        ...rest,
        manifests: manifests.map((each) => ({ ...each, document: placed(each.document) })),
      }),
    record,
  };
}
