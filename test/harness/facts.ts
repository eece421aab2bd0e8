import {
  type ActionBody,
  actionBody,
  actionKey,
  type ActionRow,
  actionRow,
} from '../../core/action/action.ts';
import { approvedDigest } from '../../core/action/action-row.ts';
import { agentKey, type AgentRow, agentRow, type GateRow, gateRow } from '../../core/agent/agent.ts';
import { approvalKey, type ApprovalRow, approvalRow, type Vote } from '../../core/approval/approval.ts';
import {
  groupKey,
  type GroupRow,
  groupRow,
  personKey,
  type PersonRow,
  personRow,
} from '../../core/governance/person.ts';
import { actionIdOf, agentId, approvalIdOf, runIdOf, taskIdOf } from '../../core/id.ts';
import type { Decision, Guard } from '../../core/policy/decision.ts';
import {
  type Baseline,
  runKey,
  type RunRow,
  runRow,
  workflowKey,
  type WorkflowRow,
  workflowRow,
} from '../../core/run/run.ts';
import type { Switches } from '../../core/switch/switch.ts';
import { leaseKey, type LeaseRow, leaseRow, taskKey, type TaskRow, taskRow } from '../../core/task/task.ts';

/** Invented rows for pure tests; each takes the fields a test is about. */
export const NOW = new Date('2026-11-23T10:00:00.000Z');
/** So many seconds after NOW. */
export const later = (seconds: number) => new Date(NOW.getTime() + seconds * 1000);

export const someAgent = (fields: Partial<AgentRow> = {}): AgentRow =>
  agentRow.parse({
    pk: 'AGENT#agt_buyer',
    sk: 'AGENT',
    v: 1,
    version: 1,
    id: 'agt_buyer',
    name: 'Buyer',
    sponsor: 'vera',
    purpose: 'Buys what people ask for',
    unit: 'operations',
    stage: 'production',
    keys: [{ kty: 'OKP', crv: 'Ed25519', x: 'AAAA', kid: 'k1' }],
    ...fields,
  });

export const someGate = (fields: Partial<GateRow> = {}): GateRow =>
  gateRow.parse({
    pk: 'AGENT#agt_buyer',
    sk: 'GATE',
    v: 1,
    stage: 'production',
    dailyActions: 100,
    day: '2026-11-23',
    actionsToday: 3,
    ...fields,
  });

/** The kill switches when these scopes are stopped; the last engaged is the row's version. */
export const stopped = (...scopes: string[]): Switches => ({
  version: scopes.length,
  engaged: scopes.map((scope, n) => ({
    scope,
    reason: 'it went wild',
    engagedBy: { kind: 'administrator', id: 'arn:aws:iam::111122223333:user/ops' },
    engagedAt: NOW.toISOString(),
    since: n + 1,
  })),
});

export const someBody = (fields: Partial<ActionBody> = {}): ActionBody =>
  actionBody.parse({
    tool: 'erp.create_purchase_order',
    input: { vendor: 'Northwind', total: '1200.00' },
    purpose: 'Requested by a colleague',
    ...fields,
  });

export const someGuard = (fields: Partial<Guard> = {}): Guard => ({
  id: 'operations-orders-over-1k',
  title: 'Orders over 1,000 need a budget owner',
  requires: [{ group: 'budget-owners', count: 1 }],
  expiresSeconds: 3600,
  ...fields,
});

export const allow: Decision = { outcome: 'allow', release: 'r1', policies: ['operations-order'] };
export const hold = (...guards: [Guard, ...Guard[]]): Decision => ({
  outcome: 'hold',
  release: 'r1',
  policies: guards.map((guard) => guard.id),
  guards,
});
export const deny: Decision = {
  outcome: 'deny',
  release: 'r1',
  policies: ['operations-blocked-vendors'],
  reason: 'forbidden',
  detail: 'the vendor is blocked',
};

const actionNumber = actionIdOf(someAgent().id, 'order-0001');

/** A held action of the buyer, part of a run for a colleague; its digest is the one its own parts give. */
export const someAction = (fields: Partial<ActionRow> = {}): ActionRow => {
  const row = actionRow.parse({
    ...actionKey(actionNumber),
    v: 1,
    version: 1,
    id: actionNumber,
    agent: 'agt_buyer',
    unit: 'operations',
    tool: 'erp.create_purchase_order',
    toolHash: 'h1',
    input: { vendor: 'Northwind', total: '1200.00' },
    purpose: 'Requested by a colleague',
    onBehalfOf: 'liam@example.com',
    requestDigest: 'd1',
    digest: '',
    status: 'held',
    release: 'r1',
    policies: ['operations-orders-over-1k'],
    guards: [someGuard()],
    approval: approvalIdOf(actionNumber),
    attempt: 0,
    requestedAt: NOW.toISOString(),
    openKind: 'ACTION',
    openSince: NOW.toISOString(),
    ...fields,
  });
  return { ...row, digest: fields.digest ?? approvedDigest(row) };
};

/** An action whose call is being made since NOW. */
export const startedAction = (fields: Partial<ActionRow> = {}): ActionRow =>
  someAction({ status: 'started', version: 2, attempt: 1, startedAt: NOW.toISOString(), ...fields });

/** The pending approval of `someAction`. */
export const someApproval = (fields: Partial<ApprovalRow> = {}): ApprovalRow => {
  const action = someAction();
  return approvalRow.parse({
    ...approvalKey(approvalIdOf(action.id)),
    v: 1,
    version: 1,
    id: approvalIdOf(action.id),
    action: action.id,
    agent: action.agent,
    unit: action.unit,
    tool: action.tool,
    guards: [someGuard()],
    digest: action.digest,
    status: 'pending',
    round: 0,
    openedAt: NOW.toISOString(),
    expiresAt: later(3600).toISOString(),
    votes: [],
    ...fields,
  });
};

export const someVote = (person: string, fields: Partial<Vote> = {}): Vote => ({
  person,
  decision: 'approve',
  at: NOW.toISOString(),
  ...fields,
});

export const somePerson = (id: string, fields: Partial<PersonRow> = {}): PersonRow =>
  personRow.parse({
    ...personKey(id),
    v: 1,
    version: 1,
    id,
    name: id,
    email: `${id}@example.com`,
    status: 'active',
    ...fields,
  });

export const someGroup = (id: string, members: readonly string[]): GroupRow =>
  groupRow.parse({ ...groupKey(id), v: 1, version: 1, id, title: id, members: [...members] });

const runNumber = runIdOf('arn:aws:iam::123456789012:role/cloud-team', 'PR-0001');

export const someRun = (fields: Partial<RunRow> = {}): RunRow =>
  runRow.parse({
    ...runKey(runNumber),
    v: 1,
    version: 1,
    id: runNumber,
    workflow: 'procurement',
    unit: 'operations',
    requester: 'liam@example.com',
    input: { item: 'Paper' },
    requestDigest: 'd1',
    status: 'running',
    requestedAt: NOW.toISOString(),
    openKind: 'RUN',
    openSince: NOW.toISOString(),
    ...fields,
  });

export const someBaseline = (fields: Partial<Baseline> = {}): Baseline => ({
  label: 'demonstration baseline',
  minutesPerRequest: '42',
  hourlyRate: { amount: '58.00', currency: 'USD' },
  minutesPerTouch: '4',
  owner: 'vera',
  source: 'Timed for two weeks',
  asOf: '2026-11-01',
  ...fields,
});

export const someWorkflow = (fields: Partial<WorkflowRow> = {}): WorkflowRow =>
  workflowRow.parse({
    ...workflowKey('procurement'),
    v: 1,
    version: 1,
    id: 'procurement',
    title: 'Purchase requests',
    machine: 'procurement',
    baseline: someBaseline(),
    unit: 'operations',
    ...fields,
  });

/** An open task of `someRun` that asks for the capability `buying`. */
export const someTask = (fields: Partial<TaskRow> = {}): TaskRow => {
  const id = taskIdOf(runNumber, 'Act', '1');
  return taskRow.parse({
    ...taskKey(id),
    v: 1,
    version: 1,
    id,
    run: runNumber,
    workflow: 'procurement',
    unit: 'operations',
    step: 'Act',
    capability: 'buying',
    input: { item: 'Paper' },
    onBehalfOf: 'liam@example.com',
    status: 'open',
    openedAt: NOW.toISOString(),
    deadline: later(600).toISOString(),
    leaseSeconds: 60,
    fence: 0,
    assignments: [],
    workQueue: 'operations/buying',
    workSince: NOW.toISOString(),
    ...fields,
  });
};

/** The buyer's lease on `leasedTask`, good for a minute. */
export const someLease = (fields: Partial<LeaseRow> = {}): LeaseRow =>
  leaseRow.parse({
    ...leaseKey(someTask().id),
    v: 1,
    agent: 'agt_buyer',
    fence: 1,
    digest: 'secret-1',
    expiresAt: later(60).toISOString(),
    ...fields,
  });

export const leasedTask = (fields: Partial<TaskRow> = {}): TaskRow =>
  someTask({ status: 'leased', version: 2, fence: 1, ...fields });

/** An agent of another name that can do what `someTask` asks for. */
export const ableAgent = (id: string, fields: Partial<AgentRow> = {}): AgentRow =>
  someAgent({ ...agentKey(id), id: agentId.parse(id), capabilities: ['buying'], ...fields });
