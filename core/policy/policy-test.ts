import * as z from 'zod';
import { actingStages } from '../agent/agent.ts';
import { describeMisfit } from '../describe-misfit.ts';
import type { Finding, GovernanceBody } from '../governance/manifest.ts';
import { agentId, name, toolName } from '../id.ts';
import type { DecisionRequest } from './decision.ts';
import { parseRequirements } from './guard-of.ts';
import { toolStops } from './tool-stage.ts';

const ids = z.array(z.string().min(1).max(200)).min(1, 'name at least one');
const groups = z
  .string()
  .refine((text) => parseRequirements(text) !== undefined, 'write groups as @approval does: "finance:2"');
const denials = z.enum(['forbidden', 'not-permitted', 'invalid-input', 'unknown-tool', ...toolStops]);

/** What a case expects: exactly these guards (or the groups they ask, as in `@approval`), exactly these forbids. */
const expectation = z.union(
  [
    z.literal('allow'),
    z.strictObject({ hold: z.union([ids, groups]) }),
    z.strictObject({ deny: z.union([ids, denials]) }),
  ],
  {
    error: `write allow, { hold: [guard ids] }, { hold: "finance:2" }, { deny: [policy ids] } or { deny: ${denials.options.join(' | ')} }`,
  },
);
export type Expectation = z.infer<typeof expectation>;

/** One case shipped with policies: who asks for what, and what the rules must say to it. */
export const policyTest = z.strictObject({
  name: z.string().min(1).max(200),
  agent: z.strictObject({
    id: agentId.default(agentId.parse('agt_test')),
    unit: name,
    roles: z.array(name).max(20),
    stage: z.enum(actingStages).default('production'),
    sponsor: name.default('sponsor'),
  }),
  tool: toolName,
  /** `false` asks as if the centre had not reviewed the tool. */
  reviewed: z.literal(false).optional(),
  input: z.record(z.string(), z.unknown()),
  purpose: z.string().min(1).max(1000).default('A policy test'),
  onBehalfOf: z.string().min(1).max(320).optional(),
  workflow: name.optional(),
  /** Guard ids whose requirement the votes met. */
  approvals: z.array(z.string()).max(100).default([]),
  expect: expectation,
});
export type PolicyTest = z.infer<typeof policyTest>;

/** A case, where it stands, and for whom it speaks. */
export type PlacedTest = {
  readonly file: string;
  readonly line: number;
  readonly layer: string;
  readonly test: PolicyTest;
};

/** Reads the cases; each that does not fit is a finding that names the field. */
export function readPolicyTests({ tests: sources = [] }: Pick<GovernanceBody, 'tests'>): {
  readonly tests: readonly PlacedTest[];
  readonly findings: readonly Finding[];
} {
  const tests: PlacedTest[] = [];
  const findings: Finding[] = [];
  for (const { file, line, layer, document } of sources) {
    const parsed = policyTest.safeParse(document);
    if (parsed.success) tests.push({ file, line, layer, test: parsed.data });
    else
      findings.push({
        file,
        line,
        reason: describeMisfit(parsed.error, 'test case', { schema: policyTest, document }),
      });
  }
  return { tests, findings };
}

/** The question a case puts to the policy engine. */
export function requestOf({ name, reviewed, expect, ...request }: PolicyTest): DecisionRequest {
  return request;
}
