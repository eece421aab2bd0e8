/** What a command may touch of the process it runs in. */
export type Terminal = {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** One line to standard output. */
  print(line: string): void;
  /** One line to standard error. */
  complain(line: string): void;
};

/** An agent's words may stand in an answer: nothing in them steers the terminal. */
export const visible = (line: string) => line.replace(/[^\P{C}\t]/gu, '\ufffd');

/** The command ends with 1; each line says what to do. */
export class CommandError extends Error {
  readonly lines: readonly string[];
  constructor(...lines: readonly string[]) {
    super(lines.join('\n'));
    this.name = 'CommandError';
    this.lines = lines;
  }
}
