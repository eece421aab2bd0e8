import {
  checkParsePolicySet,
  policyToJson,
  type PolicyJson,
  preparsePolicySet,
  preparseSchema,
} from '@cedar-policy/cedar-wasm/nodejs';
import { Fault } from '../fault.ts';
import type { Tool } from '../governance/tool.ts';
import { cedarSchema, NAMESPACE } from './cedar-schema.ts';
import type { Guard } from './decision.ts';
import { guardOf } from './guard-of.ts';
import { createInputCheck, type InputCheck } from './input-check.ts';
import { inputShape, type RecordShape } from './input-shape.ts';
import type { PolicySource, ReleaseBundle } from './release.ts';

export type CompiledPolicy = {
  readonly source: PolicySource;
  readonly json: PolicyJson;
  readonly guard: Guard | undefined;
};

/** A release made ready to decide: parsed once, cut to unit and tool when first asked. */
export type CompiledRelease = {
  readonly hash: string;
  readonly bundle: ReleaseBundle;
  readonly policies: ReadonlyMap<string, CompiledPolicy>;
  /** Name under which the engine holds the schema of all tools. */
  readonly schema: string;
  shapeOf(tool: Tool): RecordShape;
  checkOf(tool: Tool): InputCheck;
  /** Name under which the engine holds the policies that concern this unit's agents on this tool. */
  sliceOf(unit: string, tool: Tool): string;
  /** Name of a schema by which that slice decides as by the whole: the engine's cost is linear in its actions. */
  schemaOf(unit: string, tool: Tool): string;
};

/** Parses a release for the engine. Throws `ReleaseUnreadable` when anything in it does not parse: then all is denied. */
export function compileRelease(bundle: ReleaseBundle, hash: string): CompiledRelease {
  const schema = `${hash}/schema`;
  accept(preparseSchema(schema, cedarSchema(bundle)), 'the schema');
  const policies = new Map(bundle.policies.map((source) => [source.id, compilePolicy(source)]));
  if (policies.size !== bundle.policies.length)
    throw new Fault('ReleaseUnreadable', 'two policies share an id');
  const shapes = remembered((_: string, tool: Tool) => inputShape(tool.input));
  const checks = remembered((_: string, tool: Tool) => createInputCheck(tool.input));
  const concern = ({ unit, tool }: Question) => concerning([...policies.values()], unit, tool);
  const slices = remembered((name: string, question: Question) => preparseSlice(name, concern(question)));
  const schemas = remembered((name: string, { tool }: Question) => preparseOwnSchema(name, bundle, tool));
  const schemaNames = remembered((_: string, question: Question) =>
    concern(question).some(looksAtActions) ? schema : schemas(`${schema}/${question.tool.name}`, question),
  );
  return {
    hash,
    bundle,
    policies,
    schema,
    shapeOf: (tool) => shapes(tool.name, tool),
    checkOf: (tool) => checks(tool.name, tool),
    sliceOf: (unit, tool) => slices(`${hash}/${unit}/${tool.name}`, { unit, tool }),
    schemaOf: (unit, tool) => schemaNames(`${unit}/${tool.name}`, { unit, tool }),
  };
}

type Question = { readonly unit: string; readonly tool: Tool };

function preparseSlice(name: string, chosen: readonly CompiledPolicy[]): string {
  const texts = Object.fromEntries(chosen.map(({ source }) => [source.id, source.text]));
  accept(checkParsePolicySet({ staticPolicies: texts }), name);
  accept(preparsePolicySet(name, { staticPolicies: texts }), name);
  return name;
}

function preparseOwnSchema(name: string, bundle: ReleaseBundle, tool: Tool): string {
  const tools = bundle.tools.filter((each) => each.name === tool.name);
  accept(preparseSchema(name, cedarSchema({ tools, units: bundle.units })), name);
  return name;
}

/** Whether a condition names any action: only then can the groups of other tools' actions matter. */
const looksAtActions = ({ json }: CompiledPolicy) =>
  JSON.stringify(json.conditions).includes(`"${NAMESPACE}::Action"`);

function compilePolicy(source: PolicySource): CompiledPolicy {
  const parsed = policyToJson(source.text);
  if (parsed.type === 'failure') throw new Fault('ReleaseUnreadable', `policy ${source.id} does not parse`);
  return { source, json: parsed.json, guard: guardOf(source.id, parsed.json) };
}

/**
 * The policies that can matter: the centre's and the unit's own, less those whose scope names other actions. A
 * unit's policies are thereby never asked about another unit's agents.
 */
export function concerning(
  policies: readonly CompiledPolicy[],
  unit: string,
  tool: Tool,
): readonly CompiledPolicy[] {
  const actions = new Set([tool.name, ...tool.groups]);
  return policies.filter(
    ({ source, json }) => (source.layer === 'coe' || source.layer === unit) && names(json, actions),
  );
}

/** Whether a policy's scope takes in one of these actions. */
export function names({ action }: PolicyJson, actions: ReadonlySet<string>): boolean {
  if (action.op === 'All') return true;
  const entities = 'entities' in action ? action.entities : 'entity' in action ? [action.entity] : [];
  if (entities.length === 0) return true;
  return entities.some((entity) => actions.has('__entity' in entity ? entity.__entity.id : entity.id));
}

function accept(answer: ReturnType<typeof checkParsePolicySet>, what: string): void {
  if (answer.type === 'success') return;
  throw new Fault(
    'ReleaseUnreadable',
    `${what} does not parse: ${answer.errors[0]?.message ?? 'no reason given'}`,
  );
}

function remembered<Input, Output>(make: (name: string, input: Input) => Output) {
  const known = new Map<string, Output>();
  return (name: string, input: Input): Output => {
    const found = known.get(name);
    if (found !== undefined) return found;
    const made = make(name, input);
    known.set(name, made);
    return made;
  };
}
