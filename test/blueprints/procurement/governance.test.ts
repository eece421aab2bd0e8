import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { getCedarVersion } from '@cedar-policy/cedar-wasm/nodejs';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { readRequests } from '../../../blueprints/procurement/read-requests.ts';
import { readGovernance } from '../../../client/governance-files.ts';
import { buildBundle } from '../../../core/governance/build-bundle.ts';
import { checkManifests } from '../../../core/governance/check-manifests.ts';
import { ofKind, readManifests } from '../../../core/governance/manifest.ts';
import { checkRelease } from '../../../core/policy/check-release.ts';
import { compileRelease } from '../../../core/policy/compile-release.ts';
import { decide } from '../../../core/policy/decide.ts';
import type { DecisionRequest } from '../../../core/policy/decision.ts';
import { readPolicyTests } from '../../../core/policy/policy-test.ts';
import { releaseHash } from '../../../core/policy/release.ts';
import { runPolicyTests } from '../../../core/policy/run-policy-tests.ts';
import { usableTools } from '../../../core/policy/usable-tools.ts';
import { readWorkflow } from '../../../lib/components/read-workflow.ts';
import { blocksOf, read } from '../../docs/markdown.ts';

const blueprint = resolve(import.meta.dirname, '../../../blueprints/procurement');
const key = (name: string) => `{"kty":"OKP","crv":"Ed25519","x":"AAAA","kid":"${name}-1"}`;
const body = readGovernance(`${blueprint}/governance`, {
  ERP_URL: 'http://127.0.0.1:4100',
  STAGE: 'local',
  KEY_GATHER: key('gather'),
  KEY_ANALYSE: key('analyse'),
  KEY_ACT: key('act'),
  KEY_STANDBY: key('standby'),
});
const { placed, findings } = readManifests(body);
const bundle = buildBundle(placed, body, getCedarVersion());
const release = compileRelease(bundle, releaseHash(bundle));
const agents = ofKind(placed, 'Agent').map(({ layer, manifest }) => ({ ...manifest, unit: layer }));
const unit = bundle.units[0];

describe('the governance that ships with the pilot', () => {
  it('has nothing wrong in it', () => {
    const sizes = Object.fromEntries(
      ofKind(placed, 'Group').map(({ manifest }) => [manifest.id, manifest.members.length]),
    );
    expect(findings).toEqual([]);
    expect(checkManifests(placed, body)).toEqual([]);
    expect(checkRelease(bundle, sizes, (tool) => ({ file: tool, line: 1 }))).toEqual([]);
  });

  it('tells of its workflow the steps its machine has, and the machine goes through the door', () => {
    const text = readFileSync(resolve(blueprint, '../../statemachines/procurement.asl.json'), 'utf8');
    const [workflow] = ofKind(placed, 'Workflow');
    expect(workflow?.manifest.steps).toEqual(readWorkflow(text, 'procurement', 86_400).steps);
  });

  it('ships cases that pass, and every policy determines one', () => {
    const { tests, findings: misfits } = readPolicyTests(body);
    expect(misfits).toEqual([]);
    expect(runPolicyTests(bundle, tests)).toEqual([]);
    expect(new Set(tests.map(({ layer }) => layer))).toEqual(
      new Set(bundle.policies.map(({ layer }) => layer)),
    );
  });

  it.each([
    ['over 1,000', '1000.00', '1000.01'],
    ['up to 10,000', 'lessThanOrEqual(decimal("10000.00"))', 'lessThanOrEqual(decimal("10000.01"))'],
    ['over 10,000', 'greaterThan(decimal("10000.00"))', 'greaterThan(decimal("10000.01"))'],
    ['by whom', 'finance:2', 'finance:1'],
    ['by which policy', 'contains(context.input.vendor)', 'contains(context.input.item)'],
    ['for nobody', 'unless { context has onBehalfOf }', 'when { context has onBehalfOf }'],
  ])('ships cases that notice a cent, a person, a word: %s', (_, from, to) => {
    const { tests } = readPolicyTests(body);
    const policies = bundle.policies.map((policy) => ({ ...policy, text: policy.text.replace(from, to) }));
    expect(policies).not.toEqual(bundle.policies);
    expect(runPolicyTests({ ...bundle, policies }, tests)).not.toEqual([]);
  });

  it('comes out as the document about cases shows', () => {
    const samples = blocksOf(read('docs/policy-tests.md')).filter(({ language }) => language === 'yaml');
    const documents = samples.flatMap(({ text }) =>
      parseAllDocuments(text).map((each) => each.toJS() as unknown),
    );
    const at = { file: 'docs/policy-tests.md', line: 1, layer: 'operations' };
    const { tests, findings: misfits } = readPolicyTests({
      tests: [...(body.tests ?? []), ...documents.map((document) => ({ ...at, document }))],
    });
    expect(documents.length).toBeGreaterThan(1);
    expect([...misfits, ...runPolicyTests(bundle, tests)]).toEqual([]);
  });

  it('has reviewed every tool', () => {
    expect(bundle.tools.filter(({ reviewed }) => !reviewed)).toEqual([]);
  });

  it.each([
    ['agt_procurement_gather', ['erp.get_budget', 'erp.get_quotes']],
    ['agt_procurement_analyse', []],
    ['agt_procurement_act', ['erp.create_purchase_order']],
    ['agt_procurement_standby', ['erp.create_purchase_order', 'erp.get_budget', 'erp.get_quotes']],
  ])('gives %s just its tools', (id, tools) => {
    const agent = agents.find((each) => each.id === id);
    expect(agent && usableTools(release, agent).map(({ name }) => name)).toEqual(tools);
  });

  it('names the release of its agents as their program is', () => {
    const program = readFileSync(`${blueprint}/agents/steps.ts`);
    const promptHash = createHash('sha256').update(program).digest('hex');
    for (const { release } of agents)
      expect(release).toEqual({ version: '1.0.0', model: 'none', promptHash });
  });

  it('leaves no approver who is the agents’ sponsor', () => {
    const sponsors = agents.map(({ sponsor }) => sponsor);
    const members = ofKind(placed, 'Group').flatMap(({ manifest }) => manifest.members);
    expect(members.filter((member) => sponsors.some((sponsor) => sponsor === member))).toEqual([]);
  });
});

const csv = readFileSync(`${blueprint}/requests.csv`, 'utf8');
const currencies = [unit?.currency ?? '', ...(unit?.rates ?? []).map(({ currency }) => currency)];
const { requests } = readRequests(csv, { operations: currencies });

function ask(id: string, fields: Partial<DecisionRequest> = {}) {
  const request = requests.find((each) => each.id === id);
  const buyer = agents.find((agent) => agent.id === 'agt_procurement_act');
  if (!request || !buyer) throw new Error(`no ${id}`);
  const { line, requester, unit, id: number, ...input } = request;
  return decide(release, {
    agent: buyer,
    tool: 'erp.create_purchase_order',
    input: { ...input, request: number },
    purpose: 'Order for a request',
    onBehalfOf: requester,
    workflow: 'procurement',
    approvals: [],
    ...fields,
  });
}

describe('the pilot’s requests under its rules', () => {
  const ruled = (outcome: string, detail = '') =>
    requests
      .filter(({ id }) => {
        const decision = ask(id);
        const why = decision.outcome === 'hold' ? decision.guards.map((guard) => guard.id).join() : '';
        return decision.outcome === outcome && why.endsWith(detail);
      })
      .map(({ id }) => Number(id.slice(3)));

  it('are allowed, held or denied, each one', () => {
    expect(ruled('allow').length + ruled('hold').length + ruled('deny').length).toBe(51);
    expect(ruled('deny')).toEqual([39, 40, 41, 42]);
    expect(ruled('hold', 'over-10k')).toEqual([6, 10, 12, 33, 35, 38]);
  });

  it.each([
    ['PR-0026', 'exactly 1,000.00', 'allow'],
    ['PR-0027', '1,000.10', 'hold'],
    ['PR-0025', 'exactly 10,000.00', 'hold'],
    ['PR-0048', 'words that ask to be approved', 'hold'],
    ['PR-0051', 'approvals in its words', 'allow'],
  ])('%s, %s: %s', (id, _, outcome) => {
    expect(ask(id).outcome).toBe(outcome);
  });

  it('ask one budget owner up to 10,000 USD, two of finance above', () => {
    const quorum = (id: string) => {
      const decision = ask(id);
      return decision.outcome === 'hold' ? decision.guards.flatMap(({ requires }) => requires) : [];
    };
    expect(quorum('PR-0025')).toEqual([{ group: 'budget-owners', count: 1 }]);
    expect(quorum('PR-0032')).toEqual([{ group: 'budget-owners', count: 1 }]);
    expect(quorum('PR-0033')).toEqual([{ group: 'finance', count: 2 }]);
  });

  it('go through once their own guard is lifted, and by no other’s', () => {
    expect(ask('PR-0033', { approvals: ['operations-orders-over-10k'] }).outcome).toBe('allow');
    expect(ask('PR-0033', { approvals: ['operations-orders-over-1k'] }).outcome).toBe('hold');
  });

  it('stay denied at a blocked vendor, whoever approves', () => {
    const approvals = [
      'operations-orders-over-1k',
      'operations-orders-over-10k',
      'operations-blocked-vendors',
    ];
    expect(ask('PR-0040', { approvals })).toMatchObject({
      outcome: 'deny',
      policies: ['operations-blocked-vendors'],
    });
  });

  it.each<[string, Partial<DecisionRequest>]>([
    ['for nobody', { onBehalfOf: undefined }],
    ['outside the workflow', { workflow: undefined }],
    [
      'by an agent that only reads',
      {
        agent: {
          id: 'agt_procurement_gather',
          unit: 'operations',
          roles: ['procurement-reader'],
          stage: 'production',
          sponsor: 'vera-okafor',
        },
      },
    ],
    [
      'by an agent of another unit',
      {
        agent: {
          id: 'agt_x',
          unit: 'sales',
          roles: ['procurement-buyer'],
          stage: 'production',
          sponsor: 'x',
        },
      },
    ],
  ])('are denied %s', (_, fields) => {
    expect(ask('PR-0001', fields).outcome).toBe('deny');
  });
});
