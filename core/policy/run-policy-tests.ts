import { didYouMean } from '../did-you-mean.ts';
import type { Finding } from '../governance/manifest.ts';
import { type CompiledRelease, compileRelease } from './compile-release.ts';
import { decide } from './decide.ts';
import type { Decision, Guard, Requirement } from './decision.ts';
import { parseRequirements } from './guard-of.ts';
import { type Expectation, type PlacedTest, type PolicyTest, requestOf } from './policy-test.ts';
import { type ReleaseBundle, releaseHash } from './release.ts';

type Decided = PlacedTest & { readonly decision: Decision };

/**
 * Decides every case under a release nobody decides by yet: a case that comes out otherwise is a finding, and so is
 * a policy that determines no case of its layer, if the layer ships any. The release must have passed `checkRelease`.
 */
export function runPolicyTests(bundle: ReleaseBundle, tests: readonly PlacedTest[]): Finding[] {
  if (tests.length === 0) return [];
  const release = compileRelease(bundle, releaseHash(bundle));
  const unaskable = tests.flatMap((placed) => checkNames(release, placed));
  if (unaskable.length > 0) return unaskable;
  const cases = tests.map((placed): Decided => {
    const decision = decide(supposing(release, placed.test), requestOf(placed.test));
    return { ...placed, decision };
  });
  return [...cases.flatMap(failure), ...undetermined(bundle, cases)];
}

/** A unit asks for its own agents alone, and every name is one there is: a misspelt one would be denied for that. */
function checkNames(
  { bundle, policies }: CompiledRelease,
  { file, line, layer, test }: PlacedTest,
): Finding[] {
  const { agent, tool, approvals } = test;
  const has = (list: readonly { readonly id: string }[], id: string) => list.some((each) => each.id === id);
  const guards = [...policies].flatMap(([each, { guard }]) => (guard ? [each] : []));
  const reasons: string[] = [];
  if (layer !== 'coe' && agent.unit !== layer) {
    reasons.push(`agent.unit: tests of unit ${layer} are about its own agents, not those of ${agent.unit}`);
  } else if (!has(bundle.units, agent.unit))
    reasons.push(`agent.unit: there is no unit ${agent.unit}${guess(bundle.units, agent.unit)}`);
  for (const role of agent.roles) {
    if (!has(bundle.roles, role))
      reasons.push(`agent.roles: there is no role ${role}${guess(bundle.roles, role)}`);
  }
  if (!bundle.tools.some((each) => each.name === tool))
    reasons.push(
      `tool: there is no tool ${tool}${didYouMean(
        tool,
        bundle.tools.map(({ name }) => name),
      )}`,
    );
  for (const id of approvals) {
    if (!policies.get(id)?.guard) reasons.push(`approvals: there is no guard ${id}${didYouMean(id, guards)}`);
  }
  return reasons.map((reason) => ({ file, line, reason }));
}

const guess = (known: readonly { readonly id: string }[], word: string): string =>
  didYouMean(
    word,
    known.map(({ id }) => id),
  );

/** The release as it would be without the centre's review of the tool, if the case supposes that. */
function supposing(release: CompiledRelease, { tool, reviewed }: PolicyTest): CompiledRelease {
  if (reviewed === undefined) return release;
  const tools = release.bundle.tools.map((each) => (each.name === tool ? { ...each, reviewed } : each));
  return { ...release, bundle: { ...release.bundle, tools } };
}

function failure({ file, line, test, decision }: Decided): Finding[] {
  if (meets(decision, test.expect)) return [];
  const reason = `test "${test.name}": expected ${expected(test.expect)}; came ${came(decision)}`;
  return [{ file, line, reason }];
}

function meets(decision: Decision, expect: Expectation): boolean {
  if (expect === 'allow') return decision.outcome === 'allow';
  if ('hold' in expect) {
    if (decision.outcome !== 'hold') return false;
    return typeof expect.hold === 'string'
      ? same(asked(decision.guards), quorum(parseRequirements(expect.hold) ?? []))
      : same(decision.policies, expect.hold);
  }
  if (decision.outcome !== 'deny') return false;
  return typeof expect.deny === 'string'
    ? decision.reason === expect.deny
    : same(decision.policies, expect.deny);
}

const same = (a: readonly string[], b: readonly string[]): boolean =>
  new Set(a).symmetricDifference(new Set(b)).size === 0;

const quorum = (requires: readonly Requirement[]): string[] =>
  requires.map(({ group, count }) => `${group}:${count}`);
const asked = (guards: readonly Guard[]): string[] => guards.flatMap(({ requires }) => quorum(requires));

function expected(expect: Expectation): string {
  if (expect === 'allow') return 'allow';
  if ('hold' in expect) return `hold by ${[expect.hold].flat().join(', ')}`;
  return `deny by ${[expect.deny].flat().join(', ')}`;
}

function came(decision: Decision): string {
  switch (decision.outcome) {
    case 'allow':
      return `allow: permitted by ${decision.policies.join(', ')}`;
    case 'hold':
      return `hold by ${decision.guards.map((guard) => `${guard.id} (${guard.title}; asks ${asked([guard]).join(', ')})`).join(', ')}`;
    case 'deny':
      return `deny by ${[decision.reason, ...decision.policies].join(', ')}: ${decision.detail}`;
  }
}

function undetermined({ policies }: ReleaseBundle, cases: readonly Decided[]): Finding[] {
  const tested = new Set(cases.map(({ layer }) => layer));
  const seen = new Set(
    cases.flatMap(({ layer, decision }) => decision.policies.map((id) => `${layer} ${id}`)),
  );
  return policies
    .filter(({ layer, id }) => tested.has(layer) && !seen.has(`${layer} ${id}`))
    .map(({ file, line, layer, id }) => ({
      file,
      line,
      reason: `no test case is determined by ${id}: add one to a .cedar.test.yaml of ${layer}`,
    }));
}
