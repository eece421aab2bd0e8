import type { Send } from './send.ts';

/** Calls the API as an agent; the transport every part of the client shares. */
export type Call = (
  method: 'GET' | 'POST',
  path: string,
  options?: {
    readonly body?: unknown;
    readonly headers?: Readonly<Record<string, string>>;
    readonly send?: Send;
  },
) => Promise<Response>;
