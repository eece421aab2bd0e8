import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import { createSend, errorOf } from '../send.ts';

export type Credentials = {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
};

export type Connection = {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: Credentials | (() => Promise<Credentials>);
  /** Seconds to keep trying when the API can't be reached. @default 30 */
  readonly patienceSeconds?: number;
};

/** One request to the API, signed with IAM; gives the JSON answered, throws `AutonomyError` for a refusal. */
export type SignedCall = (
  method: 'GET' | 'POST' | 'PUT',
  path: string,
  options?: { readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> },
) => Promise<unknown>;

export function createSignedCall({
  endpoint,
  region,
  credentials,
  patienceSeconds = 30,
}: Connection): SignedCall {
  const send = createSend({ patienceSeconds });
  const signer = new SignatureV4({ service: 'execute-api', region, credentials, sha256: Sha256 });
  return async (method, path, { body, headers } = {}) => {
    const response = await send(async () => {
      const url = new URL(endpoint + path);
      const text = body === undefined ? undefined : JSON.stringify(body);
      const signed = await signer.sign({
        method,
        protocol: url.protocol,
        hostname: url.hostname,
        ...(url.port && { port: Number(url.port) }),
        path: url.pathname,
        query: Object.fromEntries(url.searchParams),
        headers: {
          host: url.host,
          ...(text !== undefined && { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(text !== undefined && { body: text }),
      });
      return fetch(url, { method, headers: signed.headers, ...(text !== undefined && { body: text }) });
    });
    if (!response.ok) throw await errorOf(response);
    return response.json();
  };
}
