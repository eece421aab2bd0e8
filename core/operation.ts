import type * as z from 'zod';

/** Who may call: anybody; an agent with its token; whoever signs with IAM (an administrator, or an agent's own role). */
export type Caller = 'anyone' | 'agent' | 'signer';

/** One answer: what it means, and what it carries. */
export type Answer = {
  readonly says: string;
  /** Name of its schema in the same part. @default no body */
  readonly body?: string;
  /** @default application/json */
  readonly mediaType?: string;
  /** Another media type it may come in, of a form of its own. */
  readonly also?: string;
  readonly headers?: readonly ('Location' | 'Retry-After')[];
};

/** One thing the HTTP API can be asked to do, as its description tells it. */
export type Operation = {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly path: string;
  /** Its name in clients made from the description. */
  readonly id: string;
  readonly says: string;
  readonly caller: Caller;
  readonly query?: z.ZodObject;
  /** Name of the body's schema in the same part. @default no body */
  readonly body?: string;
  /** @default application/json */
  readonly mediaType?: string;
  /** Asks for an Idempotency-Key: the same key and request are the same thing, however often they are sent. */
  readonly keyed?: true;
  readonly answers: Readonly<Record<number, Answer>>;
  /** Refusals as problem documents, by status; those every operation of its caller may give are added. */
  readonly refuses?: Readonly<Record<number, string>>;
};

/** What a capability adds to the description: its operations, and the schemas they name. */
export type ApiPart = {
  readonly tag: string;
  readonly says: string;
  readonly schemas: Readonly<Record<string, z.ZodType>>;
  readonly operations: readonly Operation[];
};
