import type { Tool } from '../governance/tool.ts';
import type { Answer } from './ask-engine.ts';
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
    const askWith = (approvals: readonly string[]) =>
      release.ask({ agent: request.agent, tool, context: { ...context, approvals: [...approvals] } });
    return judge(release, askWith, request.approvals);
  } catch (error) {
    if (error instanceof InputError) return refuse(release, 'invalid-input', error.message);
    return refuse(release, 'error', 'the rules could not be evaluated, so nothing is allowed');
  }
}

/** A unit's agents reach its own tools, shared ones and the centre's. */
export const isOpenTo = ({ unit, shared }: Tool, own: string): boolean =>
  shared || unit === 'coe' || unit === own;

export function toolFor(
  { bundle }: CompiledRelease,
  { tool, agent }: Pick<DecisionRequest, 'tool' | 'agent'>,
): Tool | undefined {
  return bundle.tools.find((each) => each.name === tool && isOpenTo(each, agent.unit));
}

function judge(
  release: CompiledRelease,
  askWith: (approvals: readonly string[]) => Answer,
  approvals: readonly string[],
): Decision {
  const first = askWith(approvals);
  if (first.failed) return refuse(release, 'error', 'a rule could not be evaluated, so nothing is allowed');
  if (first.allowed) return { outcome: 'allow', release: release.hash, policies: first.reasons };
  if (first.reasons.length === 0) {
    return refuse(release, 'not-permitted', 'no rule permits this: ask your unit for one');
  }
  const guards = first.reasons.map((id) => release.policies.get(id)?.guard);
  if (!guards.every((guard) => guard !== undefined)) return forbid(release, first.reasons);
  const lifted = askWith([...approvals, ...first.reasons]);
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
