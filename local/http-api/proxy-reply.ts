import * as z from 'zod';
import type { HttpReply } from '../endpoint.ts';

const header = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const structured = z.object({
  statusCode: z.coerce.number().int().min(100).max(599),
  headers: z.record(z.string(), header).nullish(),
  cookies: z.array(z.string()).nullish(),
  body: z.string().nullish(),
  isBase64Encoded: z.boolean().nullish(),
});

/** What API Gateway answers for what a function returned; a form it does not understand is a 500. */
export function proxyReply(returned: unknown): HttpReply {
  if (!isStructured(returned)) {
    const body = typeof returned === 'string' ? returned : JSON.stringify(returned);
    return { status: 200, headers: { 'content-type': 'application/json' }, body };
  }
  const parsed = structured.safeParse(returned);
  if (!parsed.success) return messageReply(500, 'Internal Server Error');
  const { statusCode, headers, cookies, body, isBase64Encoded } = parsed.data;
  const named = Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), value] as const);
  return {
    status: statusCode,
    headers: {
      'content-type': 'text/plain;charset=UTF-8',
      ...Object.fromEntries(named),
      ...(cookies && cookies.length > 0 && { 'set-cookie': cookies }),
    },
    body: isBase64Encoded ? Buffer.from(body ?? '', 'base64') : (body ?? ''),
  };
}

/** API Gateway's own answers. */
export function messageReply(status: number, message: string): HttpReply {
  return {
    status,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ message }),
  };
}

function isStructured(returned: unknown): boolean {
  return typeof returned === 'object' && returned !== null && 'statusCode' in returned;
}
