/** What a sandbox is started with. */
export type SandboxSettings = { readonly code: string; readonly handler: string };

/** One invocation, as it is handed to the sandbox. */
export type Invocation = {
  readonly requestId: string;
  /** JSON text. */
  readonly payload: string;
  /** Milliseconds since the epoch. */
  readonly deadline: number;
  readonly functionArn: string;
};

/** What the sandbox says; output and results come in the order in which they happened. */
export type SandboxMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'output'; readonly text: string }
  | { readonly kind: 'result'; readonly ok: boolean; readonly payload: string }
  /** The bundle could not be loaded; the sandbox ends itself. */
  | { readonly kind: 'broken'; readonly payload: string };
