import { policyToJson, type PolicyJson } from '@cedar-policy/cedar-wasm/nodejs';
import { Fault } from '../fault.ts';
import type { Guard } from './decision.ts';
import { guardOf } from './guard-of.ts';
import type { PolicySource } from './release.ts';

/** A policy with the syntax tree the engine read, and the guard it is. */
export type CompiledPolicy = {
  readonly source: PolicySource;
  readonly json: PolicyJson;
  readonly guard: Guard | undefined;
};

/** Throws `ReleaseUnreadable` when the policy does not parse. */
export function compilePolicy(source: PolicySource): CompiledPolicy {
  const parsed = policyToJson(source.text);
  if (parsed.type === 'failure') throw new Fault('ReleaseUnreadable', `policy ${source.id} does not parse`);
  return { source, json: parsed.json, guard: guardOf(source.id, parsed.json) };
}
