import type { CallToolResult } from '@modelcontextprotocol/server';
import * as z from 'zod';
import { actionBody } from '../../../core/action/action.ts';
import { nameCalled } from '../../../core/callable-name.ts';
import { PURPOSE } from '../../../core/callable-tool.ts';
import { idempotencyKey } from '../../http/lambda.ts';
import { answerRequest } from '../answer-request.ts';
import { viewAction } from '../own-action.ts';
import { refuseRequest } from '../refuse-request.ts';
import { releaseNow } from './list-tools.ts';
import { ownNames } from './own-tools.ts';
import { parse } from './parse.ts';
import type { Call, Desk } from './serve-agent.ts';
import { resultOf } from './told-result.ts';
import { misfitOf } from './tool-schema.ts';

const { purpose, task } = actionBody.shape;

/** What a call may say: beside its arguments, and of them what is not the tool's. */
const asked = z.object({
  _meta: z
    .looseObject({
      'autonomy/purpose': purpose.optional(),
      'autonomy/idempotency-key': idempotencyKey.optional(),
      'autonomy/task': task,
    })
    .default({}),
  arguments: z.looseObject({ [PURPOSE]: purpose.optional() }).default({}),
});

/**
 * A call of a tool is a governed action through the very same door: identity, rules, people, execution, audit. A name
 * that stands for no tool goes there as it is, to be denied and recorded.
 */
export async function askDoor(desk: Desk, call: Call): Promise<CallToolResult> {
  const { deps, caller, headers } = desk;
  const tools = (await releaseNow(desk))?.bundle.tools ?? [];
  const request = await readCall(desk, call, tools).catch((error: unknown) =>
    refuseRequest(deps, caller, error),
  );
  const hearRates = (rates: Readonly<Record<string, string>>) => {
    for (const [name, value] of Object.entries(rates)) headers.set(name, value);
  };
  const view = await viewAction(deps, await answerRequest(deps, { caller, ...request, hearRates }));
  const tool = tools.find(({ name }) => name === view.tool);
  return resultOf(view, view.status === 'succeeded' ? misfitOf(tool, view.output) : undefined);
}

/** The request at the door that a call stands for; a misfit names the field. */
async function readCall({ deps, caller }: Desk, call: Call, tools: readonly { readonly name: string }[]) {
  const { _meta: said, arguments: given } = parse(asked, call);
  const { [PURPOSE]: why, ...input } = given;
  const names = tools.map(({ name }) => name);
  const body = parse(actionBody, {
    tool: nameCalled(call.name, names, ownNames),
    input,
    purpose: said['autonomy/purpose'] ?? why ?? `asked over MCP by ${caller.claimedAgent}`,
    task: said['autonomy/task'],
  });
  return { key: said['autonomy/idempotency-key'] ?? deps.newKey(), body };
}
