/** Why the cloud did not start, in one line that says what to do; nothing was left running. */
export class BootError extends Error {
  override readonly name = 'BootError';
}
