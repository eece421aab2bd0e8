import type { Rate } from '../../core/action/rate.ts';
import type { Judged } from '../../core/action/request-action.ts';
import type { System } from '../../core/governance/system.ts';
import { canonicalJson } from '../../core/canonical-json.ts';
import { REDACTED, redact } from '../../core/governance/redact.ts';
import { DOOR_SECONDS, type Tool } from '../../core/governance/tool.ts';
import { type CompiledRelease, compileRelease } from '../../core/policy/compile-release.ts';
import { decide } from '../../core/policy/decide.ts';
import { spendingOf } from '../../core/policy/spending-of.ts';
import type { Decision, DecisionRequest } from '../../core/policy/decision.ts';
import { InputError } from '../../core/policy/shape-value.ts';
import { activeReleaseRow } from '../../core/policy/release.ts';
import { parseRow } from '../../core/row.ts';
import { errorDetails, type Log } from '../aws/log.ts';
import type { StoredRow } from '../aws/registry.ts';
import type { Releases } from '../aws/releases.ts';

/** A decision with the tool and system it was about, as the deciding release pins them. */
export type Verdict = Judged & {
  readonly tool: Tool | undefined;
  readonly system: System | undefined;
  /** How often the unit's agents may ask and the tool may be called, where that is limited. */
  readonly rates?: readonly Rate[];
};

/** Asks the release in force; whatever goes wrong on the way is a denial, never an exception and never an allow. */
export type Judge = (active: StoredRow | undefined, request: DecisionRequest) => Promise<Verdict>;

export type OpenRelease = (hash: string) => Promise<CompiledRelease>;

/** Releases are immutable, so a compiled one is kept for as long as the process lives; the last three of them. */
export function createOpenRelease(releases: Pick<Releases, 'load'>): OpenRelease {
  const kept = new Map<string, CompiledRelease>();
  return async (hash) => {
    const known = kept.get(hash);
    if (known) return known;
    const compiled = compileRelease(await releases.load(hash), hash);
    kept.set(hash, compiled);
    for (const old of [...kept.keys()].slice(0, -3)) kept.delete(old);
    return compiled;
  };
}

export function createJudge(open: OpenRelease, log: Log): Judge {
  return async (active, request) => {
    if (!active)
      return denied(
        request,
        '',
        'no-release',
        'no policy release is active: apply one with `autonomy apply`',
      );
    let hash = '';
    try {
      hash = parseRow(activeReleaseRow, active).release;
      const release = await open(hash);
      const decision = decide(release, request);
      const tool = release.bundle.tools.find((candidate) => candidate.name === request.tool);
      const system = release.bundle.systems.find((candidate) => candidate.id === tool?.system);
      const rates = ratesOf(release, request, tool);
      const slow = tool && tool.timeoutSeconds > DOOR_SECONDS && { callSeconds: tool.timeoutSeconds };
      const about = {
        asked: request,
        tool,
        system,
        toolHash: tool?.hash ?? '',
        rates,
        ...slow,
        ...(tool?.preview !== undefined && { preview: tool.preview }),
        ...shownInput(tool, request),
      };
      if (decision.outcome === 'deny' || !tool) return { decision, ...about };
      return judgeSpending(release, tool, { decision, ...about });
    } catch (error) {
      log('error', 'FAULT', errorDetails(error));
      return denied(
        request,
        hash,
        'error',
        'the rules could not be evaluated, so nothing is allowed; try again later',
      );
    }
  };
}

/** What people and the log see of the input, where that is not all of it. */
function shownInput(tool: Tool | undefined, { input }: DecisionRequest) {
  const shown = tool && redact(tool.input, input);
  const differs = shown !== undefined && canonicalJson(shown) !== canonicalJson(input);
  return differs && { shown: shown as Readonly<Record<string, unknown>> };
}

function ratesOf(
  { bundle }: CompiledRelease,
  { agent }: DecisionRequest,
  tool: Tool | undefined,
): readonly Rate[] {
  const unit = bundle.units.find(({ id }) => id === agent.unit)?.requestsPerMinute;
  const calls = tool?.callsPerMinute;
  return [
    ...(unit === undefined ? [] : [{ scope: `unit:${agent.unit}`, perMinute: unit }]),
    ...(tool && calls !== undefined ? [{ scope: `tool:${tool.name}`, perMinute: calls }] : []),
  ];
}

/** Adds what it takes of budgets; when nobody can say, it is denied. */
function judgeSpending(
  release: CompiledRelease,
  tool: Tool,
  verdict: Verdict & { readonly asked: DecisionRequest },
) {
  try {
    return { ...verdict, spending: spendingOf(release.bundle, tool, verdict.asked) };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const { release: hash } = verdict.decision;
    const refused = { outcome: 'deny', release: hash, policies: [], reason: 'invalid-input' } as const;
    return { ...verdict, decision: { ...refused, detail: error.message } };
  }
}

/** Where no schema can be read, nobody knows which values are sensitive: the log gets the names of the fields alone. */
const unseen = ({ input }: DecisionRequest): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.keys(input as object).map((field) => [field, REDACTED]));

function denied(
  asked: DecisionRequest,
  release: string,
  reason: 'no-release' | 'error',
  detail: string,
): Verdict {
  const decision: Decision = { outcome: 'deny', release, policies: [], reason, detail };
  return { decision, asked, tool: undefined, system: undefined, toolHash: '', shown: unseen(asked) };
}
