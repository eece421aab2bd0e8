import { GRANT_DAYS, type GrantTerms } from '../../core/action/grant.ts';
import type { AgentRow } from '../../core/agent/agent.ts';
import { digest } from '../../core/canonical-json.ts';
import type { Refusal } from '../../core/change.ts';
import { didYouMean } from '../../core/did-you-mean.ts';
import type { Tool } from '../../core/governance/tool.ts';
import type { CompiledRelease } from '../../core/policy/compile-release.ts';
import { concerning } from '../../core/policy/concerning.ts';
import { toolFor } from '../../core/policy/decide.ts';
import type { Guard } from '../../core/policy/decision.ts';

export type Unfit = Refusal<'unfit-grant'>;
export const unfit = (detail: string): Unfit => ({ refused: 'unfit-grant', detail });

/** A guard and a tool as a release has them. */
export type Granting = { readonly guard: Guard; readonly guardHash: string; readonly toolHash: string };

/** Whether the guard can hold this agent on this tool at all, and the terms fit the tool and the time. */
export function checkGrant(
  release: CompiledRelease,
  agent: AgentRow,
  terms: GrantTerms,
  now: Date,
): Granting | Unfit {
  const tool = toolFor(release, { tool: terms.tool, agent });
  if (!tool) return unfit(`tool: no tool ${terms.tool} is open to unit ${agent.unit}`);
  const guards = concerning([...release.policies.values()], agent.unit, tool).filter(({ guard }) => guard);
  const policy = guards.find(({ source }) => source.id === terms.guard);
  const known = guards.map(({ source }) => source.id);
  if (!policy?.guard) {
    return unfit(`guard: no guard ${terms.guard} asks about ${terms.tool}${didYouMean(terms.guard, known)}`);
  }
  const days = (Date.parse(terms.until) - now.getTime()) / 86_400_000;
  if (days <= 0 || days > GRANT_DAYS) return unfit(`until: a moment within the next ${GRANT_DAYS} days`);
  const wrong = checkLimits(terms, tool);
  if (wrong !== undefined) return unfit(wrong);
  return { guard: policy.guard, guardHash: digest(policy.json), toolHash: tool.hash };
}

/** A limit on a field there is not, or on an amount of no one currency, says less than people read in it. */
function checkLimits({ limits, money }: GrantTerms, tool: Tool): string | undefined {
  const fields = Object.keys(tool.input['properties'] ?? {});
  const strange = Object.keys(limits).find((field) => !fields.includes(field));
  if (strange !== undefined) {
    return `limits: ${tool.name} has no field ${strange}${didYouMean(strange, fields)}`;
  }
  if (!tool.amount) {
    return money && `money: ${tool.name} declares no amount: limit the count alone`;
  }
  const { value, currency } = tool.amount;
  const limited = Object.hasOwn(limits, value);
  if (money && !limited) return `limits: give ${value} a max, so that each use is limited too`;
  const open = limited && !money && !Object.hasOwn(limits, currency);
  return open ? `limits: give ${currency} an equals, so that ${value} is of one currency` : undefined;
}
