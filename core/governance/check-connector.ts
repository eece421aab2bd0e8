import { didYouMean } from '../did-you-mean.ts';
import { checkStart } from './check-start.ts';
import type { System } from './system.ts';
import type { ToolManifest } from './tool.ts';

type HttpTool = ToolManifest & { readonly connector: { readonly type: 'http' } };

/** What a connector asks of the tool's input and of its system: every field has one place, and no place is another's. */
export function checkConnector(
  tool: ToolManifest,
  system: Omit<System, 'id' | 'title'> | undefined,
): string[] {
  const { connector } = tool;
  if (connector.type === 'http')
    return [
      ...checkPlaces(tool as HttpTool),
      ...checkHeaders(tool as HttpTool, system),
      ...checkKey(tool as HttpTool, system),
    ];
  return connector.type === 'mcp' ? checkMcp(connector.path, system) : checkStart(tool);
}

function checkMcp(path: string, system: Parameters<typeof checkConnector>[1]): string[] {
  return [
    ...(system && !system.baseUrl ? ['system: an MCP tool needs a system with a baseUrl'] : []),
    ...(/[?#\\{}]|\/\/|(^|\/)\.{1,2}(\/|$)/.test(path) ? ['path: holds no ?, #, \\, {, //, . or ..'] : []),
  ];
}

/** Where each field goes, by the part of the connector that names it. */
function checkPlaces({ connector, input }: HttpTool): string[] {
  const { path, query, headers = {}, body, method } = connector;
  const inPath = [...path.matchAll(/\{([^}]*)\}/g)].map(([, field = '']) => field);
  const places = [
    ...[...new Set(inPath)].map((field) => ['path', field] as const),
    ...query.map((field) => ['query', field] as const),
    ...Object.values(headers).map((field) => ['headers', field] as const),
    ...(body === undefined ? [] : [['body', body] as const]),
  ];
  const fields = Object.keys(objectOf(input['properties']));
  const taken = places.map(([, field]) => field);
  const strangers = places.filter(
    ([place, field]) => ['headers', 'body'].includes(place) && !fields.includes(field),
  );
  const twice = new Set(taken.filter((field, n) => taken.indexOf(field) !== n));
  const left = body === undefined ? [] : fields.filter((field) => !taken.includes(field));
  const bodyless = body !== undefined && (method === 'GET' || method === 'DELETE');
  return [
    ...strangers.map(
      ([place, field]) => `${place}: ${field} is no field of input${didYouMean(field, fields)}`,
    ),
    ...[...twice].map((field) => `${placesOf(field, places)}: ${field} goes to one place only`),
    ...left.map((field) => `body: ${field} would be sent nowhere: name its place, or leave body out`),
    ...(bodyless ? [`body: ${method} has none`] : []),
  ];
}

const placesOf = (field: string, places: readonly (readonly [string, string])[]) =>
  [...new Set(places.filter(([, other]) => other === field).map(([place]) => place))].join(', ');

/** Headers that say where a request goes, who sends it, how long it is or how it is carried. */
const OWN_HEADERS = [
  'accept',
  'accept-encoding',
  'authorization',
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'cookie',
  'expect',
  'forwarded',
  'host',
  'idempotency-key',
  'keep-alive',
  'origin',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'via',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-http-method',
  'x-http-method-override',
  'x-method-override',
  'x-original-url',
  'x-rewrite-url',
];

/** Whether no input may stand in a header of this name. */
export const isOwnHeader = (name: string): boolean => OWN_HEADERS.includes(name.toLowerCase());

function checkHeaders({ connector }: HttpTool, system: Parameters<typeof checkConnector>[1]): string[] {
  const names = Object.keys(connector.headers ?? {});
  const lower = names.map((name) => name.toLowerCase());
  const secret = keyOf(system, 'header')?.toLowerCase();
  return [
    ...names.filter(isOwnHeader).map((name) => `headers: ${name} is not for an input field`),
    ...names
      .filter((_, n) => lower.indexOf(lower[n] ?? '') !== n)
      .map((name) => `headers: ${name} stands twice`),
    ...names
      .filter((name) => name.toLowerCase() === secret)
      .map((name) => `headers: ${name} carries the system's key`),
  ];
}

/** GET and DELETE send in the query whatever has no other place. */
function checkKey({ connector, input }: HttpTool, system: Parameters<typeof checkConnector>[1]): string[] {
  const { method, path, query, headers = {} } = connector;
  const key = keyOf(system, 'query');
  if (key === undefined || !Object.hasOwn(objectOf(input['properties']), key)) return [];
  const elsewhere = path.includes(`{${key}}`) || Object.values(headers).includes(key);
  const sent = query.includes(key) || ((method === 'GET' || method === 'DELETE') && !elsewhere);
  return sent ? [`query: ${key} carries the system's key`] : [];
}

function keyOf(system: Parameters<typeof checkConnector>[1], place: 'header' | 'query'): string | undefined {
  const auth = system?.auth;
  return auth?.type === 'api-key' && auth.in === place ? auth.name : undefined;
}

const objectOf = (value: unknown): object => (typeof value === 'object' && value !== null ? value : {});
