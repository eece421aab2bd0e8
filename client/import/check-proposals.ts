import { checkManifests } from '../../core/governance/check-manifests.ts';
import { COE, governanceBody, readManifests } from '../../core/governance/manifest.ts';
import { createInputCheck } from '../../core/policy/input-check.ts';
import { inputProblem } from '../../core/policy/input-problem.ts';
import type { Imported, Proposal, Refused } from './proposal.ts';

/**
 * Holds proposals to what a release asks of tools, by the same checks: what would not publish is refused by its name,
 * and an answer that can't be checked is left undescribed.
 */
export function checkProposals({ proposals, refused }: Imported, system: string): Imported {
  const described = proposals.map(withOutput);
  const reasons = reasonsFor(described, system);
  const wrong = described.flatMap(({ operation, tool }, n): Refused[] => {
    const reason = reasons.get(n) ?? fieldProblem(tool.input) ?? prefixed(inputProblem(tool));
    return reason === undefined ? [] : [{ operation, reason }];
  });
  const names = new Set(wrong.map(({ operation }) => operation));
  return {
    proposals: described.filter(({ operation }) => !names.has(operation)),
    refused: [...refused, ...wrong],
  };
}

const prefixed = (reason: string | undefined) => (reason === undefined ? undefined : `input: ${reason}`);

/** Why manifests would be refused, by the proposal's number; they stand each on a line of its own. */
function reasonsFor(proposals: readonly Proposal[], id: string): ReadonlyMap<number, string> {
  const place = (document: unknown, line: number) => ({ file: 'import', line, layer: COE, document });
  const system = { kind: 'System', id, title: id, baseUrl: 'https://system.example.com' };
  const documents = proposals.map(({ tool }, n) => place(tool, n + 2));
  const body = governanceBody.parse({
    manifests: [place(system, 1), ...documents].slice(0, 5000),
    policies: [],
  });
  const { placed, findings } = readManifests(body);
  const all = [...findings, ...checkManifests(placed, body)].filter(({ line }) => line > 1);
  const uncounted = proposals
    .slice(4999)
    .map((_, n) => [n + 4999, 'more than 4,999 operations: import fewer with --only'] as const);
  const found = all.map(
    ({ line, reason }) => [line - 2, reason.replace(/import:\d+/g, 'this import')] as const,
  );
  return new Map([...found.toReversed(), ...uncounted]);
}

/** A governance file's `${NAME}` is replaced when it is read: a field may not be called so. */
function fieldProblem(schema: unknown): string | undefined {
  return /"[^"]*\$\{[A-Z][^"]*":/.test(JSON.stringify(schema)) ? 'input: a field is called ${…}' : undefined;
}

function withOutput(proposal: Proposal): Proposal {
  const { output, ...tool } = proposal.tool;
  if (output === undefined) return proposal;
  try {
    createInputCheck(output);
    return proposal;
  } catch (error) {
    const reason = error instanceof Error ? error.message.slice(0, 200) : 'can not be checked';
    return { ...proposal, tool, notes: [...proposal.notes, `its answer is not described: ${reason}`] };
  }
}
