import { getCedarVersion } from '@cedar-policy/cedar-wasm/nodejs';
import { buildBundle } from '../../core/governance/build-bundle.ts';
import { type GovernanceBody, readManifests } from '../../core/governance/manifest.ts';

export type Document = Readonly<Record<string, unknown>>;

/** A unit's folder: its manifests and its policies, each on a line of its own. */
export type Folder = { readonly documents: readonly unknown[]; readonly policies: readonly string[] };

const text = { type: 'string' };
export const payment = {
  type: 'object',
  required: ['account', 'total', 'currency'],
  properties: { account: text, total: { type: 'string', format: 'decimal' }, currency: text },
};
const amount = { value: 'total', currency: 'currency' };

export const tool = (name: string, fields: object = {}): Document => ({
  kind: 'Tool',
  name,
  title: name,
  system: 'bank',
  effect: 'read',
  groups: ['read'],
  connector: { type: 'http', method: 'GET', path: `/${name}` },
  input: { type: 'object', properties: { account: text } },
  ...fields,
});
const changing = (name: string, method: string, groups: readonly string[], fields: object = {}) =>
  tool(name, { effect: 'keyed', groups, connector: { type: 'http', method, path: `/${name}` }, ...fields });
export const paying = (name: string, fields: object = {}) =>
  changing(name, 'POST', ['write', 'payment'], { input: payment, amount, ...fields });

export const agent = (id: string, fields: object = {}): Document => ({
  kind: 'Agent',
  id,
  name: id,
  sponsor: 'vera',
  purpose: 'Works for its unit',
  roles: ['reader'],
  stage: 'pilot',
  release: { version: '1.0.0', model: 'small', promptHash: 'a'.repeat(64) },
  keys: [{ kty: 'OKP', crv: 'Ed25519', x: 'AAAA', kid: 'k1' }],
  ...fields,
});
const unit = (id: string, fields: object = {}): Document => ({
  kind: 'BusinessUnit',
  id,
  name: id,
  currency: 'USD',
  ...fields,
});

const forbid = (id: string, scope: string, conditions: string) =>
  `@id("${id}") @title("${id}") forbid (${scope}) ${conditions};`;
const guard = (id: string, approval: string, scope: string, conditions: string) =>
  `@id("${id}") @title("${id}") @approval("${approval}") @expires("PT4H") forbid (${scope})
   ${conditions} unless { context.approvals.contains("${id}") };`;
const everything = 'principal, action, resource';
const payments = 'principal, action in AutonomyOS::Action::"payment", resource';

/** The rule that stops what the centre has not reviewed: here people of security may let it pass. */
export const UNREVIEWED = 'coe-reviewed-tools-only';
const guardrails = [
  guard(UNREVIEWED, 'security:2', everything, 'when { !resource.reviewed }'),
  guard(
    'coe-large-payments',
    'finance:2',
    payments,
    'when { context.amount.greaterThan(decimal("1000.00")) }',
  ),
  guard('coe-payers-pay', 'security:1', payments, 'when { !(principal in AutonomyOS::Role::"payer") }'),
  guard(
    'coe-outsiders-write',
    'security:1',
    'principal in AutonomyOS::Role::"outsider", action in AutonomyOS::Action::"write", resource',
    '',
  ),
  forbid('coe-for-a-person', payments, 'unless { context has onBehalfOf }'),
  forbid(
    'coe-no-pilot-destroys',
    'principal, action in AutonomyOS::Action::"destructive", resource',
    'when { principal.stage == "pilot" }',
  ),
  forbid(
    'coe-bank-in-a-hurry',
    'principal, action, resource in AutonomyOS::System::"bank"',
    'when { resource.effect != "read" && context.purpose like "*urgent*" }',
  ),
  '@id("coe-readers-read") permit (principal in AutonomyOS::Role::"reader", action in AutonomyOS::Action::"read", resource);',
];

const person = (id: string) => ({ kind: 'Person', id, name: id, email: `${id}@example.com` });
const group = (id: string, ...members: string[]) => ({ kind: 'Group', id, title: id, members });
const role = (id: string, assignableBy: unknown) => ({ kind: 'Role', id, title: id, assignableBy });
const system = (id: string) => ({ kind: 'System', id, title: id, baseUrl: `https://${id}.example.com` });

const nouns: readonly Document[] = [
  ...['vera', 'ada', 'ben', 'cleo', 'dora'].map(person),
  group('finance', 'ada', 'ben', 'cleo'),
  group('security', 'cleo', 'dora'),
  role('reader', 'any'),
  role('outsider', 'any'),
  role('payer', ['treasury']),
  system('bank'),
  system('erp'),
  tool('lookup', { system: 'erp' }),
  {
    kind: 'ExchangeRates',
    id: 'coe',
    currency: 'USD',
    rates: [{ currency: 'EUR', rate: '1.1600', asOf: '2026-11-20' }],
  },
];

/** A unit that plays by the rules; its payments are shared, its sweeps are its own. */
const treasury: Folder = {
  documents: [
    unit('treasury', { lists: { known: ['Northwind'] } }),
    agent('agt_treasurer', { roles: ['payer', 'reader'] }),
    agent('agt_clerk', { roles: ['outsider'] }),
    paying('bank.pay', { shared: true }),
    paying('bank.sweep'),
    changing('erp.wipe', 'DELETE', ['write', 'destructive'], { system: 'erp' }),
  ],
  policies: [
    `@id("treasury-all") permit (${everything});`,
    guard(
      'treasury-over-500',
      'finance:1',
      payments,
      'when { context.amount.greaterThan(decimal("500.00")) }',
    ),
  ],
};

/** The unit that will try everything, as the centre reviewed it. */
export const rogue: Folder = {
  documents: [
    unit('rogue'),
    agent('agt_rogue'),
    agent('agt_outsider', { roles: ['reader', 'outsider'] }),
    paying('rogue.refund'),
    changing('rogue.note', 'POST', ['write']),
    changing('rogue.delete', 'DELETE', ['write', 'destructive']),
    tool('rogue.look'),
  ],
  policies: [`@id("rogue-everything") permit (${everything});`],
};

const folderOf = (layer: string) => (layer === 'coe' ? layer : `units/${layer}`);
const placedIn = (layer: string, { documents, policies }: Folder): GovernanceBody => ({
  manifests: documents.map((document, n) => ({
    file: `${folderOf(layer)}/all.yaml`,
    line: n + 1,
    layer,
    document,
  })),
  policies: policies.map((text, n) => ({ file: `${folderOf(layer)}/all.cedar`, line: n + 1, layer, text })),
});
const joined = (...bodies: readonly GovernanceBody[]): GovernanceBody => ({
  manifests: bodies.flatMap(({ manifests }) => manifests),
  policies: bodies.flatMap(({ policies }) => policies),
});

const unitsAsReviewed = joined(placedIn('treasury', treasury), placedIn('rogue', rogue));
const { placed } = readManifests(unitsAsReviewed);
/** The centre's word on the units' tools as they were, each by its definition. */
export const reviews = buildBundle(placed, unitsAsReviewed, getCedarVersion()).tools.map(
  ({ name, effect, groups, hash }) => ({ kind: 'ToolReview', tool: name, effect, groups, definition: hash }),
);

type Options = {
  /** The folder stands before the other unit's. */
  readonly first?: boolean;
  readonly layer?: string;
  /** Another centre than the one that guards everything. */
  readonly centre?: (guarded: Folder) => Folder;
};

/** The company with this in the rogue's folder. */
export function company(
  folder: Folder,
  { first = false, layer = 'rogue', centre = (guarded) => guarded }: Options = {},
): GovernanceBody {
  const coe = centre({ documents: [...nouns, ...reviews], policies: guardrails });
  const units = [placedIn('treasury', treasury), placedIn(layer, folder)];
  return joined(placedIn('coe', coe), ...(first ? units.toReversed() : units));
}
