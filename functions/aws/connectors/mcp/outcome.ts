import * as z from 'zod';
import type { System } from '../../../../core/governance/system.ts';
import { type CallResult, type Failure, MAX_OUTPUT_BYTES } from '../connector.ts';
import { withoutAnswer } from '../../egress/reach.ts';
import { readOutput } from '../read-output.ts';
import type { RpcAnswer } from './rpc.ts';

type NoResult = Exclude<RpcAnswer, { kind: 'result' }>;

const toolResult = z.looseObject({
  resultType: z.string().default('complete'),
  content: z.array(z.looseObject({ type: z.string(), text: z.string().optional() })).default([]),
  structuredContent: z.unknown().optional(),
  isError: z.boolean().default(false),
});

/** What failed before the tool was called is no doubt about the call. */
export function notOpened(answer: NoResult, system: System): CallResult {
  const { code, detail, retry } = failureOf(answer, system);
  return { status: 'failed', code, detail, sent: false, ...(retry && { retry }) };
}

/** What a tool call came to. */
export function outcomeOf(answer: RpcAnswer, system: System): CallResult {
  if (answer.kind !== 'result') return failureOf(answer, system);
  const parsed = toolResult.safeParse(answer.result);
  if (!parsed.success) return inDoubt('output-unreadable', 'the answer is no result of a tool');
  const { resultType, content, structuredContent, isError } = parsed.data;
  const said = content.find(({ text }) => text !== undefined)?.text?.slice(0, 300) ?? 'it says no more';
  if (isError) return refused(`the tool failed: ${said}`);
  if (resultType === 'input_required') return refused('the server asks back, and nobody answers from here');
  if (resultType !== 'complete')
    return inDoubt('output-unreadable', 'the answer is of a kind not known here');
  const kept = readOutput(JSON.stringify(structuredContent ?? content));
  const detail = `the answer is larger than ${MAX_OUTPUT_BYTES} bytes`;
  return kept ? { status: 'succeeded', ...kept } : inDoubt('output-too-large', detail);
}

/** What it means that there is no result. */
export function failureOf(answer: NoResult, system: System): Failure {
  switch (answer.kind) {
    case 'rpc-error': {
      const reason = `the server answered error ${answer.code}: ${answer.message}`;
      return CLEAR.includes(answer.code)
        ? refused(reason)
        : { ...inDoubt('system-error', reason), retry: true };
    }
    case 'http-error': {
      const reason = `the server answered ${answer.status}${answer.detail}`;
      const passing = answer.status >= 500 || answer.status === 429;
      return passing ? { ...inDoubt('system-error', reason), retry: true } : refused(reason);
    }
    case 'unreadable':
      return inDoubt('output-unreadable', answer.detail);
    default:
      return withoutAnswer(answer, system);
  }
}

/** Errors that say that nothing was done: no JSON, no request, no such method, wrong arguments, wrong headers or version. */
const CLEAR = [-32700, -32600, -32601, -32602, -32020, -32021, -32022];

const refused = (detail: string): Failure => ({ status: 'failed', code: 'refused-by-system', detail });
const inDoubt = (code: string, detail: string): Failure => ({ status: 'unknown', code, detail });
