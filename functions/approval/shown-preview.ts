import type { ApprovalFacts } from '../aws/load-approval.ts';
import { type ShownInput, shownInput } from './shown-input.ts';
import { zonedTime } from './zoned-time.ts';

/** What people see of what is there now: a sentence that says whose word it is, and the answer field by field. */
export type ShownPreview = { readonly said: string; readonly shown?: ShownInput };

/** `undefined` where the tool names no way to look; the answer as a view shows it, or that it could not be had. */
export function shownPreview(
  { approval, preview }: Pick<ApprovalFacts, 'approval' | 'preview'>,
  { view, timeZone }: { readonly view: 'short' | 'full'; readonly timeZone?: string | undefined },
): ShownPreview | undefined {
  if (approval.preview === undefined) return undefined;
  if (!preview || preview.problem !== undefined)
    return {
      said: `What is there now could not be had from ${approval.preview}: decide without it, or ask.`,
    };
  const { output, tool, at } = preview;
  const said = `As ${tool} told at ${zonedTime(at, timeZone)}: data of that system, which nobody checked.`;
  return { said, shown: shownInput(fieldsOf(output), view) };
}

const fieldsOf = (output: unknown): Readonly<Record<string, unknown>> =>
  typeof output === 'object' && output !== null && !Array.isArray(output)
    ? (output as Readonly<Record<string, unknown>>)
    : { answer: output };
