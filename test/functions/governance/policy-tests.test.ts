import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { GovernanceBody } from '../../../core/governance/manifest.ts';
import { createGovernanceApi } from '../../../functions/governance/governance-api.ts';
import { order, startWorld, type World } from '../../harness/door.ts';
import { type Answered, answered, signedBy } from '../../harness/http.ts';
import { change, organisation, withPolicy } from '../../harness/organisation.ts';

let world: World;
beforeEach(async () => {
  world = await startWorld();
});
afterEach(() => world.stop());

async function put(body: GovernanceBody, query = ''): Promise<Answered> {
  const { registry, now } = world.deps;
  const api = createGovernanceApi({ registry, releases: world.releases, now });
  const headers = { 'content-type': 'application/json' };
  const request = { method: 'PUT', headers, body: JSON.stringify(body) };
  const caller = signedBy('arn:aws:iam::111122223333:user/ops');
  return answered(await api.request(`/v1/governance${query}`, request, caller));
}
const contents = async () => {
  const scan = (TableName: string) => world.database.client.send(new ScanCommand({ TableName }));
  return [(await scan('registry')).Items, (await scan('audit')).Items, [...world.bundles.keys()]];
};

const orderOf = (total: string, expected: unknown, vendor = order.vendor) => ({
  name: `an order of ${total}`,
  agent: { unit: 'operations', roles: ['buyer'] },
  tool: 'erp.create_order',
  input: { ...order, total, vendor },
  expect: expected,
});
const cases = [
  orderOf('1000.00', 'allow'),
  orderOf('10000.00', { hold: ['operations-orders-over-1k'] }),
  orderOf('10000.01', { hold: 'budget-owners:1,finance:2' }),
  orderOf('5.00', { deny: ['operations-blocked-vendors'] }, 'Shady'),
];

/** A body with cases in the unit's layer, on the lines 1, 11, 21, … */
const withCases = (body: GovernanceBody, documents: readonly object[] = cases): GovernanceBody => ({
  ...body,
  tests: documents.map((document, n) => ({
    file: 'operations.cedar.test.yaml',
    line: 10 * n + 1,
    layer: 'operations',
    document,
  })),
});
const looser: GovernanceBody = {
  ...organisation(),
  policies: organisation().policies.map((policy) => ({
    ...policy,
    text: policy.text.replace('decimal("10000.00")', 'decimal("20000.00")'),
  })),
};

describe('governance that ships cases', () => {
  it('is applied when they pass, and the release keeps them', async () => {
    await put(organisation());
    const applied = await put(withCases(organisation()));
    const differences = cases.map(({ name }) => ({
      noun: 'case',
      id: `operations: ${name}`,
      action: 'added',
    }));
    expect(applied).toMatchObject({ status: 200, body: { release: { action: 'activate' } } });
    expect((applied.body['release'] as Answered['body'])['differences']).toMatchObject(
      differences.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    );
    const moved = withCases(organisation()).tests?.map((each) => ({
      ...each,
      file: 'other.cedar.test.yaml',
    }));
    expect(await put({ ...organisation(), tests: moved?.toReversed() })).toMatchObject({
      status: 200,
      body: { release: { action: 'none', differences: [] } },
    });
  });

  const spare = orderOf('900.00', 'allow');
  const told = { noun: 'case', id: 'operations: an order of 900.00', layers: ['operations'] };
  it.each<[string, readonly object[], object]>([
    ['left out', [], { action: 'removed' }],
    [
      'changed',
      [{ ...spare, purpose: 'x' }],
      { action: 'changed', fields: [{ field: 'purpose', after: 'x' }] },
    ],
    ['joined by another of its name', [spare, { ...spare, purpose: 'x' }], { action: 'changed' }],
  ])('tells of a case that is %s', async (_, documents, difference) => {
    await put(withCases(organisation(), [...cases, spare]));
    const planned = await put(withCases(organisation(), [...cases, ...documents]), '?plan=true');
    expect(planned).toMatchObject({
      status: 200,
      body: { release: { action: 'activate', differences: [{ ...told, ...difference }] } },
    });
  });

  it.each(['', '?plan=true'])(
    'is refused when a policy change breaks one, and nothing is written: %s',
    async (query) => {
      const before = await contents();
      const changed = change(looser, 'Agent agt_buyer', { purpose: 'Buys chairs' });
      const refused = await put(withCases(changed), query);
      expect(refused).toMatchObject({
        status: 422,
        body: {
          title: 'governance-refused',
          findings: [
            {
              file: 'operations.cedar.test.yaml',
              line: 21,
              reason:
                'test "an order of 10000.01": expected hold by budget-owners:1,finance:2; came hold by operations-orders-over-1k (Orders over 1000.00 are asked for; asks budget-owners:1)',
            },
            {
              file: 'operations.cedar',
              line: 1,
              reason: expect.stringContaining('operations-orders-over-10k') as string,
            },
          ],
        },
      });
      expect(refused.body['detail']).toMatch(
        /^operations\.cedar\.test\.yaml:21: test "an order of 10000\.01"/,
      );
      expect(await contents()).toEqual(before);
      expect((await put(changed, query)).status).toBe(200);
    },
  );

  it.each(['', '?plan=true'])('is refused when a new policy determines no case: %s', async (query) => {
    const before = await contents();
    const text =
      '@id("operations-closed") @title("Closed") forbid (principal, action == AutonomyOS::Action::"erp.wipe", resource);';
    const refused = await put(withCases(withPolicy(organisation(), text)), query);
    expect(refused.status).toBe(422);
    expect(refused.body['findings']).toEqual([
      {
        file: 'operations.cedar',
        line: 9,
        reason:
          'no test case is determined by operations-closed: add one to a .cedar.test.yaml of operations',
      },
    ]);
    expect(await contents()).toEqual(before);
  });

  it('is told of a case that does not fit together with all else that is wrong', async () => {
    const wrong = change(organisation(), 'Agent agt_second', { sponsor: 'nobody' });
    const { status, body } = await put(withCases(wrong, [{ ...cases[0], expect: 'maybe' }]));
    expect(status).toBe(422);
    expect(body['findings']).toEqual([
      {
        file: 'operations.cedar.test.yaml',
        line: 1,
        reason: expect.stringMatching(/^expect: write allow/) as string,
      },
      { file: 'operations.yaml', line: 1, reason: 'sponsor: nobody is no active person' },
    ]);
  });

  it('may not ask how the rules of another unit decide', async () => {
    const foreign = { ...cases[0], agent: { unit: 'sales', roles: [] } };
    expect((await put(withCases(organisation(), [foreign]))).body['findings']).toEqual([
      {
        file: 'operations.cedar.test.yaml',
        line: 1,
        reason: 'agent.unit: tests of unit operations are about its own agents, not those of sales',
      },
    ]);
  });

  it('is refused unread beyond 2,000 cases', async () => {
    const many = Array.from({ length: 2001 }, () => cases[0] ?? {});
    expect(await put(withCases(organisation(), many))).toMatchObject({
      status: 400,
      body: { title: 'invalid-body', detail: expect.stringMatching(/^tests: /) as string },
    });
  });
});
