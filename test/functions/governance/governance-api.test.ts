import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { agentKey, gateKey } from '../../../core/agent/agent.ts';
import type { GovernanceBody } from '../../../core/governance/manifest.ts';
import { activeReleaseKey } from '../../../core/policy/release.ts';
import { createGovernanceApi } from '../../../functions/governance/governance-api.ts';
import { buyer, startWorld, type World } from '../../harness/door.ts';
import { type Answered, answered, signedBy } from '../../harness/http.ts';
import { change, guard, organisation, withPolicy } from '../../harness/organisation.ts';

const ops = 'arn:aws:iam::111122223333:user/ops';
let world: World;
beforeEach(async () => {
  world = await startWorld();
});
afterEach(() => world.stop());

const api = () =>
  createGovernanceApi({ registry: world.deps.registry, releases: world.releases, now: world.deps.now });
async function put(body: GovernanceBody, query = '', caller: object = signedBy(ops)): Promise<Answered> {
  const headers = { 'content-type': 'application/json' };
  const request = { method: 'PUT', headers, body: JSON.stringify(body) };
  return answered(await api().request(`/v1/governance${query}`, request, caller));
}
const live = async (caller: object = signedBy(ops)) =>
  answered(await api().request('/v1/governance', {}, caller));
const contents = async () => {
  const scan = (TableName: string) => world.database.client.send(new ScanCommand({ TableName }));
  return [(await scan('registry')).Items, (await scan('audit')).Items, [...world.bundles.keys()]];
};
type Changes = { noun: string; id: string; action: string; fields: string[] }[];
const changed = ({ body }: Answered) =>
  (body['changes'] as Changes)
    .filter(({ action }) => action !== 'none')
    .map(({ noun, id, action, fields }) => [noun, id, action, fields]);
const renamed = change(organisation(), 'Agent agt_buyer', { purpose: 'Buys chairs', dailyActions: 5 });
const forbid = `@id("operations-closed") @title("Closed") forbid (principal, action, resource);`;

describe('applying governance', () => {
  it('finds nothing to do the second time', async () => {
    const before = await contents();
    const again = await put(organisation());
    expect(again.status).toBe(200);
    expect(changed(again)).toEqual([]);
    expect(again.body['release']).toMatchObject({ action: 'none' });
    expect(await contents()).toEqual(before);
  });

  it('changes what differs, with one event by whoever signed it', async () => {
    const applied = await put(renamed);
    expect(changed(applied)).toEqual([['agent', buyer, 'change', ['purpose', 'dailyActions']]]);
    const events = (await world.database.events()).filter(({ subject }) => subject === `AGENT#${buyer}`);
    expect(events.map(({ version, type, actor }) => [version, type, actor.id])).toEqual([
      [1, 'agent.registered', 'arn:aws:iam::111122223333:user/ops'],
      [2, 'agent.changed', ops],
    ]);
  });

  it('sets the agent’s gate with its row and keeps the day’s count', async () => {
    await world.act({});
    await put(renamed);
    const [agent, gate] = await world.deps.registry.load([agentKey(buyer), gateKey(buyer)]);
    expect(agent).toMatchObject({ purpose: 'Buys chairs', version: 2 });
    expect(gate).toMatchObject({ dailyActions: 5, actionsToday: 1, stage: 'pilot' });
  });

  it('puts a new release in force, which the very next action is judged by', async () => {
    expect(await world.act({})).toMatchObject({ status: 200 });
    const { body } = await put(withPolicy(organisation(), forbid));
    const [active] = await world.deps.registry.load([activeReleaseKey]);
    expect(body['release']).toMatchObject({ hash: active?.['release'], action: 'activate' });
    expect(await world.act({})).toMatchObject({ status: 403, body: { policies: ['operations-closed'] } });
    const types = (await world.database.events()).map(({ type }) => type);
    expect(types.filter((type) => type === 'release.activated')).toHaveLength(2);
  });

  it('comes to the same end when two apply at once', async () => {
    const both = await Promise.all([put(renamed), put(renamed)]);
    expect(both.map(({ status }) => status)).toEqual([200, 200]);
    const events = (await world.database.events()).filter(({ subject }) => subject === `AGENT#${buyer}`);
    expect(events).toHaveLength(2);
    expect(changed(await put(renamed))).toEqual([]);
  });

  it('tells of what no manifest asks for any more, and leaves it alone', async () => {
    const without = (...gone: string[]) => ({
      ...organisation(),
      manifests: organisation().manifests.filter(
        ({ document }) => !gone.includes(String((document as { id?: string }).id)),
      ),
    });
    const applied = await put(without('agt_clerk', 'sales', 'agt_seller'));
    expect(applied.body['unmanaged']).toEqual([
      { noun: 'unit', id: 'sales' },
      { noun: 'agent', id: 'agt_clerk' },
      { noun: 'agent', id: 'agt_seller' },
    ]);
    expect((await world.deps.registry.load([agentKey('agt_clerk')]))[0]).toBeDefined();
  });
});

describe('planning', () => {
  it('tells what would change and writes nothing', async () => {
    const before = await contents();
    const planned = await put(withPolicy(renamed, forbid), '?plan=true');
    expect(changed(planned)).toEqual([['agent', buyer, 'change', ['purpose', 'dailyActions']]]);
    expect(planned.body['release']).toMatchObject({ action: 'activate' });
    expect(await contents()).toEqual(before);
  });
});

describe('governance that is not right', () => {
  const person = { file: 'coe/people.yaml', line: 7, layer: 'coe' };
  const withManifest = (each: GovernanceBody['manifests'][number]): GovernanceBody => ({
    ...organisation(),
    manifests: [...organisation().manifests, each],
  });

  it.each<[string, GovernanceBody, object]>([
    [
      'a manifest does not fit',
      withManifest({ ...person, document: { kind: 'Person', id: 'eve', name: 'Eve', email: 'nobody' } }),
      { file: 'coe/people.yaml', line: 7, reason: expect.stringContaining('email') as string },
    ],
    [
      'a policy names a field that does not exist',
      withPolicy(
        organisation(),
        forbid.replace(
          'forbid (principal, action, resource)',
          'forbid (principal, action == AutonomyOS::Action::"erp.create_order", resource) when { context.input.totl == decimal("1.0") }',
        ),
      ),
      { file: 'operations.cedar', line: 9, reason: expect.stringContaining('totl') as string },
    ],
    [
      'a policy does not parse',
      withPolicy(organisation(), '@id("operations-broken") forbid (principal'),
      { file: 'operations.cedar', line: 9, reason: expect.any(String) as string },
    ],
    [
      'a guard asks for more people than there are',
      withPolicy(organisation(), guard('operations-many', 'finance:3', '5.00')),
      { file: 'operations.cedar', line: 9, reason: expect.stringContaining('finance') as string },
    ],
    [
      'a sponsor is nobody',
      change(organisation(), 'Agent agt_second', { sponsor: 'nobody' }),
      { file: 'operations.yaml', line: 1, reason: 'sponsor: nobody is no active person' },
    ],
    [
      'a retired agent is to act again',
      change(organisation(), 'Agent agt_second', { stage: 'draft' }),
      {
        file: 'operations.yaml',
        line: 1,
        reason: expect.stringContaining("pilot can't become draft") as string,
      },
    ],
  ])('is a 422 that names file and line, and changes nothing: %s', async (_, body, finding) => {
    const before = await contents();
    const refused = await put(body);
    expect(refused.status).toBe(422);
    expect(refused.headers.get('content-type')).toBe('application/problem+json');
    expect(refused.body['findings']).toContainEqual(finding);
    expect(await contents()).toEqual(before);
  });

  it('is refused as a whole even when one row alone is wrong', async () => {
    const wrong = change(renamed, 'Agent agt_second', { sponsor: 'nobody' });
    expect((await put(wrong)).status).toBe(422);
    expect((await world.deps.registry.load([agentKey(buyer)]))[0]).toMatchObject({ version: 1 });
  });

  it('is for signed callers alone', async () => {
    const before = await contents();
    expect(await put(renamed, '', {})).toMatchObject({ status: 401 });
    expect(await live({})).toMatchObject({ status: 401 });
    expect(await contents()).toEqual(before);
  });
});

describe('what is live', () => {
  it('shows the release, units, tools, agents and workflows, and no key and no address of a system', async () => {
    const { body, text } = await live();
    const [active] = await world.deps.registry.load([activeReleaseKey]);
    expect(body).toMatchObject({
      release: active?.['release'],
      units: [{ id: 'operations' }, { id: 'sales' }],
      workflows: [{ id: 'procurement', unit: 'operations' }],
    });
    expect((body['agents'] as { id: string }[]).map(({ id }) => id)).toEqual([
      'agt_buyer',
      'agt_clerk',
      'agt_second',
      'agt_seller',
    ]);
    expect(text).not.toMatch(/erp\.example\.com|"keys"/);
  });
});
