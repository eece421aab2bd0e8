import { definitionHash, openApiDefinition } from '../../core/governance/upstream.ts';
import { createConverter } from './convert-schema.ts';
import { jsonSchemaIn, mapBody } from './openapi-body.ts';
import type { Described, Operation } from './openapi-document.ts';
import { type Field, follow, mapParameters, type Parameters } from './openapi-parameters.ts';
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
import type { Json } from './schema-types.ts';

/** Proposes a tool for each operation of an OpenAPI document. */
export function importOpenApi({ document, operations }: Described, naming: Naming): Imported {
  return proposeEach(
    operations,
    ({ name }) => name,
    (operation) => propose(document, operation, naming),
  );
}

const sent = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
type Method = (typeof sent)[number];

function propose(document: Json, operation: Operation, naming: Naming): Proposal {
  const { name, own, shared } = operation;
  const method = sent.find((each) => each === operation.method);
  if (!method) throw new NoToolError(`${operation.method} is no method of tools`);
  if (own['servers'] !== undefined || shared['servers'] !== undefined)
    throw new NoToolError('it says that it is on another server: make that a system of its own');
  const parameters = mapParameters(document, operation, createConverter(document, 'input'));
  const body = mapBody(document, operation, parameters.fields, createConverter(document, 'input'));
  const query = method === 'GET' || method === 'DELETE' ? [] : [...parameters.query];
  const answer = outputOf(document, own);
  const notes = [...notesOn(operation, method, parameters), ...answer.notes];
  const definition = openApiDefinition(document, name);
  const upstream = definition &&
    naming.url && {
      kind: 'openapi' as const,
      url: naming.url,
      operation: name,
      hash: definitionHash(definition),
    };
  const description = textOf(own['description'], 4000);
  const tool: ToolDocument = {
    kind: 'Tool',
    name: `${naming.prefix}.${ownName(operation)}`,
    title: lineOf(own['summary'], 200) || name.slice(0, 200),
    ...(description !== '' && { description }),
    system: naming.system,
    ...natureOf(method, parameters.keyed),
    connector: {
      type: 'http',
      method,
      path: operation.path,
      ...(query.length > 0 && { query }),
      ...(Object.keys(parameters.headers).length > 0 && { headers: { ...parameters.headers } }),
      ...(body.whole !== undefined && { body: body.whole }),
    },
    input: inputOf([...parameters.fields, ...body.fields]),
    ...(answer.schema && { output: answer.schema }),
    ...(upstream && { upstream }),
  };
  return { operation: name, tool, notes };
}

function ownName({ own, name }: Operation): string {
  const words = wordsOf(typeof own['operationId'] === 'string' ? own['operationId'] : '');
  if (words !== '') return words;
  const [method = '', path = ''] = name.split(' ');
  return wordsOf(`${method.toLowerCase()} ${path}`);
}

/** Proposed by the method alone; who reviews it says whether it is so. */
function natureOf(method: Method, keyed: boolean): Pick<ToolDocument, 'effect' | 'groups'> {
  if (method === 'GET') return { effect: 'read', groups: ['read'] };
  if (method === 'DELETE') return { effect: 'keyed', groups: ['write', 'destructive'] };
  return { effect: method === 'PUT' || keyed ? 'keyed' : 'at-most-once', groups: ['write'] };
}

/** Says what the method can't tell and a reviewer has to. */
function notesOn({ own, path, name }: Operation, method: Method, { keyed, notes }: Parameters): string[] {
  const words = [lineOf(own['operationId'], 200), path, lineOf(own['summary'], 200)].join(' ');
  const money = /pay|charge|refund|transfer|invoice|payout|purchase|order|billing|subscription/i.test(words);
  return [
    name,
    ...(own['deprecated'] === true ? ['deprecated by whoever published it'] : []),
    ...(method !== 'GET' && money
      ? ['does this move money? then add the group payment, and its amount']
      : []),
    ...(method === 'PUT' || method === 'DELETE'
      ? ['keyed, for its method promises that a repeated call changes nothing more: is that so?']
      : []),
    ...(method !== 'GET' && keyed ? ['keyed, for the document declares an Idempotency-Key'] : []),
    ...notes,
  ];
}

function inputOf(fields: readonly (readonly [string, Field])[]): Json {
  const required = fields.filter(([, field]) => field.required).map(([name]) => name);
  return {
    type: 'object',
    properties: Object.fromEntries(fields.map(([name, { schema }]) => [name, schema])),
    ...(required.length > 0 && { required }),
  };
}

/** The JSON of the first answer that says it worked; one that can't be described is left out. */
function outputOf(document: Json, own: Json): { readonly schema?: Json; readonly notes: readonly string[] } {
  const responses = (own['responses'] ?? {}) as Json;
  const code = Object.keys(responses)
    .filter((each) => /^2(\d\d|XX)$/i.test(each))
    .sort()[0];
  if (code === undefined) return { notes: [] };
  try {
    const schema = jsonSchemaIn(follow(document, responses[code])['content']);
    if (schema === undefined) return { notes: [] };
    return { schema: createConverter(document, 'output')(schema, 'output'), notes: [] };
  } catch (error) {
    if (!(error instanceof NoToolError)) throw error;
    return { notes: [`its answer is not described: ${error.message}`] };
  }
}
