import { preparsePolicySet } from '@cedar-policy/cedar-wasm/nodejs';
import type { CompiledRelease } from '../../core/policy/compile-release.ts';

/**
 * The same release, except that the engine is asked with every policy of the centre and the agent's unit, and with
 * the schema of all tools.
 */
export function unsliced(release: CompiledRelease): CompiledRelease {
  const known = new Map<string, string>();
  return {
    ...release,
    schemaOf: () => release.schema,
    sliceOf: (unit) => {
      const name = known.get(unit) ?? preparse(release, unit);
      known.set(unit, name);
      return name;
    },
  };
}

function preparse(release: CompiledRelease, unit: string): string {
  const name = `${release.hash}/unsliced/${unit}`;
  const own = release.bundle.policies.filter(({ layer }) => layer === 'coe' || layer === unit);
  const staticPolicies = Object.fromEntries(own.map(({ id, text }) => [id, text]));
  const answer = preparsePolicySet(name, { staticPolicies });
  if (answer.type === 'failure') throw new Error(`${name}: ${answer.errors[0]?.message ?? 'does not parse'}`);
  return name;
}
