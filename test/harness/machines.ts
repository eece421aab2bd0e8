import type { Answer, Machines } from '../../functions/aws/machines.ts';

/** State machines on paper: what was started, what was answered, and what each execution's status is said to be. */
export type PaperMachines = Machines & {
  readonly started: { readonly machine: string; readonly name: string; readonly input: unknown }[];
  readonly answers: (readonly [token: string, answer: Answer])[];
  readonly statuses: Map<string, string>;
  /** Tokens on which nothing waits any more. */
  readonly gone: Set<string>;
};

/** Keeps Step Functions' promises: an execution starts once by its name, a token is answered once. */
export function paperMachines(): PaperMachines {
  const started: { machine: string; name: string; input: unknown }[] = [];
  const answers: (readonly [string, Answer])[] = [];
  const statuses = new Map<string, string>();
  const gone = new Set<string>();
  return {
    started,
    answers,
    statuses,
    gone,
    start: async (machine, name, input) => {
      if (started.some((each) => each.name === name)) return;
      started.push({ machine, name, input });
      if (!statuses.has(name)) statuses.set(name, 'RUNNING');
    },
    answer: async (token, answer) => {
      if (gone.has(token)) return false;
      gone.add(token);
      answers.push([token, answer]);
      return true;
    },
    status: async (_, name) => statuses.get(name),
  };
}
