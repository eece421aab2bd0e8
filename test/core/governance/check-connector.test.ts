import { describe, expect, it } from 'vitest';
import { checkConnector } from '../../../core/governance/check-connector.ts';
import { checkSystems } from '../../../core/governance/check-systems.ts';
import { systemManifest } from '../../../core/governance/system.ts';
import { toolManifest } from '../../../core/governance/tool.ts';

const tool = (connector: object, fields: readonly string[] = ['a', 'b', 'c']) =>
  toolManifest.parse({
    kind: 'Tool',
    name: 'erp.create_order',
    title: 'Place an order',
    system: 'erp',
    effect: 'keyed',
    groups: ['write'],
    connector,
    input: {
      type: 'object',
      properties: Object.fromEntries(fields.map((field) => [field, { type: 'string' }])),
      required: ['a'],
    },
  });
const system = (fields: object = {}) =>
  systemManifest.parse({
    kind: 'System',
    id: 'erp',
    title: 'ERP',
    baseUrl: 'https://erp.example.com',
    ...fields,
  });
const http = (more: object) => tool({ type: 'http', method: 'POST', path: '/orders', ...more });

describe('the places of a tool’s fields', () => {
  it.each([
    [{ path: '/orders/{a}', query: ['b'], headers: { 'X-Request-Source': 'c' } }],
    [{ path: '/orders/{a}', query: ['b'], body: 'c' }],
    [{ path: '/{a}/{a}', query: [] }],
    [{ headers: { 'X-Tenant': 'a', 'If-Match': 'b' } }],
  ])('may be %j', (connector) => {
    expect(checkConnector(http(connector), system())).toEqual([]);
  });

  it.each([
    [{ headers: { 'X-Tenant': 'z' } }, 'headers: z is no field of input'],
    [{ body: 'z', query: ['a', 'b', 'c'] }, 'body: z is no field of input'],
    [{ path: '/{a}', query: ['a'] }, 'path, query: a goes to one place only'],
    [{ query: ['b'], headers: { 'X-B': 'b' } }, 'query, headers: b goes to one place only'],
    [{ query: ['b', 'c'], headers: { 'X-A': 'a' }, body: 'a' }, 'headers, body: a goes to one place only'],
    [{ query: ['b'], body: 'a' }, 'body: c would be sent nowhere'],
    [{ method: 'DELETE', query: ['b', 'c'], body: 'a' }, 'body: DELETE has none'],
    [{ headers: { 'X-A': 'a', 'x-a': 'b' } }, 'headers: x-a stands twice'],
  ])('may not be %j', (connector, reason) => {
    expect(checkConnector(http(connector), system()).join('\n')).toContain(reason);
  });

  it.each([
    'Host',
    'Authorization',
    'Content-Length',
    'Cookie',
    'Idempotency-Key',
    'Transfer-Encoding',
    'Connection',
    'X-Forwarded-For',
    'Proxy-Authorization',
    'X-HTTP-Method-Override',
  ])('are never the header %s', (name) => {
    expect(checkConnector(http({ headers: { [name]: 'a' } }), system())).toEqual([
      `headers: ${name} is not for an input field`,
    ]);
  });

  it('are never those of the system’s key', () => {
    const inHeader = system({ auth: { type: 'api-key', in: 'header', name: 'X-Api-Key', secret: 's' } });
    expect(checkConnector(http({ headers: { 'x-api-key': 'a' } }), inHeader)).toEqual([
      `headers: x-api-key carries the system's key`,
    ]);
    const inQuery = system({ auth: { type: 'api-key', in: 'query', name: 'a', secret: 's' } });
    expect(checkConnector(http({ query: ['a'] }), inQuery)).toEqual([`query: a carries the system's key`]);
    expect(checkConnector(http({ method: 'GET' }), inQuery)).toEqual([`query: a carries the system's key`]);
  });
});

describe('an MCP tool', () => {
  it('needs a system with an address, and a plain path', () => {
    expect(checkConnector(tool({ type: 'mcp', tool: 'x' }), system())).toEqual([]);
    expect(checkConnector(tool({ type: 'mcp', tool: 'x' }), system({ baseUrl: undefined }))).toHaveLength(1);
    for (const path of ['/mcp?x=1', '/../mcp', '//evil.example.com', '/{a}'])
      expect(checkConnector(tool({ type: 'mcp', tool: 'x', path }), system())).toHaveLength(1);
  });
});

describe('a system', () => {
  const checking = (fields: object) =>
    checkSystems([{ layer: 'coe', file: 'coe/systems.yaml', line: 1, manifest: system(fields) }]).map(
      ({ reason }) => reason,
    );

  it.each([
    [{}],
    [{ baseUrl: 'http://127.0.0.1:8080' }],
    [{ baseUrl: 'https://10.0.0.5', privateNetworks: ['10.0.0.0/24'] }],
    [{ auth: { type: 'basic', username: 'u', secret: 's' } }],
    [{ auth: { type: 'api-key', in: 'header', name: 'Authorization', secret: 's' } }],
    [{ auth: { type: 'oauth2', tokenUrl: 'https://login.example.com/token', clientId: 'c', secret: 's' } }],
    [{ privateNetworks: ['10.1.0.0/16', 'fd12::/16', '100.64.0.0/10'] }],
  ])('may be %j', (fields) => {
    expect(checking(fields)).toEqual([]);
  });

  it.each([
    [
      { baseUrl: 'https://169.254.169.254' },
      'baseUrl: 169.254.169.254 is never connected to: such addresses are metadata',
    ],
    [{ baseUrl: 'https://2852039166' }, 'such addresses are metadata'],
    [{ baseUrl: 'https://[::ffff:10.0.0.1]' }, 'such addresses are embedded'],
    [{ baseUrl: 'https://10.0.0.5' }, 'such addresses are private'],
    [{ baseUrl: 'https://erp.example.com/#a' }, 'no fragment'],
    [{ baseUrl: 'http://erp.example.com' }, 'must be https'],
    [{ bearerSecret: 's', auth: { type: 'bearer', secret: 's' } }, 'auth: bearerSecret is its short form'],
    [{ baseUrl: undefined, auth: { type: 'bearer', secret: 's' } }, 'auth: is sent to the baseUrl'],
    [
      { auth: { type: 'api-key', in: 'header', name: 'Host', secret: 's' } },
      'auth.name: Host is no header for a key',
    ],
    [
      { auth: { type: 'oauth2', tokenUrl: 'http://login.example.com', clientId: 'c', secret: 's' } },
      'auth.tokenUrl: must be https',
    ],
    [
      { auth: { type: 'oauth2', tokenUrl: 'https://127.0.0.2', clientId: 'c', secret: 's' } },
      'auth.tokenUrl: 127.0.0.2 is never connected to: such addresses are loopback',
    ],
    [{ privateNetworks: ['0.0.0.0/0'] }, 'privateNetworks: 0.0.0.0/0 is not within'],
    [{ privateNetworks: ['127.0.0.0/8'] }, 'privateNetworks: 127.0.0.0/8 is not within'],
  ])('may not be %j', (fields, reason) => {
    expect(checking(fields).join('\n')).toContain(reason);
  });
});
