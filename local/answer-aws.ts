import { randomUUID } from 'node:crypto';
import type { HttpReply, HttpRequest } from './endpoint.ts';
import { type AwsCall, AwsError, type Caller, type Permission, type Service } from './service.ts';

/** Answers AWS API calls: finds the service, who calls, whether the caller may, and puts errors in wire form. */
export function createAwsDoor(options: {
  readonly services: readonly Service[];
  readonly identify: (request: HttpRequest) => Caller;
  readonly authorize: (caller: Caller, permission: Permission) => void;
}): (signingName: string, request: HttpRequest) => Promise<HttpReply> {
  const services = new Map(options.services.map((service) => [service.signingName, service]));
  return async (signingName, request) => {
    const requestId = randomUUID();
    const service = services.get(signingName);
    try {
      if (!service) {
        throw new AwsError('UnsupportedOperation', `the service ${signingName} is not run on the laptop`);
      }
      const call = callOf(request, options.identify(request));
      for (const permission of await service.permissions(call)) options.authorize(call.caller, permission);
      const reply = await service.handle(call);
      return { ...reply, headers: { 'x-amzn-requestid': requestId, ...reply.headers } };
    } catch (error) {
      return errorReply(error, service?.errors ?? 'json', requestId);
    }
  };
}

function callOf({ method, path, rawQuery, headers, body }: HttpRequest, caller: Caller): AwsCall {
  return { method, path, query: new URLSearchParams(rawQuery), headers, body, caller };
}

function errorReply(error: unknown, form: Service['errors'], requestId: string): HttpReply {
  const known = error instanceof AwsError ? error : undefined;
  if (!known) process.stderr.write(`local cloud: ${error instanceof Error ? error.stack : String(error)}\n`);
  const { name, message, status } = known ?? {
    name: 'InternalServerError',
    message: 'the local cloud failed; its own output says why',
    status: 500,
  };
  if (form === 's3-xml') return xmlError({ name, message, status }, requestId);
  const denied = name === 'AccessDeniedException' && form === 'rest-json';
  return {
    status: denied ? 403 : status,
    headers: {
      'content-type': form === 'json' ? 'application/x-amz-json-1.0' : 'application/json',
      'x-amzn-requestid': requestId,
      'x-amzn-errortype': name,
    },
    body: JSON.stringify({ __type: name, message }),
  };
}

function xmlError(error: { name: string; message: string; status: number }, requestId: string): HttpReply {
  const denied = error.name === 'AccessDeniedException';
  const code = denied ? 'AccessDenied' : error.name;
  const body = `<?xml version="1.0" encoding="UTF-8"?>
<Error><Code>${escape(code)}</Code><Message>${escape(error.message)}</Message><RequestId>${requestId}</RequestId></Error>`;
  return {
    status: denied ? 403 : error.status,
    headers: { 'content-type': 'application/xml', 'x-amz-request-id': requestId },
    body,
  };
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
