import { isDeepStrictEqual } from 'node:util';
import {
  type EntityJson,
  policyToJson,
  type PolicyJson,
  type PolicySet,
  preparsePolicySet,
} from '@cedar-policy/cedar-wasm/nodejs';
import { Fault } from '../fault.ts';
import type { Tool } from '../governance/tool.ts';
import { remembered } from '../remembered.ts';
import type { CompiledPolicy } from './compile-policy.ts';
import { concerning } from './concerning.ts';
import { actionEntity } from './entities.ts';
import { type Named, namedByAny, namedEntity, namedIn } from './named.ts';
import type { ReleaseBundle } from './release.ts';

/** What can matter when agents of one unit use one tool. */
export type Slice = {
  /** Under which the engine holds the policies. */
  readonly name: string;
  readonly named: Named;
  /** The tool's action and every other that a policy names. */
  readonly actions: readonly EntityJson[];
};

type Uncut = {
  readonly bundle: ReleaseBundle;
  readonly hash: string;
  readonly policies: readonly CompiledPolicy[];
};

/**
 * Slices of a release, each cut when first asked for. Throws `ReleaseUnreadable` when the engine does not take the
 * policies of one.
 */
export function createSlices({ bundle, hash, policies }: Uncut): (unit: string, tool: Tool) => Slice {
  const parts = remembered((_: string, policy: CompiledPolicy) => partOf(policy));
  const slices = remembered((name: string, { unit, tool }: { unit: string; tool: Tool }): Slice => {
    const chosen = concerning(policies, unit, tool).map((policy) => parts(policy.source.id, policy));
    const staticPolicies = Object.fromEntries(chosen.map(({ id, text }) => [id, text]));
    preparse(name, { staticPolicies });
    const named = namedByAny(chosen.map((part) => part.named));
    const actions = bundle.tools.filter((each) => each.name === tool.name || named.words.has(each.name));
    return { name, named, actions: actions.flatMap((each) => namedEntity(named, actionEntity(each))) };
  });
  return (unit, tool) => slices(`${hash}/${unit}/${tool.name}`, { unit, tool });
}

/** A policy as a slice holds it. */
type Part = { readonly id: string; readonly text: string; readonly named: Named };

const ACTION_SCOPE = /,\s*action\s+(?:==|in)\s+(?:\[[^\]]*\]|[^,[\]]*),(?=\s*resource\b)/;

/**
 * As if the policy's scope took in every action, since being in the slice settles that it takes in this one. As it was
 * written where that can't be cut out: the engine's parser must find all else unchanged.
 */
function partOf({ source: { id, text }, json }: CompiledPolicy): Part {
  const cut = text.replace(ACTION_SCOPE, ', action,');
  const open: PolicyJson = { ...json, action: { op: 'All' } };
  const parsed = policyToJson(cut);
  const same = parsed.type === 'success' && isDeepStrictEqual(parsed.json, open);
  return same ? { id, text: cut, named: namedIn(open) } : { id, text, named: namedIn(json) };
}

function preparse(name: string, policies: PolicySet): void {
  const answer = preparsePolicySet(name, policies);
  if (answer.type === 'success') return;
  const reason = answer.errors[0]?.message ?? 'no reason given';
  throw new Fault('ReleaseUnreadable', `${name} does not parse: ${reason}`);
}
