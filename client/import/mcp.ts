import * as z from 'zod';
import { definitionHash, mcpDefinition } from '../../core/governance/upstream.ts';
import { createConverter } from './convert-schema.ts';
import {
  type Imported,
  lineOf,
  type Naming,
  NoToolError,
  proposeEach,
  type Proposal,
  textOf,
  type ToolDocument,
  wordsOf,
} from './proposal.ts';

const listedTool = z.looseObject({
  name: z.string().min(1).max(128),
  title: z.string().optional(),
  description: z.string().optional(),
  inputSchema: z.record(z.string(), z.unknown()),
  outputSchema: z.record(z.string(), z.unknown()).optional(),
  annotations: z
    .looseObject({
      readOnlyHint: z.boolean().optional(),
      destructiveHint: z.boolean().optional(),
      idempotentHint: z.boolean().optional(),
    })
    .optional(),
});
type Listed = z.infer<typeof listedTool>;

/** Proposes a tool for each an MCP server lists. `path` is the server's own below the system's baseUrl. */
export function importMcp(tools: readonly unknown[], naming: Naming & { readonly path: string }): Imported {
  const nameOf = (tool: unknown) =>
    String(z.looseObject({ name: z.string() }).safeParse(tool).data?.name ?? '(unnamed)');
  return proposeEach(tools, nameOf, (tool) => {
    const read = listedTool.safeParse(tool);
    if (read.success) return propose(read.data, naming);
    const [issue] = read.error.issues;
    throw new NoToolError(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'is no tool'}`);
  });
}

function propose(listed: Listed, naming: Naming & { readonly path: string }): Proposal {
  const { name, title, description, inputSchema, outputSchema, annotations } = listed;
  const own = wordsOf(name);
  if (own === '') throw new NoToolError('its name has no letters');
  const definition = mcpDefinition([listed], name);
  const upstream = definition &&
    naming.url && {
      kind: 'mcp' as const,
      url: naming.url,
      operation: name,
      hash: definitionHash(definition),
    };
  const told = textOf(description, 4000);
  const tool: ToolDocument = {
    kind: 'Tool',
    name: `${naming.prefix}.${own}`,
    title: lineOf(title ?? name, 200) || name,
    ...(told !== '' && { description: told }),
    system: naming.system,
    ...natureOf(annotations),
    connector: { type: 'mcp', path: naming.path, tool: name },
    input: createConverter(inputSchema, 'input')(inputSchema),
    ...(outputSchema && { output: createConverter(outputSchema, 'output')(outputSchema, 'output') }),
    ...(upstream && { upstream }),
  };
  const said = Object.keys(annotations ?? {}).some((word) => word.endsWith('Hint'));
  const hinted = said ? ['effect and groups as the server itself hints; nobody checked that'] : [];
  return { operation: name, tool, notes: [name, ...hinted] };
}

/** A server's hints propose and no more: without them a tool is taken for a change that must not be repeated. */
function natureOf(hints: Listed['annotations'] = {}): Pick<ToolDocument, 'effect' | 'groups'> {
  if (hints.readOnlyHint === true) return { effect: 'read', groups: ['read'] };
  const groups = hints.destructiveHint === true ? ['write', 'destructive'] : ['write'];
  return { effect: hints.idempotentHint === true ? 'keyed' : 'at-most-once', groups };
}
