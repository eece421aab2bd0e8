import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Component, ComponentsView } from '../../../core/policy/component-view.ts';
import type { GovernanceBody } from '../../../core/governance/manifest.ts';
import { applyGovernance } from '../../../functions/governance/apply-governance.ts';
import { createGovernanceApi } from '../../../functions/governance/governance-api.ts';
import { startWorld, type World } from '../../harness/door.ts';
import { answered, signedBy } from '../../harness/http.ts';
import { change, organisation, withPolicy } from '../../harness/organisation.ts';
import { pinned } from '../../harness/reviews.ts';

const session = (name: string) => `arn:aws:sts::111122223333:assumed-role/${name}/anna`;
const account = 'arn:aws:iam::111122223333';
const administrator = (id: string, name: string, scope: string) => ({
  kind: 'Administrator',
  id,
  principal: `${account}:${name}`,
  scope,
});
const adding = (body: GovernanceBody, layer: string, ...documents: object[]): GovernanceBody => ({
  ...body,
  manifests: pinned([
    ...body.manifests,
    ...documents.map((document) => ({ file: `${layer}.yaml`, line: 1, layer, document })),
  ]),
});
const reads = (tool: string) =>
  `permit (principal in AutonomyOS::Role::"buyer", action == AutonomyOS::Action::"${tool}", resource);`;
const find = {
  kind: 'Tool',
  name: 'crm.find',
  title: 'Find a customer',
  system: 'erp',
  effect: 'read',
  groups: ['read'],
  connector: { type: 'lambda', functionArn: 'arn:aws:lambda:eu-central-1:111122223333:function:crm' },
  input: { type: 'object', properties: {} },
};
const review = { kind: 'ToolReview', tool: find.name, effect: 'read', groups: ['read'] };
const steps = [{ name: 'Place the order', capability: 'ordering' }];

/** A company with a tool that one unit made and two may use, and each unit's own. */
function company(): GovernanceBody {
  let body = change(organisation(), 'Tool erp.get_budget', { shared: true, owner: 'rita', version: '2.1' });
  body = change(body, 'Workflow procurement', { steps });
  body = adding(body, 'sales', find);
  body = adding(
    body,
    'coe',
    review,
    administrator('ci', 'user/ops', 'coe'),
    administrator('cloud-team', 'role/CloudTeam', 'coe'),
    administrator('ops-leads', 'role/OpsLeads', 'operations'),
    administrator('sales-leads', 'role/SalesLeads', 'sales'),
  );
  body = withPolicy(body, `@id("sales-sees-budgets") ${reads('erp.get_budget')}`, 'sales');
  body = withPolicy(body, `@id("sales-finds") ${reads('crm.find')}`, 'sales');
  const careful = 'forbid (principal, action, resource) when { principal.stage == "draft" };';
  body = withPolicy(body, `@id("sales-careful") ${careful}`, 'sales');
  return withPolicy(
    body,
    '@id("coe-no-letters") forbid (principal, action == AutonomyOS::Action::"erp.send_letter", resource);',
    'coe',
  );
}

let world: World;
beforeAll(async () => {
  world = await startWorld();
  await world.apply(company());
  await world.act({ tool: 'erp.get_budget', input: { unit: 'operations' } });
  await world.act({ tool: 'erp.get_budget', input: { unit: 'sales' }, as: 'agt_seller' });
}, 30_000);
afterAll(() => world.stop());

async function ask(name: string, query = '') {
  const { registry, now } = world.deps;
  const api = createGovernanceApi({ registry, releases: world.releases, now });
  const caller = name === '' ? {} : signedBy(session(name));
  return answered(await api.request(`/v1/components${query}`, {}, caller));
}
async function seen(name: string, query = '') {
  const { body, text } = await ask(name, query);
  const { components } = body as unknown as ComponentsView;
  const one = <K extends Component['kind']>(kind: K, id: string) =>
    components.find((each) => each.kind === kind && each.id === id);
  return {
    text,
    one,
    ids: (kind: string) => components.filter((each) => each.kind === kind).map(({ id }) => id),
  };
}

describe('the catalogue, to the centre', () => {
  it('tells of a tool whose it is, what it is, who uses it and when last, and its rules', async () => {
    const { one } = await seen('CloudTeam');
    const [bundle] = [...world.bundles.values()].slice(-1);
    expect(one('tool', 'erp.get_budget')).toEqual({
      kind: 'tool',
      id: 'erp.get_budget',
      title: 'erp.get_budget',
      ...{ unit: 'operations', owner: 'rita', version: '2.1' },
      definition: bundle?.tools.find(({ name }) => name === 'erp.get_budget')?.hash,
      ...{ system: 'erp', effect: 'read', groups: ['read'], shared: true, reviewed: true },
      units: ['operations', 'sales'],
      agents: [
        { id: 'agt_buyer', unit: 'operations', sponsor: 'vera', permitted: true, lastUsed: '2026-11-23' },
        { id: 'agt_seller', unit: 'sales', sponsor: 'vera', permitted: true, lastUsed: '2026-11-23' },
        { id: 'agt_second', unit: 'operations', sponsor: 'vera', permitted: true },
      ],
      policies: [
        { id: 'operations-buyers-work', unit: 'operations' },
        { id: 'sales-careful', unit: 'sales' },
        { id: 'sales-sees-budgets', unit: 'sales' },
      ],
      more: {},
    });
  });

  it('tells of a step which workflows ask for it and which agents have it', async () => {
    const { one, ids } = await seen('CloudTeam', '?kind=step');
    expect(ids('step')).toEqual(['operations/filing', 'operations/ordering', 'sales/ordering']);
    expect(one('step', 'operations/ordering')).toMatchObject({
      title: 'Place the order',
      unit: 'operations',
      owner: 'vera',
      workflows: [{ id: 'procurement', unit: 'operations', step: 'Place the order' }],
      agents: [
        { id: 'agt_buyer', unit: 'operations' },
        { id: 'agt_second', unit: 'operations' },
      ],
    });
    expect(one('step', 'sales/ordering')).toMatchObject({ workflows: [], agents: [{ id: 'agt_seller' }] });
  });

  it('tells of a system what reaches it, and no address of it', async () => {
    const { one, text } = await seen('CloudTeam');
    expect(one('system', 'erp')).toMatchObject({
      unit: 'coe',
      connectors: ['http', 'lambda'],
      units: ['operations', 'sales'],
    });
    expect(text).not.toContain('erp.example.com');
  });

  it('tells of a rule what it is and which tools it takes in', async () => {
    const { one, ids } = await seen('CloudTeam', '?kind=policy');
    expect(ids('policy')).toHaveLength(8);
    expect(one('policy', 'operations-orders-over-10k')).toMatchObject({
      effect: 'guard',
      requires: [{ group: 'finance', count: 2 }],
      tools: [{ id: 'erp.create_order', unit: 'operations', shared: false }],
    });
    expect(one('policy', 'coe-no-letters')).toMatchObject({ effect: 'forbid', unit: 'coe' });
    expect(one('policy', 'sales-finds')).toMatchObject({ effect: 'permit', tools: [{ id: 'crm.find' }] });
    expect(one('policy', 'sales-careful')).toMatchObject({
      tools: [{ id: 'crm.find' }, { id: 'erp.get_budget', unit: 'operations', shared: true }],
    });
  });
});

describe('the catalogue, to a unit’s administrator', () => {
  it('tells what is theirs, what is shared and the centre’s, and nothing of another unit’s own', async () => {
    const { ids, text } = await seen('SalesLeads');
    expect(ids('tool')).toEqual(['crm.find', 'erp.get_budget']);
    expect(ids('step')).toEqual(['sales/ordering']);
    expect(ids('system')).toEqual(['erp']);
    expect(ids('policy').sort()).toEqual([
      'coe-no-letters',
      'sales-careful',
      'sales-finds',
      'sales-sees-budgets',
    ]);
    expect(text).not.toMatch(/agt_buyer|agt_second|agt_clerk|create_order|send_letter|operations-/);
  });

  it('tells of a shared tool which units it serves, and its own agents alone', async () => {
    const { one } = await seen('SalesLeads');
    expect(one('tool', 'erp.get_budget')).toMatchObject({
      units: ['operations', 'sales'],
      agents: [{ id: 'agt_seller', lastUsed: '2026-11-23' }],
      policies: [{ id: 'sales-careful' }, { id: 'sales-sees-budgets' }],
    });
  });

  it('tells the owner who uses what is theirs, whichever unit that is', async () => {
    const { one } = await seen('OpsLeads', '?id=erp.get_budget');
    const tool = one('tool', 'erp.get_budget');
    expect(tool?.kind === 'tool' && tool.agents.map(({ id }) => id)).toEqual([
      'agt_buyer',
      'agt_seller',
      'agt_second',
    ]);
  });

  it('knows of another unit’s own tool no more than of one there is not', async () => {
    for (const id of ['erp.create_order', 'erp.nothing']) {
      expect(await ask('SalesLeads', `?id=${id}`)).toMatchObject({
        status: 404,
        body: {
          title: 'unknown-component',
          detail: `there is no ${id} you may see: see autonomy components`,
        },
      });
    }
  });
});

describe('the catalogue, to others', () => {
  it('names to who acts for nobody no agent and no unit’s own', async () => {
    const { ids, text } = await seen('Visitor');
    expect(ids('tool')).toEqual(['erp.get_budget']);
    expect(text).not.toMatch(/agt_|operations-|sales-/);
  });

  it('is closed to the unsigned, and refuses what it does not know', async () => {
    expect(await ask('')).toMatchObject({ status: 401 });
    for (const query of ['?kind=agent', '?owner=vera', '?id='])
      expect(await ask('CloudTeam', query)).toMatchObject({ status: 400 });
  });
});

describe('the catalogue', () => {
  it('leaves out what retired and what was withdrawn', async () => {
    const { registry, now } = world.deps;
    const { manifests, ...rest } = company();
    const gone = ['agt_second', 'procurement'];
    const fewer = manifests.filter(
      ({ document }) => !gone.includes(String((document as { id?: string }).id)),
    );
    const actor = { kind: 'administrator', id: `${account}:user/ops` } as const;
    const deps = { registry, releases: world.releases, now };
    await applyGovernance(deps, { ...rest, manifests: fewer }, { actor, plan: false, prune: true });
    const { text } = await seen('CloudTeam');
    expect(text).not.toMatch(/agt_second|Place the order/);
    expect(text).toContain('agt_buyer');
  });
});
