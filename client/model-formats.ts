import * as z from 'zod';
import type { ModelCall, Toolbox, Told } from './toolbox.ts';

type Functions = Pick<Toolbox, 'functions'>;

/** `tools` of OpenAI's Chat Completions, and of the many APIs that speak like it. */
export const chatTools = ({ functions }: Functions) =>
  functions.map((each) => ({ type: 'function' as const, function: each }));

const chatMessage = z.looseObject({
  tool_calls: z
    .array(
      z.looseObject({
        id: z.string().min(1),
        function: z.looseObject({ name: z.string(), arguments: z.string() }),
      }),
    )
    .nullish(),
});

/** Runs what an assistant's message of Chat Completions calls for; gives the messages to append after it. */
export async function runChatCalls(toolbox: Toolbox, message: unknown) {
  const calls = (chatMessage.parse(message).tool_calls ?? []).map(
    ({ id, function: { name, arguments: input } }) => ({
      id,
      name,
      input,
    }),
  );
  const told = await inOrder(toolbox, calls);
  return told.map(({ id, text }) => ({ role: 'tool' as const, tool_call_id: id, content: text }));
}

/** `tools` of OpenAI's Responses. Not `strict`, which asks that every field be required. */
export const responsesTools = ({ functions }: Functions) =>
  functions.map((each) => ({ type: 'function' as const, ...each, strict: false }));

const functionCall = z.looseObject({
  type: z.literal('function_call'),
  call_id: z.string().min(1),
  name: z.string(),
  arguments: z.string(),
});

/** Runs the calls among the items of a response's `output`; gives the items to send as input next. */
export async function runResponsesCalls(toolbox: Toolbox, output: readonly unknown[]) {
  const calls = ofType(output, 'function_call').map((item) => {
    const { call_id: id, name, arguments: input } = functionCall.parse(item);
    return { id, name, input };
  });
  const told = await inOrder(toolbox, calls);
  return told.map(({ id, text }) => ({ type: 'function_call_output' as const, call_id: id, output: text }));
}

/** `tools` of Anthropic's Messages. */
export const messagesTools = ({ functions }: Functions) =>
  functions.map(({ parameters, ...each }) => ({ ...each, input_schema: parameters }));

const toolUse = z.looseObject({
  type: z.literal('tool_use'),
  id: z.string().min(1),
  name: z.string(),
  input: z.unknown(),
});

/** Runs the calls among the blocks of a message's `content`; gives the content of the user's message to send next. */
export async function runMessagesCalls(toolbox: Toolbox, content: readonly unknown[]) {
  const told = await inOrder(
    toolbox,
    ofType(content, 'tool_use').map((block) => toolUse.parse(block)),
  );
  return told.map(({ id, text, isError }) => ({
    type: 'tool_result' as const,
    tool_use_id: id,
    content: text,
    ...(isError && { is_error: true }),
  }));
}

const ofType = (items: readonly unknown[], type: string) =>
  items.filter((item) => typeof item === 'object' && item !== null && 'type' in item && item.type === type);

/** One after another, in the model's order: a later call may rest on what an earlier one did. */
async function inOrder(toolbox: Toolbox, calls: readonly ModelCall[]): Promise<readonly Told[]> {
  const told: Told[] = [];
  for (const call of calls) told.push(await toolbox.call(call));
  return told;
}
