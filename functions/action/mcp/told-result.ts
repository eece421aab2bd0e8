import type { CallToolResult } from '@modelcontextprotocol/server';
import * as z from 'zod';
import { actionRow, type ActionStatus } from '../../../core/action/action.ts';
import type { ActionView } from '../../../core/action/action-view.ts';
import { LOOK_SECONDS, wordsOf } from '../../../core/action/action-words.ts';
import { requirement } from '../../../core/policy/decision.ts';
import type { Problem } from '../../http/problem.ts';

/** What became of a call. Nobody who decides is named, and no way to decide is shown. */
export const told = z.object({
  action: z.string().optional().describe('The handle: get_action tells what became of it'),
  status: z
    .enum([...actionRow.shape.status.options, 'refused'])
    .describe('Only `succeeded` means it was done'),
  output: z.unknown().optional(),
  problem: z.object({ code: z.string(), detail: z.string() }).optional(),
  policies: z.array(z.string()).optional().describe('The rules that determined the decision'),
  waitsFor: z.array(requirement).optional().describe('How many people of which groups must agree'),
  expiresAt: z.string().optional().describe('When waiting ends, and nothing was done'),
  retryAfterSeconds: z.number().optional().describe('Do not ask again sooner'),
  questions: z
    .array(z.object({ number: z.number(), text: z.string(), answer: z.string().optional() }))
    .optional()
    .describe('What approvers want to know first: answer_question'),
});
export type Told = z.infer<typeof told>;

const goodEnds: readonly ActionStatus[] = ['succeeded', 'held', 'started'];

/**
 * An action as the result of the call that asked for it; a bad end is an error. An answer that is not what the tool is
 * said to answer (`misfit` says how) is text alone.
 */
export function resultOf(view: ActionView, misfit?: string): CallToolResult {
  const { content, structuredContent: said } = reportOf(view);
  if (misfit !== undefined) {
    const { output, ...rest } = told.parse(said);
    const detail = `it was done, and the answer is not what the tool is said to answer: ${misfit}`;
    return { content, structuredContent: { ...rest, problem: { code: 'unexpected-output', detail } } };
  }
  return { content, structuredContent: said, ...(!goodEnds.includes(view.status) && { isError: true }) };
}

/** An action as the result of asking what became of it. */
export function reportOf(view: ActionView): CallToolResult {
  const structuredContent = toldOf(view);
  return { content: [{ type: 'text', text: wordsOf(view) }], structuredContent };
}

/** A call that became no action. */
export function refusal({ code, detail, headers }: Omit<Problem, 'status'>): CallToolResult {
  const later = headers?.['retry-after'];
  const structuredContent: Told = {
    status: 'refused',
    problem: { code, detail },
    ...(later !== undefined && { retryAfterSeconds: Number(later) }),
  };
  return {
    content: [{ type: 'text', text: `Refused (${code}): ${detail}` }],
    structuredContent,
    isError: true,
  };
}

function toldOf(view: ActionView): Told {
  const { id, status, output, problem, policies, approval, questions } = view;
  const open = status === 'held' || status === 'started';
  return {
    action: id,
    status,
    ...(output !== undefined && { output }),
    ...(problem && { problem }),
    ...(policies.length > 0 && { policies }),
    ...(approval && status === 'held' && { waitsFor: approval.requires, expiresAt: approval.expiresAt }),
    ...(open && { retryAfterSeconds: LOOK_SECONDS }),
    ...(questions?.length && {
      questions: questions.map(({ number, text, answer }) => ({ number, text, answer: answer?.text })),
    }),
  };
}
