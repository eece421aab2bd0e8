import type { GovernanceBody } from '../../core/governance/manifest.ts';
import { definitionOf, pinned } from './reviews.ts';

type Document = { readonly kind: string; readonly [field: string]: unknown };

const at = (layer: string) => (document: Document) => ({ file: `${layer}.yaml`, line: 1, layer, document });
const person = (id: string) => ({ kind: 'Person', id, name: id, email: `${id}@example.com` });
const group = (id: string, ...members: string[]) => ({ kind: 'Group', id, title: id, members });
const agent = (id: string, fields: object = {}) => ({
  kind: 'Agent',
  id,
  name: `The agent ${id}`,
  sponsor: 'vera',
  purpose: 'Buys what people ask for',
  roles: ['buyer'],
  capabilities: ['ordering'],
  stage: 'pilot',
  release: { version: '1.0.0', model: 'small', promptHash: 'a'.repeat(64) },
  keys: [{ kty: 'OKP', crv: 'Ed25519', x: 'AAAA', kid: 'k1' }],
  dailyActions: 100,
  ...fields,
});
const text = { type: 'string' };
const decimal = { type: 'string', format: 'decimal' };
const fields = (properties: object) => ({ type: 'object', properties, required: Object.keys(properties) });

const centre: Document[] = [
  ...['vera', 'rita', 'ada', 'ben', 'cleo', 'dora'].map(person),
  group('budget-owners', 'vera', 'rita', 'ada', 'ben'),
  group('finance', 'cleo', 'dora'),
  { kind: 'Role', id: 'buyer', title: 'Buyer', assignableBy: 'any' },
  { kind: 'System', id: 'erp', title: 'The ERP', baseUrl: 'https://erp.example.com' },
  { kind: 'ToolReview', tool: 'erp.create_order', effect: 'keyed', groups: ['write'] },
  { kind: 'ToolReview', tool: 'erp.get_budget', effect: 'read', groups: ['read'] },
  { kind: 'ToolReview', tool: 'erp.send_letter', effect: 'at-most-once', groups: ['write'] },
  { kind: 'ToolReview', tool: 'erp.wipe', effect: 'keyed', groups: ['write'] },
];

const tool = (name: string, effect: string, group: string, fields: object) => ({
  kind: 'Tool',
  name,
  title: name,
  system: 'erp',
  effect,
  groups: [group],
  timeoutSeconds: 5,
  ...fields,
});
const post = (path: string) => ({ type: 'http', method: 'POST', path });

const operations: Document[] = [
  {
    kind: 'BusinessUnit',
    id: 'operations',
    name: 'Operations',
    currency: 'USD',
    lists: { blocked: ['Shady'] },
  },
  agent('agt_buyer'),
  agent('agt_second'),
  agent('agt_clerk', { capabilities: ['filing'], roles: [] }),
  tool('erp.create_order', 'keyed', 'write', {
    connector: post('/orders'),
    input: fields({ vendor: text, total: decimal, currency: text }),
    amount: { value: 'total', currency: 'currency' },
  }),
  tool('erp.get_budget', 'read', 'read', {
    connector: { type: 'http', method: 'GET', path: '/budgets/{unit}' },
    input: fields({ unit: text }),
  }),
  tool('erp.send_letter', 'at-most-once', 'write', {
    connector: post('/letters'),
    input: fields({ to: text, body: text }),
  }),
  tool('erp.wipe', 'keyed', 'write', { connector: post('/wipe'), input: fields({}) }),
  {
    kind: 'Workflow',
    id: 'procurement',
    title: 'Procurement',
    machine: 'procurement',
    baseline: {
      label: 'By hand',
      minutesPerRequest: '30',
      hourlyRate: { amount: '60', currency: 'USD' },
      minutesPerTouch: '3',
      owner: 'vera',
      source: 'a stopwatch',
      asOf: '2026-01-01',
    },
  },
];

const sales: Document[] = [
  { kind: 'BusinessUnit', id: 'sales', name: 'Sales', currency: 'USD' },
  agent('agt_seller'),
];

const ORDER = 'AutonomyOS::Action::"erp.create_order"';

/** One unit with a permit, two guards and a forbid; enough to see every outcome. */
const rules = [
  `@id("operations-buyers-work")
permit (principal in AutonomyOS::Role::"buyer", action in [${ORDER}, AutonomyOS::Action::"erp.get_budget", AutonomyOS::Action::"erp.send_letter"], resource);`,
  guard('operations-orders-over-1k', 'budget-owners:1', '1000.00'),
  guard('operations-orders-over-10k', 'finance:2', '10000.00'),
  `@id("operations-blocked-vendors") @title("Blocked vendors get no orders")
forbid (principal, action == ${ORDER}, resource)
when { principal.unit.lists has blocked && principal.unit.lists.blocked.contains(context.input.vendor) };`,
];

/** A guard on orders above an amount, in the unit's layer. */
export function guard(id: string, approval: string, amount: string): string {
  return `@id("${id}") @title("Orders over ${amount} are asked for") @approval("${approval}") @expires("PT1H")
forbid (principal, action == ${ORDER}, resource)
when { context.amount.greaterThan(decimal("${amount}")) }
unless { context.approvals.contains("${id}") };`;
}

/** A small company: a centre, two units, people who decide, and an ERP with four tools. */
export function organisation(): GovernanceBody {
  return {
    manifests: pinned([
      ...centre.map(at('coe')),
      ...operations.map(at('operations')),
      ...sales.map(at('sales')),
    ]),
    policies: rules.map((text) => ({ file: 'operations.cedar', line: 1, layer: 'operations', text })),
  };
}

/**
 * The same company with one manifest's fields changed; `name` is its kind and id: `Agent agt_buyer`. The centre reviews
 * a changed tool anew where it had reviewed it as it was.
 */
export function change(body: GovernanceBody, name: string, fields: object): GovernanceBody {
  const named = ({ document }: GovernanceBody['manifests'][number]) => {
    const { kind, id, name: toolName, tool: reviewed } = document as Document;
    return `${kind} ${String(id ?? toolName ?? reviewed)}`;
  };
  const old = body.manifests.find((each) => named(each) === name);
  if (!old) throw new Error(`there is no ${name}`);
  const seen = definitionOf(old.document, old.layer);
  const manifests = body.manifests.map((each) => {
    const { definition, ...document } = each.document as Document;
    if (definition === seen) return { ...each, document };
    return each === old ? { ...each, document: { ...(each.document as Document), ...fields } } : each;
  });
  return { ...body, manifests: pinned(manifests) };
}

/** The same company with one policy more; it stands in the unit's layer unless another is named. */
export function withPolicy(body: GovernanceBody, text: string, layer = 'operations'): GovernanceBody {
  return { ...body, policies: [...body.policies, { file: `${layer}.cedar`, line: 9, layer, text }] };
}

/** The same company without the policy of this id. */
export function withoutPolicy(body: GovernanceBody, id: string): GovernanceBody {
  return { ...body, policies: body.policies.filter(({ text }) => !text.includes(`@id("${id}")`)) };
}
