import * as z from 'zod';
import type { ToolStop } from './tool-stage.ts';

/** How many people of which group must agree. */
export const requirement = z.object({ group: z.string(), count: z.int().min(1).max(20) });
export type Requirement = z.infer<typeof requirement>;

/** A step of the escalation ladder: from so many seconds after the asking on, these people alone lift the guard too. */
export const rung = z.object({ ...requirement.shape, afterSeconds: z.int().min(60) });
export type Rung = z.infer<typeof rung>;

/** How surely it must be known who approves: by a link of one's own, or by having signed in. */
export const assurances = ['link', 'signed-in'] as const;
export type Assurance = (typeof assurances)[number];

/** How much is at stake, least first. A guard that does not say is `medium`. */
export const severities = ['low', 'medium', 'high', 'critical'] as const;
export type Severity = (typeof severities)[number];

/** A forbid that names who can lift it. */
export const guard = z.object({
  id: z.string(),
  title: z.string(),
  requires: z.array(requirement).min(1),
  expiresSeconds: z.int().min(60),
  escalate: z.array(rung).optional(),
  assurance: z.enum(assurances).optional(),
  severity: z.enum(severities).optional(),
});
export type Guard = z.infer<typeof guard>;

/** The gravest severity among guards. */
export function severityOf(guards: readonly Guard[]): Severity {
  const ranks = guards.map(({ severity = 'medium' }) => severities.indexOf(severity));
  return severities[Math.max(0, ...ranks)] ?? 'critical';
}

/** Reads an ISO 8601 duration of days, hours and minutes, one minute to thirty days, as seconds. */
export function parseExpires(text: string): number | undefined {
  const match = /^P(?:(\d{1,2})D)?(?:T(?:(\d{1,3})H)?(?:(\d{1,4})M)?)?$/.exec(text);
  if (!match || text.endsWith('T')) return undefined;
  const [days = 0, hours = 0, minutes = 0] = match.slice(1).map((part) => Number(part ?? 0));
  const seconds = ((days * 24 + hours) * 60 + minutes) * 60;
  return seconds >= 60 && seconds <= 30 * 86_400 ? seconds : undefined;
}

/** What the engine said, with all it leaned on. */
export type Decision =
  | { readonly outcome: 'allow'; readonly release: string; readonly policies: readonly string[] }
  | {
      readonly outcome: 'hold';
      readonly release: string;
      readonly policies: readonly string[];
      readonly guards: readonly [Guard, ...Guard[]];
    }
  | {
      readonly outcome: 'deny';
      readonly release: string;
      /** The forbids that determined it; empty when nothing permits it or an error did. */
      readonly policies: readonly string[];
      readonly reason:
        | 'forbidden'
        | 'not-permitted'
        | 'error'
        | 'invalid-input'
        | 'unknown-tool'
        | 'no-release'
        | ToolStop['reason'];
      /** Says what would have to be different; shown to the agent. */
      readonly detail: string;
    };

/** One question to the policy engine: may this agent do this now? */
export type DecisionRequest = {
  readonly agent: {
    readonly id: string;
    readonly unit: string;
    readonly roles: readonly string[];
    readonly stage: string;
    readonly sponsor: string;
  };
  /** Agents that lent this one their say: the same is asked of each, and the strictest answer counts. */
  readonly links?: readonly DecisionRequest['agent'][] | undefined;
  readonly tool: string;
  readonly input: unknown;
  readonly purpose: string;
  readonly onBehalfOf?: string | undefined;
  readonly workflow?: string | undefined;
  /** Guard ids whose requirement the votes meet. */
  readonly approvals: readonly string[];
};
