import { type EntityJson, statefulIsAuthorized } from '@cedar-policy/cedar-wasm/nodejs';
import type { Tool } from '../governance/tool.ts';
import { NAMESPACE } from './cedar-schema.ts';
import { combineDecisions } from './combine-decisions.ts';
import type { CompiledRelease } from './compile-release.ts';
import { convertAmount } from './convert-amount.ts';
import type { Decision, DecisionRequest, Guard } from './decision.ts';
import { cedarRecord, decimalValue, InputError } from './shape-value.ts';
import { stageStop } from './tool-stage.ts';

/**
 * Decides one request under a release. Allow is the engine's clean allow; hold when guards alone forbid it and
 * lifting exactly those would allow it; everything else (an error, a failure, an input that does not fit) is deny. Where
 * the agent leans on others, each of them is asked the same.
 */
export function decide(release: CompiledRelease, { links = [], ...request }: DecisionRequest): Decision {
  const own = decideAlone(release, request);
  const others = links.map((agent) => ({ agent, decision: decideAlone(release, { ...request, agent }) }));
  return combineDecisions({ agent: request.agent, decision: own }, others);
}

function decideAlone(release: CompiledRelease, request: DecisionRequest): Decision {
  const tool = toolFor(release, request);
  if (!tool) {
    return refuse(release, 'unknown-tool', `no tool ${request.tool} is open to unit ${request.agent.unit}`);
  }
  const stop = stageStop(tool, request.agent.stage);
  if (stop) return refuse(release, stop.reason, stop.detail);
  try {
    const context = contextOf(release, tool, request);
    const first = ask(release, tool, request, context, request.approvals);
    return judge(release, first, (approvals) => ask(release, tool, request, context, approvals), request);
  } catch (error) {
    if (error instanceof InputError) return refuse(release, 'invalid-input', error.message);
    return refuse(release, 'error', 'the rules could not be evaluated, so nothing is allowed');
  }
}

/** A unit's agents reach its own tools, shared ones and the centre's. */
export function toolFor(
  release: CompiledRelease,
  request: Pick<DecisionRequest, 'tool' | 'agent'>,
): Tool | undefined {
  return release.bundle.tools.find(
    ({ name, unit, shared }) =>
      name === request.tool && (shared || unit === 'coe' || unit === request.agent.unit),
  );
}

export type Answer = {
  readonly allowed: boolean;
  readonly reasons: readonly string[];
  readonly failed: boolean;
};

function judge(
  release: CompiledRelease,
  first: Answer,
  askWith: (approvals: readonly string[]) => Answer,
  request: DecisionRequest,
): Decision {
  if (first.failed) return refuse(release, 'error', 'a rule could not be evaluated, so nothing is allowed');
  if (first.allowed) return { outcome: 'allow', release: release.hash, policies: first.reasons };
  if (first.reasons.length === 0) {
    return refuse(release, 'not-permitted', 'no rule permits this: ask your unit for one');
  }
  const guards = first.reasons.map((id) => release.policies.get(id)?.guard);
  if (!guards.every((guard) => guard !== undefined)) return forbid(release, first.reasons);
  const lifted = askWith([...request.approvals, ...first.reasons]);
  if (lifted.failed || !lifted.allowed) {
    const others = lifted.reasons.filter((id) => !release.policies.get(id)?.guard);
    if (others.length > 0) return forbid(release, others);
    return refuse(release, 'not-permitted', 'no rule permits this, even with approval');
  }
  const [head, ...rest] = guards as [Guard, ...Guard[]];
  return { outcome: 'hold', release: release.hash, policies: first.reasons, guards: [head, ...rest] };
}

function forbid(release: CompiledRelease, ids: readonly string[]): Decision {
  const plain = ids.filter((id) => !release.policies.get(id)?.guard);
  const titles = plain.map((id) => release.policies.get(id)?.json.annotations?.['title'] ?? id);
  return { ...refuse(release, 'forbidden', `forbidden by: ${titles.join('; ')}`), policies: plain };
}

type Denial = Extract<Decision, { outcome: 'deny' }>;

function refuse(release: CompiledRelease, reason: Denial['reason'], detail: string): Denial {
  return { outcome: 'deny', release: release.hash, policies: [], reason, detail };
}

function contextOf(release: CompiledRelease, tool: Tool, request: DecisionRequest) {
  const input = cedarRecord(release.shapeOf(tool), request.input);
  release.checkOf(tool)(request.input);
  const unit = release.bundle.units.find(({ id }) => id === request.agent.unit);
  const worth = unit && (release.bundle.exchangeRates ?? unit);
  const amount = convertAmount(tool, request.input as Record<string, unknown>, worth);
  return {
    input,
    purpose: request.purpose,
    ...(request.onBehalfOf !== undefined && { onBehalfOf: request.onBehalfOf }),
    ...(request.workflow !== undefined && { workflow: request.workflow }),
    ...(amount !== undefined && { amount: decimalValue(amount, 'amount') }),
  };
}

const uid = (type: string, id: string) => ({ type: `${NAMESPACE}::${type}`, id });

function ask(
  release: CompiledRelease,
  tool: Tool,
  request: DecisionRequest,
  context: ReturnType<typeof contextOf>,
  approvals: readonly string[],
): Answer {
  const answer = statefulIsAuthorized({
    principal: uid('Agent', request.agent.id),
    action: uid('Action', tool.name),
    resource: uid('Tool', tool.name),
    context: { ...context, approvals: [...approvals] },
    preparsedSchemaName: release.schemaOf(request.agent.unit, tool),
    validateRequest: true,
    preparsedPolicySetId: release.sliceOf(request.agent.unit, tool),
    entities: entitiesOf(release, tool, request),
  });
  if (answer.type === 'failure') return { allowed: false, reasons: [], failed: true };
  const { decision, diagnostics } = answer.response;
  const failed = diagnostics.errors.length > 0;
  return { allowed: decision === 'allow' && !failed, reasons: [...diagnostics.reason].sort(), failed };
}

/**
 * Only the agent, its unit and the tool: the engine's cost is linear in what it is given. Roles and systems hold
 * nothing of their own, so that to be a parent is all they need.
 */
function entitiesOf(release: CompiledRelease, tool: Tool, { agent }: DecisionRequest): EntityJson[] {
  const unit = uid('BusinessUnit', agent.unit);
  const roles = agent.roles.map((role) => uid('Role', role));
  const lists = release.bundle.units.find(({ id }) => id === agent.unit)?.lists ?? {};
  return [
    {
      uid: uid('Agent', agent.id),
      attrs: { unit: { __entity: unit }, stage: agent.stage, sponsor: agent.sponsor },
      parents: [unit, ...roles],
    },
    { uid: unit, attrs: { lists }, parents: [] },
    {
      uid: uid('Tool', tool.name),
      attrs: { unit: tool.unit, effect: tool.effect, reviewed: tool.reviewed, ...saidOf(tool) },
      parents: [uid('System', tool.system)],
    },
  ];
}

/** What a tool's manifest may say of itself for policies; what it does not say, `has` tells. */
function saidOf({ classification, stage, owner }: Tool): EntityJson['attrs'] {
  return {
    ...(classification !== undefined && { classification }),
    ...(stage !== undefined && { stage }),
    ...(owner !== undefined && { owner }),
  };
}
