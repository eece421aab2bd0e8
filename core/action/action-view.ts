import * as z from 'zod';
import type { ApprovalRow } from '../approval/approval.ts';
import { requirement } from '../policy/decision.ts';
import { type ActionRow, actionRow } from './action.ts';

const rule = z.object({ id: z.string(), title: z.string() });
const guardView = rule.extend({ requires: z.array(requirement) });

const questionView = z.object({
  number: z.int(),
  text: z.string(),
  at: z.string(),
  answer: z.object({ text: z.string(), at: z.string() }).optional(),
});

/** An action as its agent sees it. `denied` is an answer, not an exception: `problem` says why. */
export const viewedAction = z.object({
  id: z.string(),
  status: actionRow.shape.status.describe('`held` and `started` are not the end: ask again later'),
  tool: z.string(),
  requestedAt: z.string(),
  settledAt: z.string().optional(),
  output: z.unknown().optional().describe('What the tool answered, once it succeeded'),
  problem: actionRow.shape.problem.describe('Why it was denied, ended otherwise or failed'),
  policies: z.array(z.string()).describe('The rules that determined the decision'),
  approval: z
    .object({ id: z.string(), expiresAt: z.string(), requires: z.array(requirement) })
    .optional()
    .describe('While it is held: who must agree, and until when'),
  questions: z.array(questionView).optional().describe('What approvers want to know before they decide'),
});
export type ActionView = z.infer<typeof viewedAction>;

/** A problem that carries the denied action. */
export const viewedDenial = z.looseObject({
  title: z.string(),
  detail: z.string(),
  action: viewedAction.optional(),
});

/** What would happen to a request. */
export const foresight = z.object({
  outcome: z.enum(['allow', 'hold', 'deny']),
  reason: z.string().optional().describe('Why it would be denied, as a code'),
  detail: z.string().describe('What would have to be different'),
  release: z.string().optional(),
  rules: z.array(rule),
  guards: z.array(guardView),
});
export type ForesightView = z.infer<typeof foresight>;

/** The tools an agent may use, each with the rules whose scope meets it: what opens, may hold and may forbid it. */
export const viewedTools = z.object({
  tools: z.array(
    z.object({
      name: z.string(),
      title: z.string(),
      description: z.string(),
      effect: z.string(),
      input: z.record(z.string(), z.unknown()).describe('JSON Schema of the input'),
      output: z.record(z.string(), z.unknown()).optional().describe('JSON Schema of the output'),
      why: z.object({ permits: z.array(rule), guards: z.array(guardView), forbids: z.array(rule) }),
    }),
  ),
});
export type ToolView = z.infer<typeof viewedTools>['tools'][number];

/** An action as its agent may see it: no votes, no people, no links, no tokens; questions, not who asks. */
export function actionView(
  row: ActionRow,
  approval?: Pick<ApprovalRow, 'id' | 'expiresAt' | 'guards' | 'questions'>,
): ActionView {
  return {
    id: row.id,
    status: row.status,
    tool: row.tool,
    requestedAt: row.requestedAt,
    settledAt: row.settledAt,
    output: row.output,
    problem: row.problem,
    policies: row.policies,
    approval: approval && {
      id: approval.id,
      expiresAt: approval.expiresAt,
      requires: approval.guards.flatMap((guard) => guard.requires),
    },
    questions: approval?.questions?.map(({ text, at, answer }, n) => ({ number: n + 1, text, at, answer })),
  };
}
