import { Fault } from '../fault.ts';
import type { Tool } from '../governance/tool.ts';
import { remembered } from '../remembered.ts';
import { type Answer, askEngine, type Question } from './ask-engine.ts';
import { type CompiledPolicy, compilePolicy } from './compile-policy.ts';
import { createInputCheck, type InputCheck } from './input-check.ts';
import { inputShape, type RecordShape } from './input-shape.ts';
import type { ReleaseBundle } from './release.ts';
import { createSlices } from './slice.ts';

/** A release made ready to decide: parsed once, cut to unit and tool when first asked. */
export type CompiledRelease = {
  readonly hash: string;
  readonly bundle: ReleaseBundle;
  readonly policies: ReadonlyMap<string, CompiledPolicy>;
  shapeOf(tool: Tool): RecordShape;
  checkOf(tool: Tool): InputCheck;
  /** Asks the policies that concern the agent's unit and the tool. */
  ask(question: Question): Answer;
};

/** Parses a release for the engine. Throws `ReleaseUnreadable` when a policy does not parse: then all is denied. */
export function compileRelease(bundle: ReleaseBundle, hash: string): CompiledRelease {
  const policies = new Map(bundle.policies.map((source) => [source.id, compilePolicy(source)]));
  if (policies.size !== bundle.policies.length)
    throw new Fault('ReleaseUnreadable', 'two policies share an id');
  const shapes = remembered((_: string, tool: Tool) => inputShape(tool.input));
  const checks = remembered((_: string, tool: Tool) => createInputCheck(tool.input));
  const sliceOf = createSlices({ bundle, hash, policies: [...policies.values()] });
  return {
    hash,
    bundle,
    policies,
    shapeOf: (tool) => shapes(tool.name, tool),
    checkOf: (tool) => checks(tool.name, tool),
    ask: (question) => askEngine(bundle.units, sliceOf(question.agent.unit, question.tool), question),
  };
}
