export const EXECUTION_STATUSES = ['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'] as const;
export type ExecutionStatus = (typeof EXECUTION_STATUSES)[number];

/** One execution as the console shows it; times in epoch milliseconds. */
export type ExecutionSummary = {
  readonly arn: string;
  /** The state machine's name. */
  readonly machine: string;
  readonly name: string;
  readonly status: ExecutionStatus;
  readonly startedAt: number;
  readonly stoppedAt?: number | undefined;
  /** The state it is in; absent when it has ended. */
  readonly state?: string | undefined;
  /** Since when it waits there for something outside: a task token, a timer. */
  readonly waitingSince?: number | undefined;
};

/** One event of a history, under AWS's type name. */
export type ExecutionEvent = {
  readonly id: number;
  readonly at: number;
  readonly type: string;
  readonly state?: string | undefined;
  /** A few words: an error's name, a function's name. Never input, output, a cause or a task token. */
  readonly detail?: string | undefined;
};

/** What the console may know of executions: nothing of what they carry. */
export type ExecutionsView = {
  /** Newest first. */
  list(filter: {
    readonly status?: ExecutionStatus | undefined;
    readonly limit: number;
  }): readonly ExecutionSummary[];
  /** In order; empty for an execution nobody knows. */
  history(arn: string): readonly ExecutionEvent[];
};
