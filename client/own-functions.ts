import * as z from 'zod';
import type { ActionView } from '../core/action/action-view.ts';
import { answerBody, withdrawBody } from '../core/approval/waiting-bodies.ts';
import type { Agent } from './agent.ts';
import { AutonomyError } from './send.ts';
import type { CallableFunction } from './toolbox.ts';

const handle = { action: z.string().describe('The handle of the action: act_…') };
const own = {
  get_action: {
    description: 'Tells whether an action still waits, was carried out or was refused. Nothing is done.',
    input: z.strictObject(handle),
  },
  withdraw_action: {
    description: 'Ends an action that still waits for people: they need not decide, and nothing is done.',
    input: withdrawBody.extend(handle),
  },
  answer_question: {
    description: 'Answers a question somebody asked before deciding about an action of yours.',
    input: answerBody.extend(handle),
  },
} as const;

/** What every model has: a look at what it asked for, and a say while people decide. */
export const ownFunctions: readonly CallableFunction[] = Object.entries(own).map(
  ([name, { description, input }]) => {
    const { $schema, ...parameters } = z.toJSONSchema(input, { io: 'input' });
    return { name, description, parameters };
  },
);

/** The action looked at, taken back or spoken for; `undefined` when the name is none of these. */
export async function useOwn(agent: Agent, name: string, input: object): Promise<ActionView | undefined> {
  switch (name) {
    case 'get_action':
      return agent.action(read(own.get_action.input, input).action);
    case 'withdraw_action': {
      const { action, reason } = read(own.withdraw_action.input, input);
      return agent.withdraw(action, reason);
    }
    case 'answer_question': {
      const { action, question, text } = read(own.answer_question.input, input);
      return agent.answer(action, question, text);
    }
    default:
      return undefined;
  }
}

function read<S extends z.ZodType>(schema: S, input: object): z.output<S> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const detail = `${issue?.path.join('.') || 'arguments'}: ${issue?.message ?? 'do not fit'}`;
  throw new AutonomyError(400, 'invalid-arguments', detail);
}
