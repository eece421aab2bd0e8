import type { DecisionRequest } from '../../core/policy/decision.ts';
import { budget, type Governance, order, someManifests, someOrder, someRequest } from '../harness/release.ts';

const ROLES = 20;
const POLICIES_PER_TOOL = 5;

type Place = { readonly id: string; readonly tool: string; readonly role: string; readonly n: number };
type Rule = (place: Place) => string;

const role = (n: number) => `role-${n % ROLES}`;
const at = <T>(items: readonly T[], n: number): T => items[n % items.length] as T;
const action = (tool: string) => `AutonomyOS::Action::"${tool}"`;
const on = (tool: string) => `principal, action == ${action(tool)}, resource`;
const within = (group: string) => `principal, action in ${action(group)}, resource`;
const held = (id: string, scope: string, when: string) =>
  `@id("${id}") @title("Ask finance") @approval("finance:1") @expires("PT4H") forbid (${scope})
   when { ${when} } unless { context.approvals.contains("${id}") };`;

/** Who may, two guards, and two forbids: what a unit says of a tool that spends. */
const spending: readonly Rule[] = [
  ({ id, tool, role }) =>
    `@id("${id}") permit (principal in AutonomyOS::Role::"${role}", action == ${action(tool)}, resource);`,
  ({ id, tool }) => held(id, on(tool), 'context.amount.greaterThan(decimal("1000.00"))'),
  ({ id, tool }) => held(id, on(tool), 'context.input.quantity > 100'),
  ({ id, tool }) => `@id("${id}") @title("Blocked vendors get no orders") forbid (${on(tool)})
    when { principal.unit.lists has blockedVendors && principal.unit.lists.blockedVendors.contains(context.input.vendor) };`,
  ({ id, tool }) => `@id("${id}") @title("Nothing is bought in a pilot") forbid (${on(tool)})
    when { principal.stage == "pilot" && context.amount.greaterThan(decimal("10.00")) };`,
];

/** The same number for a tool that reads. */
const reading: readonly Rule[] = [
  ({ id, tool, role }) =>
    `@id("${id}") permit (principal in AutonomyOS::Role::"${role}", action == ${action(tool)}, resource);`,
  ({ id, tool }) => held(id, on(tool), 'context.input.unit == "board"'),
  ({ id, tool }) => `@id("${id}") forbid (${on(tool)}) when { context.input.unit == "" };`,
  ({ id, tool }) => `@id("${id}") forbid (${on(tool)}) when { principal.stage == "draft" };`,
  ({ id, tool }) => `@id("${id}") permit (${on(tool)}) when { context has workflow };`,
];

/** What the centre says of a tool that is somebody's. */
const watching: readonly Rule[] = [
  ({ id, tool }) => `@id("${id}") forbid (${on(tool)}) when { principal.stage == "retired" };`,
  ({ id, tool, role }) =>
    `@id("${id}") forbid (principal in AutonomyOS::Role::"${role}", action == ${action(tool)}, resource)
     when { principal.stage == "draft" };`,
];

/** What the centre says: three of ten rules concern whole groups of tools, one in a hundred everything. */
const central: readonly Rule[] = [
  ({ id, n }) =>
    n % 100 === 0
      ? `@id("${id}") @title("Reviewed tools only") forbid (principal, action, resource) when { !resource.reviewed };`
      : `@id("${id}") forbid (${within('read')}) when { context.purpose == "Reason ${n}" };`,
  ({ id, n }) => {
    const when = `context has amount && context.amount.greaterThan(decimal("${25_000 + n}.00"))`;
    return held(id, within('payment'), when);
  },
  ({ id, n }) => `@id("${id}") forbid (${within('write')}) when { context.purpose == "Reason ${n}" };`,
  ...Array.from({ length: 7 }, (_, n) => at(watching, n)),
];

type LargeTool = { readonly name: string; readonly unit: string; readonly spends: boolean };

/** A tool for every five rules of a unit, so many units that each has some; every second tool spends. */
function toolsFor(policies: number): readonly LargeTool[] {
  const units = Math.min(20, Math.max(2, Math.round(Math.sqrt(policies) / 3)));
  const count = Math.ceil((policies * 0.9) / POLICIES_PER_TOOL);
  return Array.from({ length: count }, (_, n) => ({
    name: n % 2 === 0 ? `erp.place_order_${n}` : `erp.read_budget_${n}`,
    unit: `unit-${n % units}`,
    spends: n % 2 === 0,
  }));
}

/** So many policies as a whole company would have: nine of ten the units' on their own tools, the tenth the centre's. */
export function largeGovernance(policies: number): Required<Governance> {
  const tools = toolsFor(policies);
  const texts = Array.from({ length: policies }, (_, n) =>
    n % 10 === 0 ? centralRule(n / 10, tools) : unitRule(n - Math.ceil(n / 10), tools),
  );
  const layers = Map.groupBy(texts, ({ layer }) => layer);
  const joined = [...layers].map(([layer, of]) => [layer, of.map(({ text }) => text).join('\n')] as const);
  return { policies: Object.fromEntries(joined), manifests: manifestsOf(tools) };
}

function centralRule(n: number, tools: readonly LargeTool[]) {
  const tool = at(tools, n * 7).name;
  return { layer: 'coe', text: at(central, n)({ id: `coe-${n}`, tool, role: role(n), n }) };
}

function unitRule(n: number, tools: readonly LargeTool[]) {
  const index = Math.floor(n / POLICIES_PER_TOOL);
  const { name: tool, unit, spends } = at(tools, index);
  const rule = at(spends ? spending : reading, n % POLICIES_PER_TOOL);
  return { layer: unit, text: rule({ id: `${unit}-${n}`, tool, role: role(index), n }) };
}

function manifestsOf(tools: readonly LargeTool[]): Required<Governance>['manifests'] {
  const [unit] = someManifests['operations'] ?? [];
  const { name: _, ...placing } = order;
  const { name: __, ...looking } = budget;
  const shape = ({ spends }: LargeTool) => (spends ? placing : looking);
  const reviews = tools.map((tool) => {
    const { effect, groups } = shape(tool);
    return { kind: 'ToolReview', tool: tool.name, effect, groups };
  });
  const systems = (someManifests['coe'] ?? []).filter(({ kind }) => kind === 'System');
  const roles = Array.from({ length: ROLES }, (_, n) => ({
    kind: 'Role',
    id: role(n),
    title: role(n),
    assignableBy: 'any',
  }));
  const { currency = 'USD', rates = [] } = (unit ?? {}) as { currency?: string; rates?: object[] };
  const worth = { kind: 'ExchangeRates', id: 'coe', currency, rates };
  const own = [...Map.groupBy(tools, (tool) => tool.unit)].map(([id, mine]) => [
    id,
    [{ ...unit, id, rates: [] }, ...mine.map((tool) => ({ ...shape(tool), name: tool.name }))],
  ]);
  const units = Object.fromEntries(own) as Record<string, object[]>;
  return { coe: [worth, ...systems, ...roles, ...reviews], ...units };
}

export type Company = { readonly agents: number; readonly policies: number; readonly tools: number };

/** Governance of a company of that size: every unit's agents in pilot, each answered for by one of ten people. */
export function largeCompany({ agents, policies, tools }: Company): Required<Governance> {
  const whole = largeGovernance(policies);
  const units = Object.keys(whole.manifests).filter((layer) => layer !== 'coe');
  const manifests: Record<string, Readonly<Record<string, unknown>>[]> = Object.fromEntries(
    Object.entries(whole.manifests).map(([layer, own]) => [layer, [...own]]),
  );
  const people = Array.from({ length: 10 }, (_, n) => `person-${n}`);
  manifests['coe']?.push(
    ...people.map((id) => ({ kind: 'Person', id, name: id, email: `${id}@example.com` })),
    { kind: 'Group', id: 'finance', title: 'Finance', members: people.slice(0, 3) },
  );
  for (let n = toolsFor(policies).length; n < tools; n += 1) {
    const { effect, groups } = budget;
    const name = `erp.look_${n}`;
    manifests[at(units, n)]?.push({ ...budget, name });
    manifests['coe']?.push({ kind: 'ToolReview', tool: name, effect, groups });
  }
  for (let n = 0; n < agents; n += 1) manifests[at(units, n)]?.push(someAgent(n, at(people, n)));
  return { ...whole, manifests };
}

const someAgent = (n: number, sponsor: string) => ({
  kind: 'Agent',
  id: `agt_worker_${n}`,
  name: `Worker ${n}`,
  sponsor,
  purpose: `Does what people of its unit ask for, the ${n}th of many`,
  roles: [role(n), role(n + 3)],
  capabilities: ['ordering'],
  stage: 'pilot',
  release: { version: '1.0.0', model: 'some-model', promptHash: 'a'.repeat(64) },
  keys: [{ kty: 'OKP', crv: 'Ed25519', x: `key-${n}`, kid: 'k1' }],
});

/** Questions of agents that hold the role their tool asks for, over many tools: most allowed, some held, some denied. */
export function largeRequests(policies: number, count: number): readonly DecisionRequest[] {
  const tools = toolsFor(policies);
  return Array.from({ length: count }, (_, n) => {
    const index = (n * 13) % tools.length;
    const { name: tool, unit, spends } = at(tools, index);
    const roles = n % 7 === 6 ? [role(index + 1)] : [role(index), role(index + 3)];
    const stage = n % 11 === 10 ? 'pilot' : 'production';
    const total = at(['120.00', '999.99', '1200.00', '500.00', '31000.00'], Math.floor(n / 2));
    return someRequest({
      agent: { id: `agt_${n}`, unit, roles, stage, sponsor: 'vera' },
      tool,
      input: spends ? someOrder({ total }) : { unit: 'operations' },
    });
  });
}
