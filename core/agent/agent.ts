import * as z from 'zod';
import type { Write } from '../change.ts';
import { agentId, name } from '../id.ts';
import { listIndex, rowBase } from '../row.ts';
import type { StatusTable } from '../status.ts';
import { agentRelease } from './agent-release.ts';

/** The governed life of an agent. */
export const stages = {
  draft: ['pilot', 'retired'],
  pilot: ['production', 'suspended', 'retired'],
  production: ['pilot', 'suspended', 'retired'],
  suspended: ['pilot', 'production', 'retired'],
  retired: [],
} as const satisfies StatusTable<string>;
export type Stage = keyof typeof stages;

/** Stages in which an agent may come to be. */
export const firstStages = ['draft', 'pilot'] as const satisfies readonly Stage[];

/** Stages in which an agent may act at all. */
export const actingStages = ['pilot', 'production'] as const satisfies readonly Stage[];

const named = {
  kid: z.string().min(1),
  /** From then on it signs nothing more: lets two keys overlap while one takes the other's place. */
  notAfter: z.iso.datetime().optional(),
};
const publicKey = z.discriminatedUnion('kty', [
  z.strictObject({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: z.string(), ...named }),
  z.strictObject({
    kty: z.literal('EC'),
    crv: z.literal('P-256'),
    x: z.string(),
    y: z.string(),
    ...named,
  }),
]);
/** A public key as JWK with its `kid`. A private member (`d`) is refused: the private part never leaves the agent. */
export type PublicKey = z.infer<typeof publicKey>;

/** An IAM role without its path, since its sessions are named so; no wildcard: a role is one agent. */
const workload = z
  .string()
  .regex(
    /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@-]{1,64}$/,
    'arn:aws:iam::<account>:role/<name>, the role without its path, no wildcard',
  );

/** The name a role has among an agent's credentials, and in the tokens it was given. */
export const kidOfRole = (role: string): string => `role:${role}`;

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
  /** What it is made of; required of an agent that acts. */
  release: agentRelease.optional(),
  /** The last UTC day of its certification: afterwards it does nothing. Required in production. */
  recertifyBy: z.iso.date().optional(),
  /** What it signs in with: its own keys, IAM roles it runs as, or both. */
  keys: z.array(publicKey).max(5).default([]),
  workloads: z.array(workload).max(5).default([]),
  /** Actions it may start in one UTC day. */
  dailyActions: z.int().min(1).max(1_000_000).default(10_000),
  /** Requests it may make in a minute; best effort. */
  requestsPerMinute: z.int().min(1).max(100_000).optional(),
  /** Tasks it may hold at once. */
  maxTasks: z.int().min(1).max(1000).default(10),
});

/** The agent that stands for the system itself: it asks for what the council decides. No manifest makes it. */
export const SYSTEM_AGENT = agentId.parse('agt_autonomy');

export const agentRow = z.object({
  ...rowBase,
  ...listIndex,
  ...agentManifest.omit({ kind: true }).shape,
  unit: name,
  /** Why it is suspended although its manifest says otherwise. */
  suspendedFor: z.enum(['sponsor-left', 'recertification-missed']).optional(),
  /** The release it was last in production with. */
  productionRelease: agentRelease.optional(),
  /** Keys and roles that are good for nothing any more, whatever its manifest lists. */
  revokedKeys: z.array(z.object({ kid: z.string(), at: z.iso.datetime() })).default([]),
  /** The latest reminder of its certification that was sent: for which end, how many days ahead. */
  reminded: z.object({ recertifyBy: z.iso.date(), daysAhead: z.int() }).optional(),
  /** Tokens issued before are refused. */
  tokensNotBefore: z.iso.datetime().optional(),
});
export type AgentRow = z.infer<typeof agentRow>;

/** The one row of an agent that every action passes: its stage, its fence against kill switches, the day's count. */
export const gateRow = z.object({
  pk: z.string(),
  sk: z.literal('GATE'),
  v: z.literal(1),
  stage: z.enum(['draft', 'pilot', 'production', 'suspended', 'retired']),
  /** The least version of the kill switches its actions may be decided on; raised when one is engaged. */
  switches: z.int().min(0).optional(),
  dailyActions: z.int(),
  /** The last UTC day on which it may act; see the agent's row. */
  recertifyBy: z.iso.date().optional(),
  /** UTC date of its registration; gates from before it was kept have none. */
  since: z.iso.date().optional(),
  /** UTC date of `actionsToday`. */
  day: z.iso.date(),
  actionsToday: z.int().min(0),
});
export type GateRow = z.infer<typeof gateRow>;

export const agentKey = (id: string) => ({ pk: `AGENT#${id}`, sk: 'AGENT' });
/** The gate's attribute that holds the UTC day on which a tool was last used. */
export const usedKey = (tool: string) => `used#${tool}`;

/** The tools an agent ever used, each with the UTC day of its last use. */
export function toolsUsed(gate: Readonly<Record<string, unknown>>): ReadonlyMap<string, string> {
  const own = Object.entries(gate).filter(([field]) => field.startsWith(usedKey('')));
  return new Map(own.map(([field, day]) => [field.slice(usedKey('').length), String(day)]));
}

export const gateKey = (id: string) => ({ pk: `AGENT#${id}`, sk: 'GATE' });

/** Whether the last day of a certification is over. */
export const certificationEnded = ({ recertifyBy }: Pick<GateRow, 'recertifyBy'>, now: Date): boolean =>
  recertifyBy !== undefined && recertifyBy < now.toISOString().slice(0, 10);

/** The agent's gate follows its row in the same change. */
export function gateWrite({ id, stage, dailyActions, recertifyBy }: AgentRow, now: Date): Write {
  const day = now.toISOString().slice(0, 10);
  return { kind: 'gate', key: gateKey(id), stage, dailyActions, recertifyBy, day };
}
