import { spawn, type ChildProcess } from 'node:child_process';
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Agent, createAgent } from '../../client/agent.ts';
import { type Admin, createAdmin } from '../../client/admin.ts';
import { confirmTools } from '../../client/confirm-tools.ts';
import { readGovernance } from '../../client/governance-files.ts';
import type { AgentKey } from '../../client/token.ts';
import { type Work } from '../../client/work.ts';
import { steps } from '../../blueprints/procurement/agents/steps.ts';
import { keyVariables, makeKeys, startErp, storeErpToken } from '../../blueprints/procurement/cast.ts';
import { bootCloud, type Cloud } from '../../local/cloud.ts';
import { productAssembly, root } from '../harness/assembly.ts';
import { watchAnswers } from './conformance.ts';

export type AgentName = 'gather' | 'analyse' | 'act' | 'standby';

export type Product = {
  readonly cloud: Cloud;
  readonly home: string;
  readonly admin: Admin;
  readonly erp: { readonly url: string; readonly token: string };
  /** The private key of one of the pilot's agents. */
  keyOf(name: AgentName): AgentKey;
  /** The client of one of the pilot's agents. */
  agent(name: AgentName): Agent;
  /** Works as one of the pilot's agents in this process until the signal. */
  work(name: AgentName, options?: Partial<Work>): AbortController;
  /** Applies the pilot's governance with every text replaced by what `edit` makes of it. */
  apply(edit?: (file: string, text: string) => string): Promise<void>;
  /** Starts a run for a small order that needs nobody. */
  order(id: string, input?: Readonly<Record<string, unknown>>): Promise<string>;
  stop(): Promise<void>;
};

/** The whole product on the local cloud with the pilot's governance and ERP, and no agent at work yet. */
export async function startProduct(
  options: { readonly assembly?: string; readonly edit?: (file: string, text: string) => string } = {},
): Promise<Product> {
  const home = mkdtempSync(join(tmpdir(), 'autonomy-api-'));
  const assembly = options.assembly ?? (await productAssembly());
  const cloud = await bootCloud({ assembly, directory: home, port: 0, environment: process.env });
  const { administrator: credentials, url: endpoint } = cloud;
  const answers = watchAnswers(endpoint);
  process.env['AWS_ENDPOINT_URL'] = endpoint;
  process.env['AWS_ACCESS_KEY_ID'] = credentials.accessKeyId;
  process.env['AWS_SECRET_ACCESS_KEY'] = credentials.secretAccessKey;
  const erp = await startErp(home);
  await storeErpToken({ stage: 'dev', region: 'us-east-1' } as never, erp.token);
  const keys = await makeKeys(home);
  const admin = createAdmin({ endpoint, region: 'us-east-1', credentials });
  const keyOf = (name: AgentName) => JSON.parse(readFileSync(keys[name].file, 'utf8')) as AgentKey;
  const agent = (name: AgentName) =>
    createAgent({ endpoint, id: `agt_procurement_${name}`, key: keyOf(name) });
  const working: AbortController[] = [];
  const product: Product = {
    cloud,
    home,
    admin,
    erp,
    keyOf,
    agent,
    work: (name, more = {}) => {
      const controller = new AbortController();
      working.push(controller);
      const client = agent(name);
      const handle: Work['handle'] = (task) =>
        steps[task.capability]?.(client, task) ?? Promise.reject(new Error());
      void client.work({ handle, signal: controller.signal, concurrency: 2, ...more });
      return controller;
    },
    apply: async (edit = (_, text) => text) => {
      const variables = { ERP_URL: erp.url, STAGE: 'dev', ...keyVariables(keys) };
      await admin.apply(confirmTools(readGovernance(edited(home, edit), variables)));
    },
    order: async (id, input = {}) => {
      const run = await admin.startRun({
        workflow: 'procurement',
        requester: 'liam.osei@example.com',
        input: { ...smallOrder, id, ...input },
        idempotencyKey: `test.${id}`,
      });
      return run.id;
    },
    stop: async () => {
      for (const controller of working) controller.abort();
      erp.program?.stop();
      await cloud.stop();
      rmSync(home, { recursive: true, force: true });
      const deviations = await answers.stop();
      const { refusals } = cloud.iam.usage();
      if (refusals.length > 0)
        throw new Error(`IAM refused what the product did: ${JSON.stringify(refusals)}`);
      if (deviations.length > 0)
        throw new Error(`the API answered what openapi.json does not say:\n${deviations.join('\n')}`);
    },
  };
  await product.apply(options.edit);
  return product;
}

const smallOrder = {
  unit: 'operations',
  item: 'Copier paper, A4',
  category: 'office',
  quantity: 10,
  unitPrice: '6.20',
  total: '62.00',
  currency: 'USD',
  vendor: 'Contoso Paper',
  neededBy: '2026-12-02',
  justification: 'The floor is out of paper',
};

/** A copy of the pilot's governance with each file as `edit` makes it. */
function edited(home: string, edit: (file: string, text: string) => string): string {
  const source = join(root, 'blueprints/procurement/governance');
  const directory = mkdtempSync(join(home, 'governance-'));
  for (const file of globSync('**/*.{yaml,cedar}', { cwd: source })) {
    const target = join(directory, file);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, edit(file, readFileSync(join(source, file), 'utf8')));
  }
  return directory;
}

export type Mail = {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly link: string;
};

/** The mails in the inbox whose text holds `about`, each with its link. */
export async function mailsAbout({ cloud }: Pick<Product, 'cloud'>, about: string): Promise<readonly Mail[]> {
  const list = (await (await fetch(`${cloud.url}/_local/inbox.json`)).json()) as {
    messages: { id: number }[];
  };
  const mails = await Promise.all(
    list.messages.map(async ({ id }) => {
      const mail = (await (await fetch(`${cloud.url}/_local/inbox/${id}.json`)).json()) as Omit<Mail, 'link'>;
      return { ...mail, link: /http:\S+\/approvals\/[\w-]+/.exec(mail.text)?.[0] ?? '' };
    }),
  );
  return mails.filter(({ text }) => text.includes(about));
}

/** Opens a link and submits the page's own form, as a browser would. */
export async function decide(
  link: string,
  decision: 'approve' | 'deny' | 'stop',
  reason = '',
): Promise<Response> {
  const page = await (await fetch(link)).text();
  const form = decision === 'stop' ? 'stop' : 'decide';
  const nonce = new RegExp(`id="${form}"[^]*?name="nonce" value="([^"]+)"`).exec(page)?.[1] ?? '';
  return fetch(link, {
    method: 'POST',
    redirect: 'manual',
    headers: { origin: new URL(link).origin, 'sec-fetch-site': 'same-origin' },
    body: new URLSearchParams({ nonce, decision, reason }),
  });
}

/** Tries until `found` gives something; fails with `what` after `seconds`. */
export async function eventually<T>(
  what: string,
  found: () => Promise<T | undefined>,
  seconds = 20,
): Promise<T> {
  for (const until = Date.now() + seconds * 1000; Date.now() < until; await sleep(100)) {
    const result = await found();
    if (result !== undefined) return result;
  }
  throw new Error(`not in ${seconds} seconds: ${what}`);
}

/** A port nobody holds now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const address = server.address();
  await new Promise((closed) => server.close(closed));
  if (typeof address === 'object' && address) return address.port;
  throw new Error('no free port');
}

export type LocalProcess = {
  readonly process: ChildProcess;
  /** Everything it printed so far. */
  readonly output: () => string;
  /** Resolves with its exit code. */
  readonly ended: Promise<number | null>;
};

/** `node bin/local.ts …` as a user starts it. */
export function startLocal(args: readonly string[], env: Readonly<Record<string, string>>): LocalProcess {
  const child = spawn(process.execPath, [join(root, 'bin/local.ts'), ...args], {
    cwd: root,
    env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  process.once('exit', () => child.kill());
  const said: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => said.push(chunk.toString()));
  const ended = new Promise<number | null>((done) => child.once('close', done));
  return { process: child, output: () => said.join(''), ended };
}

/** A file of the header and some rows of the shipped requests, in `directory`. */
export function someRequests(directory: string, ids: readonly string[]): string {
  const shipped = readFileSync(join(root, 'blueprints/procurement/requests.csv'), 'utf8');
  const [header = '', ...rows] = shipped.split('\n');
  const chosen = rows.filter((row) => ids.some((id) => row.startsWith(`${id},`)));
  const file = join(directory, `${ids.length}-requests.csv`);
  writeFileSync(file, [header, ...chosen, ''].join('\n'));
  return file;
}
