import { getCedarVersion } from '@cedar-policy/cedar-wasm/nodejs';
import { splitPolicies } from '../../client/split-policies.ts';
import { buildBundle } from '../../core/governance/build-bundle.ts';
import { type Finding, type GovernanceBody, ofKind, readManifests } from '../../core/governance/manifest.ts';
import { checkRelease } from '../../core/policy/check-release.ts';
import type { GroupSizes } from '../../core/policy/release-finding.ts';
import { type CompiledRelease, compileRelease } from '../../core/policy/compile-release.ts';
import type { DecisionRequest } from '../../core/policy/decision.ts';
import { type ReleaseBundle, releaseHash } from '../../core/policy/release.ts';
import { pinned } from './reviews.ts';

/** Manifests and Cedar text by layer: `coe`, or the unit they speak for. */
export type Governance = {
  readonly policies?: Readonly<Record<string, string>>;
  readonly manifests?: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>;
};

export const order = {
  kind: 'Tool',
  name: 'erp.create_purchase_order',
  title: 'Place a purchase order',
  system: 'erp',
  effect: 'keyed',
  groups: ['write', 'payment'],
  connector: { type: 'http', method: 'POST', path: '/purchase-orders' },
  amount: { value: 'total', currency: 'currency' },
  input: {
    type: 'object',
    required: ['vendor', 'quantity', 'total', 'currency'],
    properties: {
      vendor: { type: 'string' },
      quantity: { type: 'integer', minimum: 1 },
      total: { type: 'string', format: 'decimal' },
      currency: { type: 'string' },
    },
  },
} as const;

export const budget = {
  kind: 'Tool',
  name: 'erp.get_budget',
  title: 'Get a budget',
  system: 'erp',
  effect: 'read',
  groups: ['read'],
  connector: { type: 'http', method: 'GET', path: '/budgets/{unit}' },
  input: { type: 'object', required: ['unit'], properties: { unit: { type: 'string' } } },
} as const;

export const truck = {
  ...budget,
  name: 'fleet.find_truck',
  title: 'Find a truck',
  system: 'fleet',
  connector: { type: 'http', method: 'GET', path: '/trucks' },
  input: { type: 'object', properties: { town: { type: 'string' }, tons: { type: 'integer' } } },
} as const;

const review = ({ name: tool, effect, groups }: typeof order | typeof budget | typeof truck) => ({
  kind: 'ToolReview',
  tool,
  effect,
  groups,
});

/** Two units: operations with an ERP's tools (one of them shared), logistics with a fleet's. */
export const someManifests: NonNullable<Governance['manifests']> = {
  coe: [
    { kind: 'System', id: 'erp', title: 'ERP', baseUrl: 'https://erp.example.com' },
    { kind: 'System', id: 'fleet', title: 'Fleet', baseUrl: 'https://fleet.example.com' },
    { kind: 'Role', id: 'buyer', title: 'Buys', assignableBy: ['operations'] },
    { kind: 'Role', id: 'reader', title: 'Reads', assignableBy: 'any' },
    review(order),
    review(budget),
    review(truck),
  ],
  operations: [
    {
      kind: 'BusinessUnit',
      id: 'operations',
      name: 'Operations',
      currency: 'USD',
      rates: [{ currency: 'EUR', rate: '1.1600', asOf: '2026-11-20' }],
      lists: { blockedVendors: ['Shady Supplies'], partners: ['Northwind'] },
    },
    order,
    { ...budget, shared: true },
  ],
  logistics: [{ kind: 'BusinessUnit', id: 'logistics', name: 'Logistics', currency: 'EUR' }, truck],
};

/** Governance as the API gets it; each document and policy stands on a line of its own, reviews as of the tools. */
export function someBody({ policies = {}, manifests = someManifests }: Governance = {}): GovernanceBody {
  return {
    manifests: pinned(
      Object.entries(manifests).flatMap(([layer, documents]) =>
        documents.map((document, n) => ({ file: `${layer}.yaml`, line: n + 1, layer, document })),
      ),
    ),
    policies: Object.entries(policies).flatMap(([layer, text]) =>
      splitPolicies(text).map((policy) => ({ file: `${layer}.cedar`, layer, ...policy })),
    ),
  };
}

/** The release of some governance; throws when a manifest does not even read. */
export function someBundle(governance: Governance = {}): ReleaseBundle {
  const body = someBody(governance);
  const { placed, findings } = readManifests(body);
  if (findings.length > 0) throw new Error(JSON.stringify(findings));
  return buildBundle(placed, body, getCedarVersion());
}

export function someRelease(governance: Governance = {}): CompiledRelease {
  const bundle = someBundle(governance);
  return compileRelease(bundle, releaseHash(bundle));
}

/** What publishing some governance's policies and tools would find wrong. */
export function findingsOf(governance: Governance, groups: GroupSizes = {}): Finding[] {
  const body = someBody(governance);
  const tools = ofKind(readManifests(body).placed, 'Tool');
  return checkRelease(someBundle(governance), groups, (tool) => {
    const found = tools.find(({ manifest }) => manifest.name === tool);
    return { file: found?.file ?? '', line: found?.line ?? 1 };
  });
}

/** A buyer of operations asks for an order of 500.00 USD. */
export const someRequest = (fields: Partial<DecisionRequest> = {}): DecisionRequest => ({
  agent: { id: 'agt_buyer', unit: 'operations', roles: ['buyer'], stage: 'production', sponsor: 'vera' },
  tool: order.name,
  input: someOrder(),
  purpose: 'Requested by a colleague',
  approvals: [],
  ...fields,
});

export const someOrder = (fields: Readonly<Record<string, unknown>> = {}) => ({
  vendor: 'Northwind',
  quantity: 2,
  total: '500.00',
  currency: 'USD',
  ...fields,
});
