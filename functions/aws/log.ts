import { Logger } from '@aws-lambda-powertools/logger';

/** Every message this product logs. Details are ids and codes: never a whole input, a token or a link. */
export const logCodes = {
  ACTION_SETTLED: 'an action reached its outcome',
  ACTION_RESUMED: 'an action that was left in flight was taken up again',
  APPROVAL_MAILED: 'an approver was sent a link',
  APPROVAL_MAIL_FAILED: 'an approver could not be sent a link',
  APPROVAL_MAIL_RETURNED: 'a mail to an approver came back',
  APPROVAL_MAIL_UNCOUNTED: 'a mail could not be counted, so it is sent by itself',
  DIGEST_MAILED: 'an approver was told of what waits by a digest',
  DIGEST_FAILED: 'a digest could not be sent; it is tried again',
  CODE_MAILED: 'a person was sent a code to sign in with',
  CODE_NOT_MAILED: 'a person who asked for a code got none',
  SLACK_FAILED: 'Slack did not take a message; mail and inbox do not depend on it',
  SIGN_IN_REFUSED: 'a sign-in by the company’s provider opened no session',
  AGENT_REMINDED: 'a sponsor was reminded of a certification that ends',
  AGENT_SUSPENDED: 'an agent whose certification ended was suspended',
  AGENT_UNWATCHED: 'a certification could not be looked after; tomorrow it is tried again',
  AUDIT_TAMPERED: 'a written audit event was changed or removed',
  TOOL_QUARANTINED: 'what is found upstream of a tool is not what was reviewed, so it is not used',
  TOOL_UNQUARANTINED: 'what is found upstream of a tool is what was reviewed again',
  TOOL_UNWATCHED: 'a tool’s upstream could not be looked after; the next look tries again',
  UPSTREAM_UNREACHABLE: 'an upstream definition could not be read; its tools stay as they are',
  FAULT: 'something that must not happen did',
  REACTION_DONE: 'the relay caused what an event demands',
  REACTION_FAILED: 'the relay could not cause what an event demands; it will be tried again',
  REACTION_TOO_LATE: 'a state machine no longer waits for this answer',
  RECONCILED: 'the sweep caused again what a row still demands',
  RECONCILE_FAILED: 'the sweep could not settle a row; the next sweep tries again',
  BREAKER_NOT_NOTED: 'a tool’s circuit breaker could not be told how a call ended',
  REFUSED: 'a request was refused at the edge',
} as const;
export type LogCode = keyof typeof logCodes;

export type Log = (
  level: 'info' | 'warn' | 'error',
  code: LogCode,
  details: Readonly<Record<string, string | number | undefined>>,
) => void;

/** Structured logs through Powertools, each line with a code of the catalogue. */
export function createLog(): Log {
  const logger = new Logger();
  return (level, code, details) => logger[level](logCodes[code], { code, ...details });
}

/** What may be logged of an error: its name and message, no stack and no cause. The logger drops a key `message`. */
export function errorDetails(error: unknown): { readonly error: string; readonly reason: string } {
  return error instanceof Error
    ? { error: error.name, reason: error.message.slice(0, 500) }
    : { error: 'Unknown', reason: typeof error };
}
