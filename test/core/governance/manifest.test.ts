import { describe, expect, it } from 'vitest';
import { checkManifests } from '../../../core/governance/check-manifests.ts';
import {
  type GovernanceBody,
  governanceBody,
  nameOf,
  readManifests,
} from '../../../core/governance/manifest.ts';
import { personManifest } from '../../../core/governance/person.ts';
import { definitionOf } from '../../harness/reviews.ts';
import { budget, order, someBody, someManifests, truck } from '../../harness/release.ts';

type Document = Readonly<Record<string, unknown>>;

const person = { kind: 'Person', id: 'vera', name: 'Vera', email: 'Vera@Example.com' };
const group = { kind: 'Group', id: 'finance', title: 'Finance', members: ['vera'] };
const agent = {
  kind: 'Agent',
  id: 'agt_buyer',
  name: 'Buyer',
  sponsor: 'vera',
  purpose: 'Buys',
  roles: ['buyer'],
  stage: 'pilot',
  release: { version: '1.0.0', model: 'small', promptHash: 'a'.repeat(64) },
  keys: [{ kty: 'OKP', crv: 'Ed25519', x: 'AAAA', kid: 'k1' }],
};
const workflow = {
  kind: 'Workflow',
  id: 'procurement',
  title: 'Purchase requests',
  machine: 'procurement',
  baseline: {
    label: 'baseline',
    minutesPerRequest: '42',
    hourlyRate: { amount: '58.00', currency: 'USD' },
    minutesPerTouch: '4',
    owner: 'vera',
    source: 'timed',
    asOf: '2026-11-01',
  },
};

/** The usual governance and people, with further documents in a layer. */
function body(more: Readonly<Record<string, readonly Document[]>> = {}): GovernanceBody {
  const layers = ['coe', 'operations', 'logistics', ...Object.keys(more)];
  const usual: Readonly<Record<string, readonly Document[]>> = {
    ...someManifests,
    coe: [...(someManifests['coe'] ?? []), person, group],
  };
  const manifests = Object.fromEntries(
    [...new Set(layers)].map((layer) => [layer, [...(usual[layer] ?? []), ...(more[layer] ?? [])]]),
  );
  return someBody({ manifests });
}

const reading = (more: Readonly<Record<string, readonly Document[]>>) => readManifests(body(more)).findings;
function checking(more: Readonly<Record<string, readonly Document[]>> = {}) {
  const whole = body(more);
  const { placed, findings } = readManifests(whole);
  expect(findings).toEqual([]);
  return checkManifests(placed, whole);
}

describe('reading manifests', () => {
  it('takes every document of a kind there is, where it stands', () => {
    const { placed, findings } = readManifests(body({ operations: [agent, workflow] }));
    expect(findings).toEqual([]);
    expect(new Set(placed.map(({ manifest }) => manifest.kind)).size).toBe(9);
    const found = placed.find(({ manifest }) => manifest.kind === 'Agent');
    expect(found).toMatchObject({ file: 'operations.yaml', line: 4, layer: 'operations' });
    expect(placed.map(({ manifest }) => nameOf(manifest))).toContain(order.name);
  });

  it('writes addresses in small letters, so that one person is one person', () => {
    expect(personManifest.parse(person).email).toBe('vera@example.com');
  });

  it.each<[string, Document, string]>([
    ['a kind there is not', { kind: 'Robot', id: 'r' }, 'kind: '],
    ['no kind', { id: 'r' }, 'kind: '],
    ['a misspelt field', { ...agent, sponser: 'vera' }, 'sponser'],
    ['a missing field', { ...agent, sponsor: undefined }, 'sponsor: '],
    ['a stage there is not', { ...agent, stage: 'live' }, 'stage: '],
    [
      'a private key',
      { ...agent, keys: [{ ...agent.keys[0], d: 'secret' }] },
      'keys.0.d: there is no such field',
    ],
    ['six keys', { ...agent, keys: Array.from({ length: 6 }, () => agent.keys[0]) }, 'keys: '],
    ['a name that is none', { ...agent, id: 'Buyer' }, 'id: '],
    ['a tool with no group', { ...order, name: 'erp.other', groups: [] }, 'groups: '],
    [
      'a method of its own',
      { ...order, name: 'erp.other', connector: { ...order.connector, method: 'PURGE' } },
      'connector.method: ',
    ],
    [
      'an amount as a number',
      { ...workflow, baseline: { ...workflow.baseline, minutesPerTouch: 4 } },
      'minutesPerTouch: ',
    ],
  ])('names file, line and field of %s', (_, document, reason) => {
    const [finding, ...more] = reading({ operations: [document] });
    expect(finding).toMatchObject({ file: 'operations.yaml', line: 4 });
    expect(finding?.reason).toContain(reason);
    expect(more).toEqual([]);
  });

  it('never shows a value it refuses: it might be a secret', () => {
    const leaked = { ...agent, keys: [{ ...agent.keys[0], d: 'my-private-part' }] };
    expect(JSON.stringify(reading({ operations: [leaked] }))).not.toContain('my-private-part');
  });

  it.each<[string, Document]>([
    ['a person', { ...person, id: 'eve' }],
    ['a group', { ...group, id: 'own' }],
    ['a role', { kind: 'Role', id: 'root', title: 'All', assignableBy: 'any' }],
    ['a system', { kind: 'System', id: 'evil', title: 'Evil' }],
    [
      'a review of its own tool',
      { kind: 'ToolReview', tool: 'erp.other', effect: 'read', groups: ['read'], definition: 'a'.repeat(64) },
    ],
  ])('lets no unit make %s', (_, document) => {
    expect(reading({ operations: [document] })[0]?.reason).toContain('belongs to the centre');
  });

  it.each([agent, workflow, { kind: 'BusinessUnit', id: 'coe', name: 'Centre', currency: 'USD' }])(
    'leaves $kind to the units',
    (document) => {
      expect(reading({ coe: [document] })[0]?.reason).toContain('belongs to a unit');
    },
  );

  it.each<[string, string, string]>([
    [
      'with the hash to write',
      'erp.own',
      `look at erp.own (operations.yaml:4), and if it is what you confirm write`,
    ],
    ['of a tool there is not', 'erp.none', 'there is no tool erp.none that would have one'],
  ])('asks a review without a definition for it, %s', (_, reviewed, told) => {
    const own = { ...order, name: 'erp.own' };
    const review = { kind: 'ToolReview', tool: reviewed, effect: 'keyed', groups: ['write', 'payment'] };
    const { manifests, ...rest } = body({ operations: [own] });
    const place = { file: 'coe.yaml', line: 99, layer: 'coe' };
    const [finding, ...more] = readManifests({
      manifests: [{ ...place, document: review }, ...manifests],
      ...rest,
    }).findings;
    expect([finding?.file, finding?.line, more]).toEqual(['coe.yaml', 99, []]);
    expect(finding?.reason).toContain(`definition: is missing`);
    expect(finding?.reason).toContain(told);
    if (reviewed === own.name) expect(finding?.reason).toContain(definitionOf(own, 'operations'));
  });

  it('lets a unit speak for no other', () => {
    const unit = { kind: 'BusinessUnit', id: 'sales', name: 'Sales', currency: 'USD' };
    expect(reading({ operations: [unit] })[0]?.reason).toBe('unit sales stands in the folder of operations');
  });

  it('refuses what stands twice, and says where', () => {
    expect(reading({ logistics: [truck, { ...order }] }).map(({ reason }) => reason)).toEqual([
      'Tool fleet.find_truck stands in logistics.yaml:2 too',
      `Tool ${order.name} stands in operations.yaml:2 too`,
    ]);
  });

  it('takes no field it does not know from outside', () => {
    expect(governanceBody.safeParse({ ...someBody(), force: true }).success).toBe(false);
  });
});

describe('manifests to each other', () => {
  it('fit', () => {
    expect(checking({ operations: [agent, workflow] })).toEqual([]);
  });

  const left = { ...person, id: 'tom', email: 'tom@example.com', status: 'left' };
  const tool = (fields: Document) => ({ ...budget, name: 'erp.other', ...fields });
  const http = (fields: Document) => ({ connector: { ...budget.connector, ...fields } });
  it.each<[string, string, readonly Document[], string]>([
    ['a unit nobody made', 'sales', [{ ...truck, name: 'sales.find' }], 'there is no unit sales'],
    [
      'a sponsor nobody knows',
      'operations',
      [{ ...agent, sponsor: 'nobody' }],
      'sponsor: nobody is no active person',
    ],
    [
      'two keys of one name',
      'operations',
      [{ ...agent, keys: [agent.keys[0], agent.keys[0]] }],
      'two keys share a kid',
    ],
    ['a role there is not', 'operations', [{ ...agent, roles: ['root'] }], 'roles: there is no role root'],
    [
      'a role named like a method',
      'operations',
      [{ ...agent, roles: ['constructor'] }],
      'there is no role constructor',
    ],
    ['a role of another unit', 'logistics', [agent], 'roles: unit logistics may not assign buyer'],
    [
      'a member nobody knows',
      'coe',
      [{ ...group, id: 'board', members: ['vera', 'eve'] }],
      'there is no person eve',
    ],
    [
      'a baseline nobody answers for',
      'operations',
      [{ ...workflow, baseline: { ...workflow.baseline, owner: 'eve' } }],
      'baseline.owner: there is no person eve',
    ],
    [
      'a review of no tool',
      'coe',
      [
        {
          kind: 'ToolReview',
          tool: 'erp.none',
          effect: 'read',
          groups: ['read'],
          definition: 'a'.repeat(64),
        },
      ],
      'there is no tool erp.none',
    ],
    ['a system there is not', 'operations', [tool({ system: 'crm' })], 'there is no system crm'],
    ['a tool named like a group', 'operations', [tool({ name: 'payment' })], 'a group of tools is called so'],
    [
      'a GET that is keyed and not in write',
      'operations',
      [tool({ effect: 'keyed' })],
      'a tool with an effect is in group write',
    ],
    [
      'a POST that says it only reads',
      'operations',
      [tool({ groups: ['write'], ...http({ method: 'POST' }) })],
      'POST changes something',
    ],
    [
      'a DELETE outside write',
      'operations',
      [tool({ effect: 'keyed', ...http({ method: 'DELETE' }) })],
      'DELETE changes something',
    ],
    [
      'a path without its field',
      'operations',
      [tool(http({ path: '/budgets/{id}' }))],
      'path: id is no required field',
    ],
    [
      'a path with an optional field',
      'operations',
      [tool({ input: { type: 'object', properties: { unit: {} } } })],
      'path: unit is no required',
    ],
    ['a path that climbs', 'operations', [tool(http({ path: '/a/../{unit}' }))], 'path: holds no'],
    ['a path with a query', 'operations', [tool(http({ path: '/a?b={unit}' }))], 'path: holds no'],
    [
      'a path with another host',
      'operations',
      [tool(http({ path: '//evil.example.com/{unit}' }))],
      'path: holds no',
    ],
    ['a path with a stray brace', 'operations', [tool(http({ path: '/a}/{unit}' }))], 'path: holds no'],
    [
      'a query of no field',
      'operations',
      [tool(http({ path: '/a', query: ['b'] }))],
      'query: b is no field of input',
    ],
    [
      'plain http',
      'coe',
      [{ kind: 'System', id: 'crm', title: 'CRM', baseUrl: 'http://crm.example.com' }],
      'must be https',
    ],
    [
      'http to what only looks like loopback',
      'coe',
      [{ kind: 'System', id: 'crm', title: 'CRM', baseUrl: 'http://localhost.example.com' }],
      'must be https',
    ],
    [
      'credentials in an address',
      'coe',
      [{ kind: 'System', id: 'crm', title: 'CRM', baseUrl: 'https://a:b@crm.example.com' }],
      'may hold no credentials',
    ],
    [
      'two rates of one currency',
      'sales',
      [
        {
          kind: 'BusinessUnit',
          id: 'sales',
          name: 'Sales',
          currency: 'USD',
          rates: [
            { currency: 'EUR', rate: '1', asOf: '2026-11-01' },
            { currency: 'EUR', rate: '2', asOf: '2026-11-02' },
          ],
        },
      ],
      'EUR has more than one worth',
    ],
    [
      'a rate of its own currency',
      'sales',
      [
        {
          kind: 'BusinessUnit',
          id: 'sales',
          name: 'Sales',
          currency: 'USD',
          rates: [{ currency: 'USD', rate: '2', asOf: '2026-11-01' }],
        },
      ],
      'USD has more than one worth',
    ],
    [
      'a rate of nothing',
      'sales',
      [
        {
          kind: 'BusinessUnit',
          id: 'sales',
          name: 'Sales',
          currency: 'USD',
          rates: [{ currency: 'EUR', rate: '0.0000', asOf: '2026-11-01' }],
        },
      ],
      'must be worth more than nothing',
    ],
  ])('do not fit with %s', (_, layer, documents, reason) => {
    const found = checking({ [layer]: documents });
    expect(found.map((finding) => finding.reason).join('\n')).toContain(reason);
    expect(found.every(({ file }) => file === `${layer}.yaml`)).toBe(true);
  });

  it('does not take one address for two people', () => {
    const found = checking({ coe: [{ ...person, id: 'veras-other-self' }] });
    expect(found.map(({ reason }) => reason)).toEqual(['email: vera has this address too']);
  });

  it('leave it to the agent’s row whether a sponsor who left stops it', () => {
    expect(checking({ coe: [left], operations: [{ ...agent, sponsor: 'tom' }] })).toEqual([]);
  });

  it('refuses policies of a unit nobody made', () => {
    const whole = { ...body(), policies: [{ file: 'sales.cedar', line: 7, layer: 'sales', text: '' }] };
    expect(checkManifests(readManifests(whole).placed, whole)).toEqual([
      {
        file: 'sales.cedar',
        line: 7,
        reason: 'there is no unit sales: add a BusinessUnit of this id to units/sales/',
      },
    ]);
  });

  it.each(['https://crm.example.com/v1', 'http://127.0.0.1:8080', 'http://[::1]:1', 'http://localhost:3'])(
    'may have a system at %s',
    (baseUrl) => {
      expect(checking({ coe: [{ kind: 'System', id: 'crm', title: 'CRM', baseUrl }] })).toEqual([]);
    },
  );
});
