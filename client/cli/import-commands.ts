import { Command } from 'commander';
import * as z from 'zod';
import { checkProposals } from '../import/check-proposals.ts';
import { importLambda } from '../import/lambda.ts';
import { importMcp } from '../import/mcp.ts';
import { readOpenApi } from '../import/openapi-document.ts';
import { importOpenApi } from '../import/openapi.ts';
import type { Imported } from '../import/proposal.ts';
import { addressOf, readMcpTools, readSource } from '../import/read-source.ts';
import { handOver } from './hand-over-tools.ts';
import { kindCommand, namingOf, type Options, teaching, tokenOf, tokenOption } from './import-options.ts';
import { CommandError, type Terminal } from './terminal.ts';

/** `autonomy tools import openapi FILE|URL`, `mcp URL` and `lambda ARN`. */
export function importCommand(terminal: Terminal): Command {
  const command = new Command('import')
    .description('make manifests of what others describe')
    .addHelpText('after', teaching);
  for (const each of [openApiCommand(terminal), mcpCommand(terminal), lambdaCommand(terminal)])
    command.addCommand(each);
  return command;
}

function openApiCommand(terminal: Terminal): Command {
  return kindCommand(
    'openapi',
    'make tools of the operations of an OpenAPI document (3.0, 3.1; JSON or YAML)',
  )
    .argument('<file-or-url>', 'the document')
    .option(...tokenOption)
    .option('--published-at <url>', "where a file's document is published, to pin it")
    .action(async (source: string, options: Options) => {
      const url = options.publishedAt ?? (/^https?:/i.test(source) ? source : undefined);
      const naming = namingOf(options, url && addressOf(url).href);
      terminal.complain(`… reading ${source}`);
      const document = await readSource(source, tokenOf(options, terminal));
      const described = whole(source, () => readOpenApi(document));
      terminal.complain(`… ${described.operations.length} operations`);
      const imported = importOpenApi(narrowed(described, options), naming);
      const origin = { ...described, kind: 'OpenAPI document', source };
      handOver(checkProposals(imported, naming.system), { ...options, origin, naming }, terminal);
    });
}

function mcpCommand(terminal: Terminal): Command {
  return kindCommand('mcp', 'make tools of what an MCP server lists (streamable HTTP)')
    .argument('<url>', "the server's address")
    .option(...tokenOption)
    .action(async (source: string, options: Options) => {
      const url = addressOf(source);
      if (url.search !== '' || url.hash !== '')
        throw new CommandError(`${source}: a query can not be kept in a manifest`);
      const naming = { ...namingOf(options, url.href), path: url.pathname };
      terminal.complain(`… asking ${url.href}`);
      const tools = await readMcpTools(url.href, tokenOf(options, terminal));
      terminal.complain(`… ${tools.length} tools`);
      const imported = onlyOf(importMcp(tools, naming), options);
      const origin = { kind: 'MCP server', source, title: url.host, server: url.origin };
      handOver(checkProposals(imported, naming.system), { ...options, origin, naming }, terminal);
    });
}

type LambdaOptions = Options & { readonly schema: string; readonly outputSchema?: string };

const schemaFile = z.record(z.string(), z.unknown());

function lambdaCommand(terminal: Terminal): Command {
  return kindCommand('lambda', 'make a tool of a Lambda function and the schema of its input')
    .argument('<arn>', "the function's ARN")
    .requiredOption('--schema <file>', 'JSON Schema of what it takes')
    .option('--output-schema <file>', 'JSON Schema of what it gives')
    .action(async (functionArn: string, options: LambdaOptions) => {
      if (!/^arn:aws[a-z-]*:lambda:[a-z0-9-]+:\d{12}:function:[\w-]+/.test(functionArn))
        throw new CommandError(
          `${functionArn}: is no function's ARN: write arn:aws:lambda:REGION:ACCOUNT:function:NAME`,
        );
      const read = async (file: string) => schemaFile.parse(await readSource(file));
      const input = await read(options.schema);
      const output = options.outputSchema === undefined ? undefined : await read(options.outputSchema);
      const naming = namingOf(options);
      const imported = importLambda({ functionArn, input, output }, naming);
      const origin = { kind: 'function', source: functionArn, title: functionArn, server: undefined };
      handOver(checkProposals(imported, naming.system), { ...options, origin, naming }, terminal);
    });
}

/** Reads a whole document; the reason why not names it. */
function whole<T>(source: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new CommandError(`${source}: ${error instanceof Error ? error.message : 'can not be read'}`);
  }
}

function narrowed<
  T extends { readonly operations: readonly { readonly name: string; readonly own: object }[] },
>(described: T, { only }: Options): T {
  if (only.length === 0) return described;
  const wanted = described.operations.filter(({ name: called, own }) =>
    only.some(
      (text) => called.includes(text) || ('operationId' in own && String(own.operationId).includes(text)),
    ),
  );
  return { ...described, operations: wanted };
}

const onlyOf = ({ proposals, refused }: Imported, { only }: Options): Imported => {
  const wanted = ({ operation }: { readonly operation: string }) =>
    only.length === 0 || only.some((text) => operation.includes(text));
  return { proposals: proposals.filter(wanted), refused: refused.filter(wanted) };
};
