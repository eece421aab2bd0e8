import { createInputCheck } from './input-check.ts';
import { inputShape } from './input-shape.ts';
import type { ReleaseBundle } from './release.ts';
import { UnmappableError } from './unmappable.ts';

/** Why a tool's input can't be shown to policy exactly; `undefined` when it can. */
export function inputProblem(
  tool: Pick<ReleaseBundle['tools'][number], 'input' | 'amount'>,
): string | undefined {
  try {
    const { fields } = inputShape(tool.input);
    createInputCheck(tool.input);
    if (!tool.amount) return undefined;
    const { value, currency } = tool.amount;
    const kindOf = (name: string) => (Object.hasOwn(fields, name) ? fields[name]?.shape.kind : undefined);
    if (kindOf(value) !== 'decimal-string') return `${value}: an amount is a string of format decimal`;
    return kindOf(currency) === 'string' ? undefined : `${currency}: a currency is a string`;
  } catch (error) {
    if (error instanceof UnmappableError) return error.message;
    throw error;
  }
}
