import { preparsePolicySet, preparseSchema, statefulIsAuthorized } from '@cedar-policy/cedar-wasm/nodejs';
import { cedarSchema } from '../../core/policy/cedar-schema.ts';
import type { CompiledRelease } from '../../core/policy/compile-release.ts';
import { agentEntity, toolEntity, uid, unitEntity } from '../../core/policy/entities.ts';
import type { PolicySource } from '../../core/policy/release.ts';

type Texts = readonly Pick<PolicySource, 'id' | 'text'>[];

/**
 * The same release, except that the engine is asked the long way round: all policies of the centre and the agent's
 * unit as they are written (or those given), by the schema of all tools, with every entity whole and the request
 * held to the schema.
 */
export function wholeRelease(release: CompiledRelease, policiesOf = ownPolicies(release)): CompiledRelease {
  const { bundle, hash } = release;
  const schema = `${hash}/schema`;
  accept(preparseSchema(schema, cedarSchema(bundle)));
  const known = new Map<string, string>();
  const setOf = (unit: string) => {
    const name = known.get(unit) ?? `${hash}/whole/${unit}`;
    const staticPolicies = Object.fromEntries(policiesOf(unit).map(({ id, text }) => [id, text]));
    if (!known.has(unit)) accept(preparsePolicySet(name, { staticPolicies }));
    known.set(unit, name);
    return name;
  };
  return {
    ...release,
    ask: ({ agent, tool, context }) => {
      const answer = statefulIsAuthorized({
        principal: uid('Agent', agent.id),
        action: uid('Action', tool.name),
        resource: uid('Tool', tool.name),
        context,
        preparsedSchemaName: schema,
        validateRequest: true,
        preparsedPolicySetId: setOf(agent.unit),
        entities: [agentEntity(agent), unitEntity(bundle.units, agent.unit), toolEntity(tool)],
      });
      if (answer.type === 'failure') return { allowed: false, reasons: [], failed: true };
      const { decision, diagnostics } = answer.response;
      const failed = diagnostics.errors.length > 0;
      return { allowed: decision === 'allow' && !failed, reasons: [...diagnostics.reason].sort(), failed };
    },
  };
}

const ownPolicies =
  ({ bundle }: CompiledRelease) =>
  (unit: string): Texts =>
    bundle.policies.filter(({ layer }) => layer === 'coe' || layer === unit);

function accept(answer: ReturnType<typeof preparsePolicySet>): void {
  if (answer.type === 'failure') throw new Error(answer.errors[0]?.message ?? 'does not parse');
}
