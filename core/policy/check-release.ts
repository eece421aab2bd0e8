import { policyToJson, type PolicyJson, validate } from '@cedar-policy/cedar-wasm/nodejs';
import { cedarSchema } from './cedar-schema.ts';
import { checkPolicy, isOwnLift } from './check-policy.ts';
import { inputProblem } from './input-problem.ts';
import { nestingProblem } from './nesting.ts';
import { outputProblem } from './output-problem.ts';
import type { GroupSizes, Parsed, Place, ReleaseFinding } from './release-finding.ts';
import type { PolicySource, ReleaseBundle } from './release.ts';
import { reviewProblem } from './review-problem.ts';

/**
 * What a release must be before anything is decided by it: every policy parses, is what it claims and validates
 * strictly against the tools' schema; every tool's input maps exactly; unreviewed tools are stopped by the centre.
 */
export function checkRelease(
  bundle: ReleaseBundle,
  groups: GroupSizes,
  placeOf: (tool: string) => Place,
): ReleaseFinding[] {
  const unmapped = bundle.tools.flatMap((tool) => {
    const [input, output] = [inputProblem(tool), outputProblem(tool)];
    return [
      ...(input ? [{ ...placeOf(tool.name), reason: `input: ${input}` }] : []),
      ...(output ? [{ ...placeOf(tool.name), reason: `output: ${output}` }] : []),
    ];
  });
  const { parsed, findings } = parseAll(bundle.policies);
  const single = parsed.flatMap((policy) => checkPolicy(policy, groups));
  const whole = [
    ...repeatedIds(bundle.policies),
    ...unstopped(bundle, parsed, placeOf),
    ...moved(bundle, parsed),
  ];
  if (unmapped.length > 0 || findings.length > 0) return [...unmapped, ...findings, ...single, ...whole];
  return [...single, ...whole, ...strict(bundle)];
}

function parseAll(policies: readonly PolicySource[]) {
  const parsed: Parsed[] = [];
  const findings: ReleaseFinding[] = [];
  for (const source of policies) {
    const read = readPolicy(source.text);
    if ('json' in read) parsed.push({ source, json: read.json });
    else findings.push({ ...placed(source), reason: read.reason });
  }
  return { parsed, findings };
}

function readPolicy(text: string): { readonly json: PolicyJson } | { readonly reason: string } {
  const reason = nestingProblem(text);
  if (reason !== undefined) return { reason };
  const answer = policyToJson(text);
  if (answer.type === 'success') return { json: answer.json };
  return { reason: answer.errors[0]?.message ?? 'does not parse' };
}

const placed = ({ file, line }: PolicySource) => ({ file, line });

function repeatedIds(policies: readonly PolicySource[]): ReleaseFinding[] {
  const first = new Map<string, PolicySource>();
  return policies.flatMap((source) => {
    const other = first.get(source.id);
    first.set(source.id, other ?? source);
    return other
      ? [{ ...placed(source), reason: `@id "${source.id}" stands in ${other.file}:${other.line} too` }]
      : [];
  });
}

/** A tool the centre has not reviewed may be in no release unless a central forbid on everything stops such tools. */
function unstopped(
  bundle: ReleaseBundle,
  parsed: readonly Parsed[],
  placeOf: (tool: string) => Place,
): ReleaseFinding[] {
  const stops = parsed.some(({ source, json }) => source.layer === 'coe' && stopsUnreviewed(source.id, json));
  const unreviewed = stops ? [] : bundle.tools.filter(({ reviewed }) => !reviewed);
  return unreviewed.map((tool) => {
    const { name, hash } = tool;
    const problem = reviewProblem(tool, bundle);
    const why = problem ? ` (${problem})` : '';
    const reason = `the centre has not reviewed ${name} as it is${why}: add a ToolReview to coe/ (definition: ${hash}), or a central forbid when { !resource.reviewed }`;
    return { ...placeOf(name), reason };
  });
}

/** A central forbid may not lean on an amount while units say themselves what currencies are worth. */
function moved({ exchangeRates }: ReleaseBundle, parsed: readonly Parsed[]): ReleaseFinding[] {
  const amount = JSON.stringify({ left: { Var: 'context' }, attr: 'amount' });
  const leaning = parsed.filter(
    ({ source, json }) =>
      source.layer === 'coe' &&
      json.effect === 'forbid' &&
      JSON.stringify(json.conditions).includes(`".":${amount}`),
  );
  if (exchangeRates) return [];
  return leaning.map(({ source }) => ({
    ...placed(source),
    reason: 'context.amount is by each unit’s own rates, which it may change: add ExchangeRates to coe/',
  }));
}

/** A forbid on everything `when { !resource.reviewed }`, which nothing but its own approval lifts. */
function stopsUnreviewed(
  id: string,
  { effect, principal, action, resource, conditions }: PolicyJson,
): boolean {
  const everywhere = [principal, action, resource].every(({ op }) => op === 'All');
  const [first, ...rest] = conditions.filter((clause) => !isOwnLift(clause, id));
  const unreviewed = JSON.stringify({
    '!': { arg: { '.': { left: { Var: 'resource' }, attr: 'reviewed' } } },
  });
  const exact = first?.kind === 'when' && JSON.stringify(first.body) === unreviewed;
  return effect === 'forbid' && everywhere && exact && rest.length === 0;
}

function strict(bundle: ReleaseBundle): ReleaseFinding[] {
  const texts = Object.fromEntries(bundle.policies.map(({ id, text }) => [id, text]));
  const answer = validate({
    schema: cedarSchema(bundle),
    policies: { staticPolicies: texts },
    validationSettings: { mode: 'strict' },
  });
  const at = (id: string) =>
    placed(bundle.policies.find((policy) => policy.id === id) ?? ({ file: '', line: 1 } as PolicySource));
  if (answer.type === 'failure') {
    return [{ file: 'release', line: 1, reason: answer.errors[0]?.message ?? 'does not validate' }];
  }
  return answer.validationErrors.map(({ policyId, error }) => ({
    ...at(policyId),
    reason: [error.message, error.help].filter(Boolean).join('. '),
  }));
}
