/** Why a state failed, by the name and cause that Retry and Catch see; `SendTaskFailure` may leave out both. */
export type Failure = { readonly error: string | undefined; readonly cause: string | undefined };

/** Thrown while a state is run; the runner turns it into the state's failure. */
export class StateError extends Error {
  readonly failure: Failure;
  /** The field whose expression failed, for the history's EvaluationFailed event. */
  readonly location: string | undefined;
  constructor(error: string, cause: string, location?: string) {
    super(`${error}: ${cause}`);
    this.name = 'StateError';
    this.failure = { error, cause };
    this.location = location;
  }
}

/** Errors that `States.ALL` does not stand for. */
const NOT_ALL = ['States.Runtime', 'States.DataLimitExceeded'];

/** Whether a name of `ErrorEquals` means this error. */
export function means(name: string, error: string | undefined): boolean {
  if (name === error) return true;
  if (error !== undefined && NOT_ALL.includes(error)) return false;
  if (name === 'States.ALL') return true;
  return name === 'States.TaskFailed' && error !== 'States.Timeout';
}
