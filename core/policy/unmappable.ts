/** A schema that can't be mapped exactly; `field` is the path to it. */
export class UnmappableError extends Error {
  readonly field: string;
  constructor(field: string, reason: string) {
    super(`${field || '(input)'}: ${reason}`);
    this.name = 'UnmappableError';
    this.field = field;
  }
}
