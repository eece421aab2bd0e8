import { type ActionBody, actionBody } from '../../core/action/action.ts';
import { type AgentRow, agentRow, type GateRow, gateRow } from '../../core/agent/agent.ts';
import type { Decision, Guard } from '../../core/policy/decision.ts';

/** Invented rows for pure tests; each takes the fields a test is about. */
export const NOW = new Date('2026-11-23T10:00:00.000Z');

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
