import type { Send } from './send.ts';

/** Calls the API as an agent; the transport every part of the client shares. */
export type Call = (
  method: 'GET' | 'POST',
  path: string,
  options?: {
    readonly body?: unknown;
    readonly headers?: Readonly<Record<string, string>>;
    /** Who tries again, and how long. @default the agent's own patience */
    readonly send?: Send;
    /** Ends the request under way and every further try. */
    readonly signal?: AbortSignal | undefined;
  },
) => Promise<Response>;
