import { Agent, request } from 'node:http';
import { AwsError, type AwsReply } from '../service.ts';

/** Speaks to the engine, whose own signature check wants a header and asks for nothing true. */
export type EngineClient = {
  /** Sends a request as it is and gives the answer as it is, errors of DynamoDB included. */
  forward(target: string, body: Buffer | string): Promise<AwsReply>;
  /** Sends a request and parses the answer; an error of DynamoDB is thrown. */
  call(target: string, body: unknown): Promise<unknown>;
  close(): void;
};

const AUTHORIZATION =
  'AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0';

export function createEngineClient(url: string): EngineClient {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const forward: EngineClient['forward'] = (target, body) => {
    const { promise, resolve, reject } = Promise.withResolvers<AwsReply>();
    const headers = {
      'content-type': 'application/x-amz-json-1.0',
      'content-length': Buffer.byteLength(body),
      'x-amz-target': target,
      'x-amz-date': '20260101T000000Z',
      authorization: AUTHORIZATION,
    };
    const sent = request(url, { method: 'POST', agent, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        resolve({
          status: response.statusCode ?? 500,
          headers: kept(response.headers),
          body: Buffer.concat(chunks),
        });
      });
    });
    sent.on('error', (error) => {
      reject(
        new AwsError('InternalServerError', `the DynamoDB engine does not answer: ${error.message}`, 500),
      );
    });
    sent.end(body);
    return promise;
  };
  return {
    forward,
    call: async (target, body) => {
      const { status, body: answer } = await forward(target, JSON.stringify(body));
      const parsed: unknown = JSON.parse(answer.toString());
      if (status === 200) return parsed;
      throw errorOf(parsed, status);
    },
    close: () => agent.destroy(),
  };
}

function kept(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const names = ['content-type', 'x-amz-crc32'];
  return Object.fromEntries(names.flatMap((name) => (headers[name] ? [[name, String(headers[name])]] : [])));
}

function errorOf(answer: unknown, status: number): AwsError {
  const fields = new Map(Object.entries(answer ?? {}));
  const type = String(fields.get('__type') ?? 'InternalServerError').replace(/^.*#/, '');
  return new AwsError(type, String(fields.get('message') ?? fields.get('Message') ?? ''), status);
}
