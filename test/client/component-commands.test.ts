import type { AddressInfo } from 'node:net';
import { serve, type ServerType } from '@hono/node-server';
import { afterAll, beforeAll, expect, describe, it, vi } from 'vitest';
import { runCli } from '../../client/cli/run-cli.ts';
import type { Component, ComponentsView } from '../../core/policy/component-view.ts';

const every = { unit: 'operations', definition: `3fa2${'0'.repeat(60)}`, more: {} };
const components: Component[] = [
  {
    ...every,
    kind: 'tool',
    id: 'erp.get_budget',
    title: 'Get a budget \u001b[31m',
    owner: 'rita',
    version: '2.1',
    ...{ system: 'erp', effect: 'read', groups: ['read'], stage: 'pilot', shared: true, reviewed: false },
    units: ['operations', 'sales'],
    agents: [
      { id: 'agt_buyer', unit: 'operations', sponsor: 'vera', permitted: true, lastUsed: '2026-11-23' },
      { id: 'agt_old', unit: 'sales', sponsor: 'vera', permitted: false, lastUsed: '2026-01-02' },
      { id: 'agt_new', unit: 'sales', sponsor: 'vera', permitted: true },
    ],
    policies: [{ id: 'operations-buyers-work', unit: 'operations' }],
    more: { agents: 12 },
  },
  {
    ...every,
    kind: 'step',
    id: 'operations/ordering',
    title: 'Place the order',
    workflows: [{ id: 'procurement', unit: 'operations', step: 'Place the order' }],
    agents: [],
  },
  {
    ...every,
    kind: 'system',
    id: 'erp',
    title: 'The ERP',
    unit: 'coe',
    ...{
      connectors: ['http'],
      units: ['operations'],
      tools: [{ id: 'erp.get_budget', unit: 'operations', shared: true }],
    },
  },
  {
    ...every,
    kind: 'policy',
    id: 'operations-orders-over-10k',
    title: 'Large orders',
    ...{ effect: 'guard', requires: [{ group: 'finance', count: 2 }], tools: [] },
  },
];

let server: ServerType;
let endpoint: string;
const asked: string[] = [];
let view: ComponentsView = { release: 'a72f9a9cf912ffff', components };

beforeAll(async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIATEST');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
  const fetch = (request: Request) => {
    asked.push(request.url.replace(endpoint, ''));
    return Response.json(view);
  };
  server = await new Promise<ServerType>((ready) => {
    const started = serve({ fetch, port: 0, hostname: '127.0.0.1' }, () => ready(started));
  });
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await new Promise((done) => server.close(done));
});

async function cli(...args: string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const print = (line: string) => out.push(line);
  const complain = (line: string) => err.push(line);
  const code = await runCli(args, { env: { AUTONOMY_ENDPOINT: endpoint }, print, complain });
  return { code, out, err: err.join('\n') };
}

describe('autonomy components', () => {
  it('tells of each whose it is, what it is and who uses it', async () => {
    const { code, out } = await cli('components');
    expect(code).toBe(0);
    expect(out).toEqual([
      'Tools (1)',
      '  erp.get_budget  Get a budget \ufffd[31m',
      '      whose     operations, rita answers for it; version 2.1, definition 3fa200000000',
      '      is        effect read, groups read, system erp, pilot, shared with every unit, NOT reviewed',
      '      serves    operations, sales',
      '      used by   agt_buyer (operations, last 2026-11-23), agt_old (sales, last 2026-01-02, no longer permitted), agt_new (sales, never yet) and 12 more',
      '      rules     operations-buyers-work',
      '',
      'Workflow steps (1)',
      '  operations/ordering  Place the order',
      '      whose     operations; definition 3fa200000000',
      '      asked by  procurement (Place the order)',
      '      done by   no agent: its tasks wait until they expire',
      '',
      'Systems (1)',
      '  erp  The ERP',
      '      whose     coe; definition 3fa200000000',
      '      by        http',
      '      serves    operations',
      '      tools     erp.get_budget',
      '',
      'Rules (1)',
      '  operations-orders-over-10k  Large orders',
      '      whose     operations; definition 3fa200000000',
      '      is        a guard: 2 of finance lift it',
      '      tools     none',
      '',
      'Tools, systems and rules as in release a72f9a9cf912.',
    ]);
  });

  it('asks for a kind, a unit or one by its id, and gives the answer as it is with --json', async () => {
    asked.length = 0;
    const { out } = await cli('components', '--kind', 'tool', '--unit', 'operations', '--json');
    expect(JSON.parse(out.join(''))).toEqual(view);
    await cli('components', 'operations/ordering');
    expect(asked).toEqual([
      '/v1/components?kind=tool&unit=operations',
      '/v1/components?id=operations%2Fordering',
    ]);
    expect(await cli('components', '--kind', 'agents')).toMatchObject({
      code: 1,
      err: expect.stringContaining('Allowed choices are tool, step, system, policy') as string,
    });
  });

  it('says so when there is nothing', async () => {
    view = { release: null, components: [] };
    expect((await cli('components')).out).toEqual([
      'Nothing to reuse that you may see: apply a governance directory.',
    ]);
  });
});
