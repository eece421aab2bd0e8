import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { percentile, rounded } from './percentile.ts';
import { startProduct, type Product } from '../api/product.ts';
import { productAssembly } from '../harness/assembly.ts';
import { createTokenSource } from '../../client/token.ts';
import { createSend } from '../../client/send.ts';

const CLIENTS = [1, 8, 32];
const SECONDS = 4;
const query = { category: 'office', vendor: 'Contoso Paper', price: '6.20', currency: 'USD' };

type Side = { readonly p50: number; readonly p99: number; readonly perSecond: number };
type Row = { readonly clients: number; readonly bare: Side; readonly door: Side };

/**
 * A tool called directly and through the door of the local cloud, in turn, by more and more clients. The local cloud is
 * one process on this machine and runs every function in it, so its times are not AWS's; the columns compare.
 */
export async function benchDoor(say: (line: string) => void) {
  const product = await startProduct();
  try {
    const call = { bare: bareCall(product), door: await doorCall(product) };
    const began = performance.now();
    await call.door();
    const firstMs = rounded(performance.now() - began, 0);
    for (let n = 0; n < 20; n += 1) await Promise.all([call.bare(), call.door()]);
    const bundle = await bundleOf('actions');
    say('\nA read of a tool over HTTP, bare and through the door of the local cloud, ms');
    say('clients   bare p50    p99   req/s   door p50    p99   req/s   p50 ratio');
    const rows: Row[] = [];
    for (const clients of CLIENTS) {
      const row = { clients, bare: await storm(call.bare, clients), door: await storm(call.door, clients) };
      rows.push(row);
      say(lineOf(row));
    }
    say(
      `\nThe door's function: ${bundle.kilobytes} KB of code and ${bundle.engineKilobytes} KB of policy engine;`,
    );
    say(`its first answer from cold, load of release and engine included: ${firstMs} ms`);
    return { rows, bundle, firstMs };
  } finally {
    await product.stop();
  }
}

function bareCall({ erp }: Product): () => Promise<void> {
  const url = `${erp.url}/quotes?${new URLSearchParams(query).toString()}`;
  return async () => drain(await fetch(url, { headers: { authorization: `Bearer ${erp.token}` } }));
}

async function doorCall(product: Product): Promise<() => Promise<void>> {
  const endpoint = product.cloud.url;
  const key = JSON.parse(readFileSync(join(product.home, 'keys', 'gather.jwk.json'), 'utf8')) as never;
  const send = createSend({ patienceSeconds: 10 });
  const { token } = createTokenSource({
    endpoint,
    id: 'agt_procurement_gather',
    key,
    patienceSeconds: 10,
    send,
  });
  await token();
  const body = JSON.stringify({ tool: 'erp.get_quotes', input: query, purpose: 'Compare' });
  return async () => {
    const headers = {
      authorization: `Bearer ${await token()}`,
      'content-type': 'application/json',
      'idempotency-key': crypto.randomUUID(),
    };
    await drain(await fetch(`${endpoint}/v1/actions`, { method: 'POST', headers, body }));
  };
}

async function drain(response: Response): Promise<void> {
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${response.status}: ${text.slice(0, 200)}`);
}

async function storm(call: () => Promise<void>, clients: number): Promise<Side> {
  const times: number[] = [];
  const began = performance.now();
  const until = began + SECONDS * 1000;
  const client = async () => {
    while (performance.now() < until) {
      const start = performance.now();
      await call();
      times.push(performance.now() - start);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  const seconds = (performance.now() - began) / 1000;
  return {
    p50: rounded(percentile(times, 0.5), 1),
    p99: rounded(percentile(times, 0.99), 1),
    perSecond: rounded(times.length / seconds, 0),
  };
}

const lineOf = ({ clients, bare, door }: Row) =>
  [
    String(clients).padStart(7),
    ...[bare, door].map(
      ({ p50, p99, perSecond }) =>
        `${p50.toFixed(1).padStart(11)}${p99.toFixed(1).padStart(7)}${String(perSecond).padStart(8)}`,
    ),
    `${(door.p50 / bare.p50).toFixed(1)}x`.padStart(10),
  ].join('');

/** The size of a function's code as it is deployed. */
async function bundleOf(name: string) {
  const assembly = await productAssembly();
  const template = readFileSync(join(assembly, 'AutonomyControl-dev.template.json'), 'utf8');
  const { Resources } = JSON.parse(template) as { Resources: Record<string, FunctionResource> };
  const found = Object.values(Resources).find(
    ({ Type, Properties }) =>
      Type === 'AWS::Lambda::Function' &&
      Properties.Environment?.Variables?.['POWERTOOLS_SERVICE_NAME'] === name,
  );
  const asset = `asset.${(found?.Properties.Code?.S3Key ?? '').replace('.zip', '')}`;
  const kilobytes = (file: string) => rounded(statSync(join(assembly, asset, file)).size / 1024, 0);
  return { kilobytes: kilobytes('index.mjs'), engineKilobytes: kilobytes('cedar_wasm_bg.wasm') };
}

type FunctionResource = {
  readonly Type: string;
  readonly Properties: {
    readonly Code?: { readonly S3Key: string };
    readonly Environment?: { readonly Variables?: Record<string, unknown> };
  };
};
