import { redact } from '../../../core/governance/redact.ts';
import type { Tool } from '../../../core/governance/tool.ts';
import { createInputCheck, type InputCheck } from '../../../core/policy/input-check.ts';
import { InputError } from '../../../core/policy/shape-value.ts';
import { UnmappableError } from '../../../core/policy/unmappable.ts';
import type { CallResult, Connector } from './connector.ts';

/**
 * Holds what a tool answers against its `output` schema, and hides what the schema marks as sensitive before anyone
 * sees it. A misfit leaves the effect in doubt: the call was made, and nobody can say what it came to.
 */
export function keepOutputRules(connect: Connector): Connector {
  return async (call) => {
    const accept = acceptOutput(call.tool);
    if ('status' in accept) return accept;
    const result = await connect(call);
    return result.status === 'succeeded' ? accept.take(result.output) : result;
  };
}

const checks = new WeakMap<object, InputCheck>();

/** Takes outputs of one tool; a schema nobody can check is told before anything is called. */
export function acceptOutput({
  output: schema,
}: Pick<Tool, 'output'>): CallResult | { readonly take: (output: unknown) => CallResult } {
  if (schema === undefined) return { take: (output) => ({ status: 'succeeded', output }) };
  try {
    const check = checks.get(schema) ?? createInputCheck(schema);
    checks.set(schema, check);
    return { take: (output) => takeOutput(schema, check, output) };
  } catch (error) {
    if (!(error instanceof UnmappableError)) throw error;
    return { status: 'failed', code: 'misconfigured', detail: `output: ${error.message}`, sent: false };
  }
}

function takeOutput(schema: object, check: InputCheck, output: unknown): CallResult {
  try {
    check(output);
    return { status: 'succeeded', output: redact(schema, output) };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const detail = `the answer is not as the tool's output schema says: ${error.message.slice(0, 300)}`;
    return { status: 'unknown', code: 'output-invalid', detail };
  }
}
