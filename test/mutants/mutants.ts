/** One protection taken away: the text in the file, what it becomes, and the tests that must turn red. */
export type Mutant = {
  readonly name: string;
  readonly file: string;
  readonly find: string;
  readonly replace: string;
  /** Test files or folders to run. */
  readonly tests: readonly string[];
};

export const mutants: readonly Mutant[] = [
  {
    name: 'a denied action leaves no audit event',
    file: 'core/action/request-action.ts',
    find: "return created(row, eventOf(row, 'action.denied', 'deny', { problem }, now));",
    replace:
      'return { ...created(row, eventOf(row, "action.denied", "deny", { problem }, now)), events: [] as never };',
    tests: ['test/core/action'],
  },
  {
    name: 'a suspended agent may act',
    file: 'core/action/request-action.ts',
    find: 'if (obstacle) return deny(base, obstacle, now);',
    replace: '',
    tests: ['test/core/action'],
  },
  {
    name: 'an action starts without passing its gate',
    file: 'core/action/request-action.ts',
    find: 'return { ...change, writes: [...change.writes, admit(facts, now)] };',
    replace: 'return change;',
    tests: ['test/core/action'],
  },
];
