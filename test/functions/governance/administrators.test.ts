import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { agentKey } from '../../../core/agent/agent.ts';
import type { GovernanceBody } from '../../../core/governance/manifest.ts';
import { activeReleaseKey } from '../../../core/policy/release.ts';
import { createGovernanceApi } from '../../../functions/governance/governance-api.ts';
import { shadowRoutes } from '../../../functions/governance/shadow-routes.ts';
import { order, startWorld, type World } from '../../harness/door.ts';
import { answered, signedBy } from '../../harness/http.ts';
import { change, organisation, withoutPolicy, withPolicy } from '../../harness/organisation.ts';

const role = (name: string) => `arn:aws:iam::111122223333:role/${name}`;
const session = (name: string) => `arn:aws:sts::111122223333:assumed-role/${name}/anna`;
const centre = session('CloudTeam');
const operations = session('OpsLeads');
const stranger = session('Visitor');

const inFile = (layer: string, document: object) => ({ file: `${layer}.yaml`, line: 1, layer, document });
const adding = (body: GovernanceBody, layer: string, document: object): GovernanceBody => ({
  ...body,
  manifests: [...body.manifests, inFile(layer, document)],
});
const administrator = (id: string, name: string, scope: string) => ({
  kind: 'Administrator',
  id,
  principal: role(name),
  scope,
});
const definitionIn = ({ manifests }: GovernanceBody, tool: string) =>
  manifests
    .map(({ document }) => document as { tool?: string; definition?: string })
    .find((of) => of.tool === tool)?.definition ?? '';
const company = adding(
  adding(
    withPolicy(organisation(), '@id("sales-limits") forbid (principal, action, resource);', 'sales'),
    'coe',
    administrator('cloud-team', 'CloudTeam', 'coe'),
  ),
  'coe',
  administrator('ops-leads', 'OpsLeads', 'operations'),
);
const without = (body: GovernanceBody, id: string): GovernanceBody => ({
  ...body,
  manifests: body.manifests.filter(({ document }) => (document as { id?: string }).id !== id),
});

let world: World;
beforeEach(async () => {
  world = await startWorld();
  expect(await put(company, centre)).toMatchObject({ status: 200 });
});
afterEach(() => world.stop());

const deps = () => ({ registry: world.deps.registry, releases: world.releases, now: world.deps.now });
const api = () => createGovernanceApi(deps());
async function put(body: GovernanceBody, caller: string, query = '') {
  const headers = { 'content-type': 'application/json' };
  const request = { method: 'PUT', headers, body: JSON.stringify(body) };
  return answered(await api().request(`/v1/governance${query}`, request, signedBy(caller)));
}
const inForce = async () => String((await world.deps.registry.load([activeReleaseKey]))[0]?.['release']);
const rollback = async (hash: string, caller: string) =>
  answered(await api().request(`/v1/releases/${hash}/activate`, { method: 'POST' }, signedBy(caller)));

describe('an administrator of a unit', () => {
  it.each<[string, GovernanceBody]>([
    ['an agent', change(company, 'Agent agt_buyer', { purpose: 'Buys chairs' })],
    ['a policy', withPolicy(company, '@id("operations-closed") forbid (principal, action, resource);')],
    ['a policy less', withoutPolicy(company, 'operations-blocked-vendors')],
    ['the unit itself', change(company, 'BusinessUnit operations', { name: 'Ops' })],
    ['a workflow', change(company, 'Workflow procurement', { title: 'Buying' })],
  ])('changes what is the unit’s: %s', async (_, body) => {
    expect(await put(body, operations)).toMatchObject({ status: 200 });
    const { body: planned } = await put(body, operations, '?plan=true');
    expect(planned['release']).toMatchObject({ action: 'none' });
  });

  it('changes a tool of the unit’s freely, and the tool it made counts as unreviewed', async () => {
    const guarded = withPolicy(
      company,
      '@id("coe-reviewed") forbid (principal, action, resource) when { !resource.reviewed };',
      'coe',
    );
    expect(await put(guarded, centre)).toMatchObject({ status: 200 });
    const definition = definitionIn(company, 'erp.get_budget');
    const connector = { type: 'http', method: 'GET', path: '/payments/{unit}' };
    const reviewed = change(guarded, 'Tool erp.get_budget', { connector });
    const moved = change(reviewed, 'ToolReview erp.get_budget', { definition });
    expect(await put(moved, operations)).toMatchObject({
      status: 200,
      body: {
        warnings: [
          `tool erp.get_budget counts as unreviewed: its review is of definition ${definition}, and it is now ${definitionIn(reviewed, 'erp.get_budget')}`,
        ],
      },
    });
    expect(await world.act({ tool: 'erp.get_budget', input: { unit: 'operations' } })).toMatchObject({
      status: 403,
    });
  });

  it.each<[string, GovernanceBody, string]>([
    [
      'another unit’s agent',
      change(company, 'Agent agt_seller', { purpose: 'x' }),
      'agent agt_seller (of sales)',
    ],
    ['another unit’s policy', withoutPolicy(company, 'sales-limits'), 'policy sales-limits (of sales)'],
    ['another unit', change(company, 'BusinessUnit sales', { name: 'x' }), 'unit sales (of sales)'],
    ['a person', change(company, 'Person ben', { name: 'Benjamin' }), 'person ben (of coe)'],
    [
      'a group',
      change(company, 'Group finance', { members: ['cleo', 'dora', 'ada'] }),
      'group finance (of coe)',
    ],
    ['a role', change(company, 'Role buyer', { title: 'x' }), 'role buyer (of coe)'],
    [
      'a system',
      change(company, 'System erp', { baseUrl: 'https://evil.example.com' }),
      'system erp (of coe)',
    ],
    [
      'a central policy',
      withPolicy(company, '@id("coe-x") forbid (principal, action, resource);', 'coe'),
      'policy coe-x (of coe)',
    ],
    [
      'who administers',
      change(company, 'Administrator ops-leads', { principal: role('OpsLeads*') }),
      'administrators all (of coe)',
    ],
    [
      'a review together with the tool it is of',
      change(change(company, 'Tool erp.get_budget', { groups: ['write'] }), 'ToolReview erp.get_budget', {
        groups: ['write'],
      }),
      'review erp.get_budget (of coe)',
    ],
    [
      'the promotion of its own agent: that is the centre’s word',
      adding(change(company, 'Agent agt_buyer', { stage: 'production', recertifyBy: '2027-06-01' }), 'coe', {
        kind: 'Promotion',
        agent: 'agt_buyer',
        release: { version: '1.0.0', model: 'small', promptHash: 'a'.repeat(64) },
        evidence: 'It works, we think',
        approvedBy: ['vera'],
        at: '2026-11-01',
      }),
      'promotion of agent agt_buyer (of operations, coe)',
    ],
    [
      'an agent of another unit, by taking it over',
      {
        ...company,
        manifests: company.manifests.map((each) =>
          (each.document as { id?: string }).id === 'agt_seller' ? { ...each, layer: 'operations' } : each,
        ),
      },
      'agent agt_seller (of operations, sales)',
    ],
  ])('is refused, by name, what is not: %s', async (_, body, named) => {
    const [before, events] = [await inForce(), await world.database.events()];
    const refused = await put(body, operations);
    expect(refused).toMatchObject({ status: 403, body: { title: 'outside-unit' } });
    expect(refused.body['detail']).toContain(named);
    expect([await inForce(), await world.database.events()]).toEqual([before, events]);
    expect(await put(body, operations, '?plan=true')).toMatchObject({ status: 200 });
    expect(await put(body, centre)).toMatchObject({ status: 200 });
  });

  it('leaves the cases of the centre as they are, and out of none', async () => {
    const input = { ...order, vendor: 'Shady' };
    const agent = { unit: 'operations', roles: ['buyer'] };
    const expects = {
      name: 'no case of ours',
      agent,
      tool: 'erp.create_order',
      input,
      expect: { deny: 'forbidden' },
    };
    const guarded = { ...company, tests: [inFile('coe', expects)] };
    expect(await put(guarded, centre)).toMatchObject({ status: 200 });
    const open = withoutPolicy(company, 'operations-blocked-vendors');
    expect(await put({ ...open, tests: guarded.tests }, operations)).toMatchObject({ status: 422 });
    const eased = [inFile('coe', { ...expects, expect: 'allow' })];
    for (const tests of [[], eased]) {
      const refused = await put({ ...open, tests }, operations);
      expect(refused).toMatchObject({ status: 403, body: { title: 'outside-unit' } });
      expect(refused.body['detail']).toContain('case coe: no case of ours (of coe)');
    }
  });

  it('is refused the whole when one change alone is another’s', async () => {
    const both = change(change(company, 'Agent agt_buyer', { purpose: 'x' }), 'Agent agt_seller', {
      purpose: 'x',
    });
    expect(await put(both, operations)).toMatchObject({ status: 403 });
    expect((await world.deps.registry.load([agentKey('agt_buyer')]))[0]).not.toMatchObject({ purpose: 'x' });
  });

  it('prunes what is the unit’s alone', async () => {
    expect(await put(without(company, 'agt_seller'), operations, '?prune=true')).toMatchObject({
      status: 403,
    });
    expect(await put(without(company, 'agt_clerk'), operations, '?prune=true')).toMatchObject({
      status: 200,
    });
  });

  it('puts no release in the shadow: that is everyone’s', async () => {
    const app = api();
    shadowRoutes(app, { ...deps(), recorded: {} as never });
    const init = { method: 'PUT', headers: { 'content-type': 'application/json' }, body: '{"release":null}' };
    const shadow = async (caller: string) =>
      answered(await app.request('/v1/shadow', init, signedBy(caller)));
    expect(await shadow(operations)).toMatchObject({ status: 403, body: { title: 'outside-unit' } });
    expect(await shadow(centre)).toMatchObject({ status: 200 });
  });

  it('does not go back to an earlier release: that is everyone’s', async () => {
    const first = await inForce();
    await put(withoutPolicy(company, 'operations-blocked-vendors'), operations);
    expect(await rollback(first, operations)).toMatchObject({ status: 403, body: { title: 'outside-unit' } });
    expect(await inForce()).not.toBe(first);
    expect(await rollback(first, centre)).toMatchObject({ status: 200 });
  });
});

describe('once there are administrators', () => {
  it('anyone else changes nothing, not even nothing', async () => {
    const first = await inForce();
    for (const refused of [await put(company, stranger), await rollback(first, stranger)])
      expect(refused).toMatchObject({ status: 403, body: { title: 'not-an-administrator' } });
  });

  it('nobody makes themselves one', async () => {
    const body = adding(company, 'coe', administrator('visitor', 'Visitor', 'coe'));
    expect(await put(body, stranger)).toMatchObject({ status: 403 });
  });

  it('the centre does not lock itself out', async () => {
    const body = change(company, 'Administrator cloud-team', { principal: role('CloudTeams') });
    const refused = await put(body, centre);
    expect(refused).toMatchObject({ status: 422 });
    expect(refused.body['detail']).toContain('would no longer act for the centre');
  });

  it('a lost file leaves them as they are; pruning ends them', async () => {
    const none = without(without(company, 'cloud-team'), 'ops-leads');
    expect((await put(none, centre)).body['unmanaged']).toEqual([{ noun: 'administrators', id: 'all' }]);
    expect(await put(none, stranger)).toMatchObject({ status: 403 });
    expect(await put(none, centre, '?prune=true')).toMatchObject({ status: 200 });
    expect(await put(none, stranger)).toMatchObject({ status: 200 });
  });
});

describe('an administrator who is one person', () => {
  const tied = (person: string, name: string, scope: string) => ({
    ...administrator(`${person}-${scope}`, name, scope),
    person,
  });
  const members = adding(
    adding(company, 'coe', tied('ada', 'Ada', 'coe')),
    'coe',
    tied('vera', 'Vera', 'sponsor'),
  );
  const stored = async () => (await world.deps.registry.load([agentKey('agt_buyer')]))[0];
  const buyer = (fields: object) => change(members, 'Agent agt_buyer', fields);
  beforeEach(async () => {
    expect(await put(members, centre)).toMatchObject({ status: 200 });
  });

  it('is named with the release they put in force, back or forth', async () => {
    const first = await inForce();
    const active = async () => (await world.deps.registry.load([activeReleaseKey]))[0];
    expect(await active()).not.toHaveProperty('activatedBy');
    await put(withoutPolicy(members, 'operations-blocked-vendors'), session('Ada'));
    expect(await active()).toMatchObject({ activatedBy: 'ada' });
    await rollback(first, session('Ada'));
    expect(await active()).toMatchObject({ release: first, activatedBy: 'ada' });
  });

  it.each<[string, object]>([
    ['stop', { stage: 'suspended' }],
    ['retire', { stage: 'retired' }],
    ['recertify', { recertifyBy: '2026-12-24' }],
    ['renew the keys of', { keys: [{ kty: 'OKP', crv: 'Ed25519', x: 'BBBB', kid: 'k2' }] }],
  ])('may %s an agent as its sponsor', async (_, fields) => {
    expect(await put(buyer(fields), session('Vera'))).toMatchObject({ status: 200 });
    expect(await stored()).toMatchObject(fields);
  });

  it.each<[string, () => GovernanceBody]>([
    ['give it another role', () => buyer({ roles: [] })],
    ['give it a purpose', () => buyer({ purpose: 'Buys more' })],
    ['hand it to another', () => buyer({ sponsor: 'rita' })],
    ['bring a new one', () => adding(members, 'operations', { ...agentOf(members), id: 'agt_other' })],
    ['change rules', () => withoutPolicy(members, 'operations-blocked-vendors')],
    ['change a person', () => change(members, 'Person rita', { name: 'R' })],
  ])('may not %s', async (_, body) => {
    const answer = await put(body(), session('Vera'));
    expect(answer).toMatchObject({ status: 403, body: { title: 'outside-unit' } });
  });

  it('may not raise a stage, nor touch an agent of another sponsor', async () => {
    await put(buyer({ stage: 'suspended' }), centre);
    expect(await put(buyer({}), session('Vera'))).toMatchObject({ status: 403 });
    const theirs = (fields: object) => change(members, 'Agent agt_buyer', { sponsor: 'rita', ...fields });
    await put(theirs({ stage: 'suspended' }), centre);
    expect(await put(theirs({ stage: 'retired' }), session('Vera'))).toMatchObject({ status: 403 });
    expect(await put(buyer({ stage: 'suspended' }), session('Vera'))).toMatchObject({ status: 403 });
  });
});

const agentOf = ({ manifests }: GovernanceBody) =>
  manifests.find(({ document }) => (document as { id?: string }).id === 'agt_buyer')?.document as object;
