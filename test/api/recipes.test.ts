import { execFileSync, spawn } from 'node:child_process';
import { basename, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openapi } from '../docs/openapi.ts';
import { root } from '../harness/assembly.ts';
import { decide, mailsAbout, type Product, startProduct } from './product.ts';

const TITLE = 'Budgets of other units are shown after a budget owner agreed';
/** What is added to the pilot's rules: something an agent must wait for. */
const added: Readonly<Record<string, string>> = {
  'procurement.cedar': `
@id("operations-show-budget")
@title("${TITLE}")
@approval("budget-owners:1")
forbid (principal, action == AutonomyOS::Action::"erp.get_budget", resource)
when { context.input.unit != "operations" }
unless { context.approvals.contains("operations-show-budget") };
`,
  'procurement.cedar.test.yaml': `
---
name: another unit's budget is asked for
agent: { unit: operations, roles: [procurement-reader] }
tool: erp.get_budget
input: { unit: facilities }
expect: { hold: budget-owners:1 }
`,
};

let product: Product;
const approving = new AbortController();
beforeAll(async () => {
  product = await startProduct({ edit: (file, text) => text + (added[basename(file)] ?? '') });
  void approveAll();
}, 120_000);
afterAll(async () => {
  approving.abort();
  await product.stop();
});

/** The budget owners, who agree to everything about budgets. */
async function approveAll(): Promise<void> {
  const opened = new Set<string>();
  while (!approving.signal.aborted) {
    for (const { link } of await mailsAbout(product, TITLE).catch(() => [])) {
      if (opened.has(link)) continue;
      opened.add(link);
      await decide(link, 'approve');
    }
    await sleep(100);
  }
}

/** A recipe as a program of its own; gives the JSON lines it printed. */
async function follow(program: string, command = process.execPath): Promise<readonly object[]> {
  const child = spawn(command, [join(root, 'blueprints/recipes', program)], {
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: process.env['HOME'] ?? '',
      AUTONOMY_ENDPOINT: product.cloud.url,
      AGENT_ID: 'agt_procurement_gather',
      AGENT_KEY_FILE: join(product.home, 'keys/gather.jwk.json'),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<number | null>((done) => child.once('close', done));
  const [said, complaints, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  if (code !== 0) throw new Error(`${program} ended with ${code}: ${complaints}`);
  const lines = said.trim().split('\n');
  return lines.map((line) => JSON.parse(line) as object);
}

const python = ['python3', 'python'].find((command) => {
  try {
    execFileSync(command, ['-c', 'import cryptography'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
});
if (!python) console.warn('the recipe in Python is not tried: there is no python3 with cryptography here');

const contoso: unknown = expect.objectContaining({ vendor: 'Contoso Paper' });
const quotes: unknown = {
  quotes: expect.arrayContaining([contoso]) as unknown,
};
const budget: unknown = expect.objectContaining({ remaining: expect.any(String) as unknown });
const has = (part: string): unknown => expect.stringContaining(part);

/** What each agent that speaks HTTP itself prints. */
const told = [
  { tool: 'erp.get_quotes', status: 'succeeded', output: quotes },
  { tool: 'erp.get_budget', status: 'succeeded', output: budget },
  { tool: 'erp.pay_everyone', status: 'denied', output: has('erp.pay_everyone') },
];

it('the API describes itself, to anyone', async () => {
  const response = await fetch(`${product.cloud.url}/openapi.json`);
  expect(response.headers.get('content-type')).toMatch(/^application\/json/);
  expect(await response.json()).toEqual(openapi);
});

describe.concurrent('the recipes', { timeout: 60_000 }, () => {
  it('an agent that speaks HTTP itself', async () => {
    expect(await follow('plain-fetch.ts')).toEqual(told);
  });

  it.skipIf(!python)('an agent in Python', async () => {
    expect(await follow('plain_agent.py', python)).toEqual(told);
  });

  it('an agent whose model calls functions', async () => {
    expect(await follow('function-calling.ts')).toEqual([
      { type: 'tool_result', tool_use_id: 'toolu_1', content: has('Contoso Paper') },
      { type: 'tool_result', tool_use_id: 'toolu_2', content: has('remaining') },
      { type: 'tool_result', tool_use_id: 'toolu_3', content: has('denied (unknown-tool)'), is_error: true },
    ]);
  });

  it('an MCP client', async () => {
    expect(await follow('mcp-client.ts')).toEqual([
      { tools: expect.arrayContaining(['erp__get_quotes', 'get_action']) as unknown },
      { tool: 'erp__get_quotes', isError: false, status: 'succeeded', output: quotes },
      { tool: 'erp__get_budget', isError: false, status: 'succeeded', output: budget },
      { tool: 'erp__pay_everyone', isError: true, status: 'denied', output: expect.anything() as unknown },
    ]);
  });
});
