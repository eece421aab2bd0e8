import { statSync } from 'node:fs';
import { join } from 'node:path';
import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import { describe, expect, it } from 'vitest';
import { createCredentialStore, peopleOf } from '../../../local/iam/credentials.ts';
import { authenticate, type SignedRequest } from '../../../local/iam/signature.ts';
import { temporaryDirectory } from '../fixtures/temporary-directory.ts';
import { iamWith, ROLE } from './role-resource.ts';

const home = temporaryDirectory();
const people = peopleOf(home.path);
const { administrator } = people;
const remembered = peopleOf(home.path);
const rights = statSync(join(home.path, 'administrator.json')).mode & 0o777;
home.clean();
const store = createCredentialStore(iamWith().roles, people);
const now = Date.UTC(2026, 10, 23, 9);
const minutes = 60_000;

type Part = Partial<SignedRequest> & { readonly at?: number; readonly service?: string };

/** A request signed by the SDK's own signer. */
async function signed(part: Part = {}, credentials = administrator): Promise<SignedRequest> {
  const { method = 'POST', path = '/', rawQuery = '', body = Buffer.from('{"a":1}') } = part;
  const { service = 'dynamodb', at = now } = part;
  const settings = { service, region: 'us-east-1', credentials, sha256: Sha256 };
  const signer = new SignatureV4({ ...settings, uriEscapePath: service !== 's3' });
  const query = Object.fromEntries(new URLSearchParams(rawQuery));
  const headers = { host: '127.0.0.1:8787', 'x-amz-target': 'A.B', ...part.headers };
  const request = { protocol: 'http:', hostname: '127.0.0.1', method, path, query, headers, body };
  const { headers: sent } = await signer.sign(request, { signingDate: new Date(at) });
  return { method, path, rawQuery, headers: sent, body };
}

const holder = (request: SignedRequest) => authenticate(request, store, now);

describe('a workload', () => {
  const iam = iamWith();
  const invoke = (path: string) => ({
    action: 'execute-api:Invoke',
    resource: `arn:aws:execute-api:us-east-1:000000000000:api/$default${path}`,
  });

  it('signs as a session of its role, and may ask for a token', async () => {
    const caller = holder(await signed({}, people.workload));
    expect(caller.arn).toBe('arn:aws:sts::000000000000:assumed-role/autonomy-workload/laptop');
    expect(() => iam.authorize(caller, invoke('/POST/v1/agents/agt_x/token'))).not.toThrow();
  });

  it.each([
    invoke('/PUT/v1/governance'),
    invoke('/POST/v1/tokens/revoke'),
    { action: 'dynamodb:GetItem', resource: '*' },
  ])('may do nothing else: %j', async (permission) => {
    const caller = holder(await signed({}, people.workload));
    expect(() => iam.authorize(caller, permission)).toThrow('is not authorized');
  });
});

describe('a signature', () => {
  it.each<[string, Part]>([
    ['a JSON call', {}],
    ['an empty body', { method: 'GET', body: Buffer.alloc(0) }],
    ['a path with spaces and signs', { path: '/v1/a%20b/%C3%A9+(x)!' }],
    ['a query', { rawQuery: 'b=2&a=x%20y&c=' }],
    ['an object of S3', { service: 's3', path: '/bucket/a%20b', method: 'PUT' }],
    ['a header with runs of spaces', { headers: { 'x-amz-meta': '  a   b ' } }],
    ['a clock four minutes behind', { at: now - 4 * minutes }],
    ['a clock four minutes ahead', { at: now + 4 * minutes }],
  ])('is accepted: %s', async (_, part) => {
    expect(holder(await signed(part))).toMatchObject({ kind: 'administrator' });
  });

  it('by a role’s key names the role', async () => {
    expect(holder(await signed({}, store.ofRole(ROLE)))).toMatchObject({ kind: 'role', arn: ROLE });
  });

  it.each<[string, (request: SignedRequest) => SignedRequest, string]>([
    [
      'the body was altered',
      (request) => ({ ...request, body: Buffer.from('{"a":2}') }),
      'not the hash of the body',
    ],
    ['the path was altered', (request) => ({ ...request, path: '/other' }), 'does not match'],
    ['the query was altered', (request) => ({ ...request, rawQuery: 'a=1' }), 'does not match'],
    ['the method was altered', (request) => ({ ...request, method: 'PUT' }), 'does not match'],
    [
      'a signed header was altered',
      (request) => withHeader(request, 'x-amz-target', 'A.C'),
      'does not match',
    ],
    [
      'the hash of another body is claimed',
      (request) => withHeader(request, 'x-amz-content-sha256', '0'.repeat(64)),
      'not the hash of the body',
    ],
    [
      'the key is unknown',
      (request) => {
        const { authorization = '' } = request.headers;
        return withHeader(request, 'authorization', authorization.replace(/AKIA\w+/, 'AKIANOBODY'));
      },
      'security token included in the request is invalid',
    ],
    ['it is absent', (request) => withHeader(request, 'authorization', ''), 'not signed'],
    ['it is something else', (request) => withHeader(request, 'authorization', 'Bearer x'), 'not signed'],
  ])('is refused when %s', async (_, alter, why) => {
    const request = alter(await signed());
    expect(() => holder(request)).toThrow(why);
  });

  it.each([
    ['six minutes old', -6 * minutes],
    ['six minutes early', 6 * minutes],
  ])('is refused when it is %s', async (_, skew) => {
    const request = await signed({ at: now + skew });
    expect(() => holder(request)).toThrow('Signature expired or not yet current');
  });

  it('by another secret is refused', async () => {
    const request = await signed({}, { ...administrator, secretAccessKey: 'x'.repeat(40) });
    expect(() => holder(request)).toThrow('does not match');
  });
});

describe('the administrator’s keys', () => {
  it('are kept, and readable by their owner alone', () => {
    expect(remembered).toEqual(people);
    expect(rights).toBe(0o600);
  });
});

function withHeader(request: SignedRequest, name: string, value: string): SignedRequest {
  return { ...request, headers: { ...request.headers, [name]: value } };
}
