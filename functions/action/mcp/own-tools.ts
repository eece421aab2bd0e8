import type { CallToolResult, Tool } from '@modelcontextprotocol/server';
import * as z from 'zod';
import { findStop } from '../../../core/action/admission.ts';
import { answerBody, withdrawBody } from '../../../core/approval/waiting-bodies.ts';
import { ProblemError } from '../../http/problem.ts';
import { ownAction, viewAction } from '../own-action.ts';
import { answer, withdraw } from '../waiting-routes.ts';
import { parse } from './parse.ts';
import type { Call, Desk } from './serve-agent.ts';
import { reportOf } from './told-result.ts';
import { jsonSchemaOf, outputSchema } from './tool-schema.ts';

const handle = { action: z.string().describe('The handle of the action: act_…') };
const own = {
  get_action: {
    title: 'What became of an action',
    description: 'Tells whether an action still waits, was carried out or was refused. Nothing is done.',
    input: z.strictObject(handle),
    hints: { readOnlyHint: true, idempotentHint: true },
  },
  withdraw_action: {
    title: 'Take back an action',
    description: 'Ends an action that still waits for people: they need not decide, and nothing is done.',
    input: withdrawBody.extend(handle),
    hints: { readOnlyHint: false, destructiveHint: false, idempotentHint: true },
  },
  answer_question: {
    title: 'Answer an approver',
    description: 'Answers a question somebody asked before deciding about an action of yours.',
    input: answerBody.extend(handle),
    hints: { readOnlyHint: false, destructiveHint: false, idempotentHint: false },
  },
} as const;
type OwnTool = keyof typeof own;

/** Names no tool of the registry is shown under. */
export const ownNames: readonly string[] = Object.keys(own);
export const isOwnTool = (name: string): name is OwnTool => ownNames.includes(name);

/** What every agent has: a look at what it asked for, and a say while people decide. */
export const ownTools: readonly Tool[] = Object.entries(own).map(([name, tool]) => ({
  name,
  title: tool.title,
  description: tool.description,
  inputSchema: jsonSchemaOf(tool.input),
  outputSchema: outputSchema({}),
  annotations: { title: tool.title, ...tool.hints, openWorldHint: false },
}));

/** Uses one on an action that is the caller's own; stopped agents see nothing. */
export async function useOwnTool(desk: Desk, name: OwnTool, call: Call): Promise<CallToolResult> {
  const { deps, facts, caller } = desk;
  const stop = findStop(facts, deps.now());
  if (stop) throw new ProblemError({ status: 403, ...stop });
  const agent = caller.claimedAgent;
  const { action: id, ...said } = parse(own[name].input, call.arguments ?? {});
  const owned = { agent, action: await ownAction(deps, agent, id) };
  switch (name) {
    case 'get_action':
      return reportOf(await viewAction(deps, owned.action));
    case 'withdraw_action':
      return reportOf(await withdraw(deps, owned, withdrawBody.parse(said)));
    case 'answer_question':
      return reportOf(await answer(deps, owned, answerBody.parse(said)));
  }
}
