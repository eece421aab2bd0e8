import { agentId, type AgentId } from '../../core/id.ts';
import type { ActionBody } from '../../core/action/action.ts';
import type { GovernanceBody } from '../../core/governance/manifest.ts';
import type { ReleaseBundle } from '../../core/policy/release.ts';
import { releaseHash } from '../../core/policy/release.ts';
import { createActionsApi } from '../../functions/action/actions-api.ts';
import type { ExecutorDeps } from '../../functions/action/execute-approved.ts';
import { createJudge, createOpenRelease } from '../../functions/action/judge.ts';
import { createBreakers } from '../../functions/aws/breakers.ts';
import { createCallTool } from '../../functions/aws/call-tool.ts';
import type { CallResult, Connector, ToolCall } from '../../functions/aws/connectors/connector.ts';
import { createLimitCounter } from '../../functions/aws/limit-counter.ts';
import type { Log } from '../../functions/aws/log.ts';
import { createTakeRate } from '../../functions/aws/rates.ts';
import type { Releases } from '../../functions/aws/releases.ts';
import type { Authenticate } from '../../functions/http/authenticate.ts';
import type { Applied } from '../../functions/governance/apply-governance.ts';
import { applyGovernance } from '../../functions/governance/apply-governance.ts';
import { startDatabase, type TestDatabase } from './dynamodb.ts';
import { NOW } from './facts.ts';
import { type Answered, answered } from './http.ts';
import { organisation } from './organisation.ts';

/** A log line as it was asked for. */
export type LogLine = Parameters<Log>;

/** The system behind every tool: it remembers its calls and answers as the test says. */
export type Erp = {
  readonly calls: ToolCall[];
  answer: (call: ToolCall) => CallResult | Promise<CallResult>;
};

/** The door over a real database and real Cedar releases. `clock` and `erp.answer` are the test's to change. */
export type World = {
  readonly database: TestDatabase;
  readonly deps: ExecutorDeps;
  readonly erp: Erp;
  readonly lines: LogLine[];
  readonly bundles: Map<string, ReleaseBundle>;
  readonly releases: Releases;
  readonly clock: { now: Date };
  /** Applies governance and makes it the one in force; throws with the findings when it is refused. */
  apply(body: GovernanceBody): Promise<Applied>;
  /** Asks the door for an action. */
  act(
    ask: Partial<ActionBody> & { readonly key?: string | undefined; readonly as?: string },
  ): Promise<Answered>;
  get(path: string, as?: string): Promise<Answered>;
  post(path: string, body: object, as?: string): Promise<Answered>;
  stop(): Promise<void>;
};

export const buyer: AgentId = agentId.parse('agt_buyer');
export const second: AgentId = agentId.parse('agt_second');

export const order = { vendor: 'Northwind', total: '500.00', currency: 'USD' };

const administrator = { kind: 'administrator', id: 'arn:aws:iam::111122223333:user/ops' } as const;

/** Starts a world in which the organisation of `organisation.ts` is applied. */
export async function startWorld(): Promise<World> {
  const database = await startDatabase();
  const clock = { now: NOW };
  const now = () => clock.now;
  const lines: LogLine[] = [];
  const bundles = new Map<string, ReleaseBundle>();
  const erp: Erp = { calls: [], answer: () => ({ status: 'succeeded', output: { order: 'PO-1' } }) };
  const connector: Connector = async (call) => {
    erp.calls.push(call);
    return erp.answer(call);
  };
  const releases = storeIn(bundles);
  const log: Log = (...line) => lines.push(line);
  const open = createOpenRelease(releases);
  const deps: ExecutorDeps = {
    lapseMinutes: 15,
    registry: database.registry,
    open,
    judge: createJudge(open, log),
    callTool: createCallTool({ http: connector, lambda: connector }, now),
    breakers: createBreakers(database.client, 'registry'),
    takeRate: createTakeRate(database.client, 'registry'),
    limited: createLimitCounter({ registry: database.registry, now }),
    newKey: () => crypto.randomUUID(),
    log,
    now,
  };
  const api = createActionsApi({ ...deps, authenticate: asNamed });
  const apply = async (body: GovernanceBody) => {
    const by = { actor: administrator, plan: false };
    const applied = await applyGovernance({ registry: database.registry, releases, now }, body, by);
    if (!('changes' in applied)) throw new Error(JSON.stringify(applied));
    return applied;
  };
  await apply(organisation());
  return {
    database,
    deps,
    erp,
    lines,
    bundles,
    releases,
    clock,
    apply,
    act: async ({ key = crypto.randomUUID(), as = buyer, ...ask }) => {
      const body = { tool: 'erp.create_order', input: order, purpose: 'Asked for by a colleague', ...ask };
      const headers = {
        authorization: `Bearer ${as}`,
        'idempotency-key': key,
        'content-type': 'application/json',
      };
      return answered(
        await api.request('/v1/actions', { method: 'POST', headers, body: JSON.stringify(body) }),
      );
    },
    get: async (path, as = buyer) =>
      answered(await api.request(path, { headers: { authorization: `Bearer ${as}` } })),
    post: async (path, body, as = buyer) => {
      const headers = { authorization: `Bearer ${as}`, 'content-type': 'application/json' };
      return answered(await api.request(path, { method: 'POST', headers, body: JSON.stringify(body) }));
    },
    stop: () => database.stop(),
  };
}

/** Stands for the token check: the bearer is the agent's name, and no token is ever revoked. */
export const asNamed: Authenticate = async (authorization) => ({
  claimedAgent: agentId.parse(authorization?.replace('Bearer ', '')),
  use: { kid: 'k1', issuedAt: NOW },
  requireStanding: async () => undefined,
});

function storeIn(bundles: Map<string, ReleaseBundle>): Releases {
  return {
    load: async (hash) => {
      const bundle = bundles.get(hash);
      if (bundle) return bundle;
      throw new Error('NoSuchKey');
    },
    store: async (bundle) => {
      const hash = releaseHash(bundle);
      bundles.set(hash, bundle);
      return hash;
    },
  };
}
