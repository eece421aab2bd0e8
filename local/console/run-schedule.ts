import type { HttpReply, HttpRequest } from '../endpoint.ts';
import { AwsError, type Caller } from '../service.ts';
import { HEADERS } from './page.ts';

/** Fires a scheduled rule for the administrator, who signed the request. */
export function runSchedule(
  name: string,
  request: HttpRequest,
  options: {
    readonly identify: (request: HttpRequest) => Caller;
    readonly runSchedule: (name: string) => boolean;
  },
): HttpReply {
  if (!isAdministrator(request, options.identify)) return message(403, 'Forbidden');
  return options.runSchedule(name) ? message(202, 'fired') : message(404, 'there is no such schedule');
}

function isAdministrator(request: HttpRequest, identify: (request: HttpRequest) => Caller): boolean {
  try {
    return identify(request).kind === 'administrator';
  } catch (error) {
    if (error instanceof AwsError) return false;
    throw error;
  }
}

function message(status: number, text: string): HttpReply {
  const headers = { ...HEADERS, 'content-type': 'application/json' };
  return { status, headers, body: JSON.stringify({ message: text }) };
}
