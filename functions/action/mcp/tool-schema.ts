import type { Tool as McpTool } from '@modelcontextprotocol/server';
import * as z from 'zod';
import { legible } from '../../../core/callable-tool.ts';
import type { Tool } from '../../../core/governance/tool.ts';
import { createInputCheck, type InputCheck } from '../../../core/policy/input-check.ts';
import { InputError } from '../../../core/policy/shape-value.ts';
import { UnmappableError } from '../../../core/policy/unmappable.ts';
import { told } from './told-result.ts';

const object = z.record(z.string(), z.unknown());

/** A result in the form that every client reads: what became of the action, with what the tool answers in `output`. */
export function outputSchema(tool: Pick<Tool, 'output'>): NonNullable<McpTool['outputSchema']> {
  const schema = jsonSchemaOf(told);
  const output = { ...object.parse(legible(outputOf(tool) ?? {})), description: 'What the tool answered' };
  return { ...schema, properties: { ...object.parse(schema['properties']), output } };
}

/** A schema of ours as JSON Schema. */
export function jsonSchemaOf(schema: z.ZodObject): McpTool['inputSchema'] {
  const { $schema, ...read } = object.parse(z.toJSONSchema(schema, { io: 'input' }));
  return { ...read, type: 'object' };
}

/** What a tool is said to answer, where it can be checked and stays true inside of a result: a reference would not. */
function outputOf({ output }: Pick<Tool, 'output'>): Readonly<Record<string, unknown>> | undefined {
  return output && !JSON.stringify(output).includes('"$ref"') && checkOf(output) ? output : undefined;
}

function checkOf(output: Readonly<Record<string, unknown>>): InputCheck | undefined {
  try {
    return createInputCheck(output);
  } catch (error) {
    if (error instanceof UnmappableError) return undefined;
    throw error;
  }
}

/** Why an answer is not what the tool is said to answer; clients that look would refuse it. */
export function misfitOf(tool: Pick<Tool, 'output'> | undefined, output: unknown): string | undefined {
  const schema = tool && outputOf(tool);
  try {
    if (schema) checkOf(schema)?.(output);
    return undefined;
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
}
