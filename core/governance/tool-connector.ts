import * as z from 'zod';
import { name } from '../id.ts';

const httpConnector = z.strictObject({
  type: z.literal('http'),
  method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']),
  /** Path below the system's baseUrl; `{field}` is replaced by that input field, percent-encoded. */
  path: z.string().startsWith('/').max(1024),
  /** Input fields sent in the query; the rest is the JSON body (none for GET and DELETE: all go in the query). */
  query: z.array(z.string()).default([]),
  /** Header → the input field sent in it; such a field is in neither query nor body. */
  headers: z.record(z.string().regex(/^[A-Za-z][A-Za-z0-9-]{0,63}$/), z.string()).optional(),
  /** The input field that is the whole JSON body; without it the body is an object of what is left. */
  body: z.string().optional(),
});

const lambdaConnector = z.strictObject({
  type: z.literal('lambda'),
  functionArn: z.string().regex(/^arn:aws[a-z-]*:lambda:/),
});

/** A Step Functions machine of the team's own: the input starts an execution, its output is the result. */
const workflowConnector = z.strictObject({
  type: z.literal('workflow'),
  machineArn: z.string().regex(/^arn:aws[a-z-]*:states:[a-z0-9-]+:\d{12}:stateMachine:/),
});

/** A tool of an MCP server (streamable HTTP) below the system's baseUrl. */
const mcpConnector = z.strictObject({
  type: z.literal('mcp'),
  path: z.string().startsWith('/').max(1024).default('/mcp'),
  /** What the server itself calls the tool. */
  tool: z.string().min(1).max(128),
});

/** Another agent: the input becomes a task for whoever has the capability, its output is the result. */
const agentConnector = z.strictObject({ type: z.literal('agent'), capability: name });

/** An event on a bus of the account; the result says that it was taken, not what became of it. */
const eventConnector = z.strictObject({
  type: z.literal('event'),
  busArn: z.string().regex(/^arn:aws[a-z-]*:events:[a-z0-9-]+:\d{12}:event-bus\//),
  detailType: z.string().min(1).max(128),
});

/** How a tool is reached. */
export const toolConnector = z.discriminatedUnion('type', [
  httpConnector,
  lambdaConnector,
  workflowConnector,
  mcpConnector,
  agentConnector,
  eventConnector,
]);
export type ConnectorType = z.infer<typeof toolConnector>['type'];
