import type { HttpReply, HttpRequest } from './endpoint.ts';
import { AwsError, type Caller } from './service.ts';

const SCHEDULES = /^\/_local\/schedules\/([^/]+)$/;

/**
 * Answers what is the laptop's own, under `/_local/`: `POST /_local/schedules/NAME`, signed by the administrator, fires
 * a scheduled rule.
 */
export function createConsoleDoor(options: {
  readonly identify: (request: HttpRequest) => Caller;
  readonly runSchedule: (name: string) => boolean;
}): (request: HttpRequest) => Promise<HttpReply> {
  return async (request) => {
    const [, schedule] = SCHEDULES.exec(request.path) ?? [];
    if (!schedule || request.method !== 'POST') return message(404, 'Not Found');
    if (!isAdministrator(request, options.identify)) return message(403, 'Forbidden');
    const fired = options.runSchedule(decodeURIComponent(schedule));
    return fired ? message(202, 'fired') : message(404, 'there is no such schedule');
  };
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
  const body = JSON.stringify({ message: text });
  return { status, headers: { 'content-type': 'application/json' }, body };
}
