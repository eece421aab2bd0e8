import * as z from 'zod';
import { agentId, name } from '../id.ts';
import { listIndex, rowBase } from '../row.ts';
import type { StatusTable } from '../status.ts';

/** The governed life of an agent. */
export const stages = {
  draft: ['pilot', 'retired'],
  pilot: ['production', 'suspended', 'retired'],
  production: ['pilot', 'suspended', 'retired'],
  suspended: ['pilot', 'production', 'retired'],
  retired: [],
} as const satisfies StatusTable<string>;
export type Stage = keyof typeof stages;

/** Stages in which an agent may act at all. */
export const actingStages = ['pilot', 'production'] as const satisfies readonly Stage[];

const publicKey = z.discriminatedUnion('kty', [
  z.strictObject({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: z.string(), kid: z.string().min(1) }),
  z.strictObject({
    kty: z.literal('EC'),
    crv: z.literal('P-256'),
    x: z.string(),
    y: z.string(),
    kid: z.string().min(1),
  }),
]);
/** A public key as JWK with its `kid`. A private member (`d`) is refused: the private part never leaves the agent. */
export type PublicKey = z.infer<typeof publicKey>;

/** An accountable worker: who it is, who answers for it, what it is for. */
export const agentManifest = z.strictObject({
  kind: z.literal('Agent'),
  id: agentId,
  name: z.string().min(1).max(100),
  /** The living person who answers for it. */
  sponsor: name,
  purpose: z.string().min(1).max(500),
  roles: z.array(name).max(20).default([]),
  capabilities: z.array(name).max(50).default([]),
  stage: z.enum(['draft', 'pilot', 'production', 'suspended', 'retired']),
  keys: z.array(publicKey).min(1).max(5),
  /** Actions it may start in one UTC day. */
  dailyActions: z.int().min(1).max(1_000_000).default(10_000),
  /** Tasks it may hold at once. */
  maxTasks: z.int().min(1).max(1000).default(10),
});

export const agentRow = z.object({
  ...rowBase,
  ...listIndex,
  ...agentManifest.omit({ kind: true }).shape,
  unit: name,
});
export type AgentRow = z.infer<typeof agentRow>;

/** The one row of an agent that every action passes: its stage, what blocks it, and the day's count. */
export const gateRow = z.object({
  pk: z.string(),
  sk: z.literal('GATE'),
  v: z.literal(1),
  stage: z.enum(['draft', 'pilot', 'production', 'suspended', 'retired']),
  /** Set while a kill switch covers this agent: the switch's scope. */
  blockedBy: z.string().optional(),
  dailyActions: z.int(),
  /** UTC date of `actionsToday`. */
  day: z.iso.date(),
  actionsToday: z.int().min(0),
});
export type GateRow = z.infer<typeof gateRow>;

export const agentKey = (id: string) => ({ pk: `AGENT#${id}`, sk: 'AGENT' });
export const gateKey = (id: string) => ({ pk: `AGENT#${id}`, sk: 'GATE' });
