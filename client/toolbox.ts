import * as z from 'zod';
import { type ActionView } from '../core/action/action-view.ts';
import { wordsOf } from '../core/action/action-words.ts';
import { callableName, nameCalled } from '../core/callable-name.ts';
import { callableInput, PURPOSE } from '../core/callable-tool.ts';
import { digest } from '../core/canonical-json.ts';
import type { Patience } from './act-and-wait.ts';
import type { Agent, ToolView } from './agent.ts';
import { ownFunctions, useOwn } from './own-functions.ts';
import { AutonomyError } from './send.ts';

/** A tool as models are told of it; the name is legal for every vendor and stands for one tool alone. */
export type CallableFunction = {
  readonly name: string;
  readonly description: string;
  /** JSON Schema of an object. */
  readonly parameters: Readonly<Record<string, unknown>>;
};

/** What a model asked for: `input` as it came, a text of JSON or a value. */
export type ModelCall = { readonly id: string; readonly name: string; readonly input: unknown };

/** What the model is to be told. */
export type Told = {
  readonly id: string;
  readonly text: string;
  readonly isError: boolean;
  /** The action the call became, if it became one. */
  readonly action?: ActionView;
};

export type Toolbox = {
  readonly functions: readonly CallableFunction[];
  /** Runs a call through the door. Throws when the API can't be asked: the same call may be given again. */
  call(call: ModelCall): Promise<Told>;
};

export type ToolboxOptions = {
  /** Names the conversation: the same call id in it is the same action, however often it is run. */
  readonly conversation: string;
  /** Why the model works, for whoever decides, where a call does not say its own reason. */
  readonly purpose: string;
  readonly task?: string;
  /** Waits for people that long within the call. @default not at all: the model is told that it is held */
  readonly wait?: Patience;
};

/** The tools this agent may use now, for a model to call, and its own actions to look at. */
export async function createToolbox(agent: Agent, options: ToolboxOptions): Promise<Toolbox> {
  const tools = (await agent.tools()).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const names = tools.map(({ name }) => name);
  return {
    functions: [...tools.map(describe), ...ownFunctions],
    call: async (call) => {
      try {
        const input = readInput(call.input);
        const own = await useOwn(agent, call.name, input);
        const action = own ?? (await ask(agent, { ...call, input }, { ...options, names }));
        const isError = own === undefined && !goodEnds.includes(action.status);
        return { id: call.id, text: wordsOf(action), isError, action };
      } catch (error) {
        return { id: call.id, text: refusalOf(error), isError: true };
      }
    },
  };
}

const goodEnds: readonly ActionView['status'][] = ['succeeded', 'held', 'started'];
const ownNames = ownFunctions.map(({ name }) => name);

function describe({ name, title, description, input, why }: ToolView): CallableFunction {
  const asks = why.guards.map((guard) => guard.title);
  const held = asks.length > 0 && `People may have to agree first: ${asks.join('; ')}.`;
  return {
    name: callableName(name, ownNames),
    description: [description || title, held].filter((part) => part !== false).join(' '),
    parameters: callableInput(input),
  };
}

type Asked = {
  readonly id: string;
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
};

async function ask(
  agent: Agent,
  { id, name, input: { [PURPOSE]: why, ...input } }: Asked,
  { conversation, purpose, task, wait, names }: ToolboxOptions & { readonly names: readonly string[] },
): Promise<ActionView> {
  const request = {
    tool: nameCalled(name, names, ownNames),
    input,
    purpose: z.string().trim().min(1).max(1000).catch(purpose).parse(why),
    ...(task !== undefined && { task }),
    idempotencyKey: `call.${digest([conversation, id]).slice(0, 48)}`,
  };
  return wait ? (await agent.actAndWait(request, wait)).action : agent.act(request);
}

class InputMisfit extends Error {}

function readInput(input: unknown): Readonly<Record<string, unknown>> {
  const read = z.record(z.string(), z.unknown()).safeParse(typeof input === 'string' ? parse(input) : input);
  if (read.success) return read.data;
  throw new InputMisfit('the arguments are not one JSON object');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text === '' ? '{}' : text);
  } catch {
    return undefined;
  }
}

/** Refusals a model can do something about; anything else is the program's to handle and thrown. */
const tellable: readonly number[] = [400, 403, 404, 409, 413, 422];

function refusalOf(error: unknown): string {
  if (error instanceof InputMisfit) return `Refused (invalid-arguments): ${error.message}`;
  if (!(error instanceof AutonomyError) || !tellable.includes(error.status)) throw error;
  return `Refused (${error.code}): ${error.message}`;
}
