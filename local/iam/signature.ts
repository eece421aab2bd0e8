import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { AwsError, type Caller } from '../service.ts';
import type { CredentialStore } from './credentials.ts';

/** An HTTP request as its signature covers it. */
export type SignedRequest = {
  readonly method: string;
  /** As sent: still percent-encoded, without query. */
  readonly path: string;
  readonly rawQuery: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
};

type Scope = {
  readonly keyId: string;
  readonly date: string;
  readonly region: string;
  readonly service: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
};

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 +Credential=([^/,]+)\/(\d{8})\/([^/,]+)\/([^/,]+)\/aws4_request, *SignedHeaders=([^,]+), *Signature=([0-9a-f]{64})$/;
const ALLOWED_SKEW_MS = 5 * 60_000;

/** The service a request is signed for; `undefined` when it bears no AWS signature. */
export function signedService(headers: SignedRequest['headers']): string | undefined {
  return scopeOf(headers)?.service;
}

/**
 * Who signed the request. Every caller's signature is verified, body included, roles' too: it costs about 50 µs.
 * Throws what AWS answers to an unknown key, a stale date or a signature that does not match.
 */
export function authenticate(request: SignedRequest, credentials: CredentialStore, now: number): Caller {
  const scope = scopeOf(request.headers);
  if (!scope) throw new AwsError('MissingAuthenticationTokenException', 'the request is not signed', 403);
  const holder = credentials.holderOf(scope.keyId);
  if (!holder) {
    throw new AwsError(
      'UnrecognizedClientException',
      'The security token included in the request is invalid.',
    );
  }
  refuseStale(request.headers, scope, now);
  const expected = Buffer.from(signatureOf(request, scope, holder.secretAccessKey), 'hex');
  if (timingSafeEqual(expected, Buffer.from(scope.signature, 'hex'))) return holder.caller;
  throw new AwsError(
    'InvalidSignatureException',
    'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.',
    403,
  );
}

function scopeOf(headers: SignedRequest['headers']): Scope | undefined {
  const [, keyId, date, region, service, names, signature] =
    AUTHORIZATION.exec(headers['authorization'] ?? '') ?? [];
  if (!keyId || !date || !region || !service || !names || !signature) return undefined;
  return { keyId, date, region, service, signedHeaders: names.split(';'), signature };
}

function refuseStale(headers: SignedRequest['headers'], scope: Scope, now: number): void {
  const [, y, mo, d, h, mi, s] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(headers['x-amz-date'] ?? '') ?? [];
  const at = Date.UTC(Number(y), Number(mo) - 1, Number(d), Number(h), Number(mi), Number(s));
  const current = `${y}${mo}${d}` === scope.date && scope.signedHeaders.includes('host');
  if (current && Math.abs(now - at) <= ALLOWED_SKEW_MS) return;
  throw new AwsError('InvalidSignatureException', 'Signature expired or not yet current', 403);
}

function signatureOf(request: SignedRequest, scope: Scope, secret: string): string {
  const { date, region, service } = scope;
  const text = [
    'AWS4-HMAC-SHA256',
    request.headers['x-amz-date'],
    `${date}/${region}/${service}/aws4_request`,
    sha256(canonicalRequest(request, scope)),
  ].join('\n');
  const steps = [date, region, service, 'aws4_request'];
  const key = steps.reduce<Buffer | string>((k, step) => hmac(k, step).digest(), `AWS4${secret}`);
  return hmac(key, text).digest('hex');
}

function canonicalRequest(request: SignedRequest, { service, signedHeaders }: Scope): string {
  return [
    request.method,
    service === 's3' ? request.path : encode(request.path).replaceAll('%2F', '/'),
    canonicalQuery(request.rawQuery),
    ...signedHeaders.map((name) => `${name}:${(request.headers[name] ?? '').trim().replaceAll(/ +/g, ' ')}`),
    '',
    signedHeaders.join(';'),
    payloadHash(request, service),
  ].join('\n');
}

function canonicalQuery(rawQuery: string): string {
  if (rawQuery === '') return '';
  return rawQuery
    .split('&')
    .map((pair) => {
      const [name = '', ...value] = pair.split('=');
      return [name, value.join('=')].map((part) => encode(decodePart(part))).join('=');
    })
    .sort()
    .join('&');
}

/** S3 alone lets a client sign without the body or in chunks; everywhere else the hash is of what came. */
function payloadHash({ headers, body }: SignedRequest, service: string): string {
  const given = headers['x-amz-content-sha256'];
  if (service === 's3' && given && !/^[0-9a-f]{64}$/.test(given)) return given;
  const real = sha256(body);
  if (given === undefined || given === real) return real;
  throw new AwsError('InvalidSignatureException', 'x-amz-content-sha256 is not the hash of the body', 403);
}

function decodePart(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function encode(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

const sha256 = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex');
const hmac = (key: string | Buffer, data: string) => createHmac('sha256', key).update(data);
