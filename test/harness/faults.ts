import type { ExecutorDeps } from '../../functions/action/execute-approved.ts';
import { createJudge } from '../../functions/action/judge.ts';

/** The function was killed here. */
export class Crash extends Error {
  override readonly name = 'Crash';
}

/** Where a process may die: before each call that leaves it, and after the call took effect but before it is heard of. */
export type Faults = { readonly deps: ExecutorDeps; readonly points: () => number };

/**
 * The door's dependencies, dying at the given points of their life, counted over everything they do: two points for
 * each read, each commit, each release that is opened and each call of a tool.
 */
export function dyingAt(deps: ExecutorDeps, planned: readonly number[]): Faults {
  let point = 0;
  const step = () => {
    point += 1;
    if (planned.includes(point)) throw new Crash(`killed at point ${point}`);
  };
  const fatal =
    <Args extends readonly unknown[], Result>(call: (...args: Args) => Promise<Result>) =>
    async (...args: Args): Promise<Result> => {
      step();
      const result = await call(...args);
      step();
      return result;
    };
  const open = fatal(deps.open);
  return {
    deps: {
      ...deps,
      open,
      judge: createJudge(open, deps.log),
      callTool: fatal(deps.callTool),
      registry: {
        ...deps.registry,
        load: fatal((keys) => deps.registry.load(keys)),
        commit: fatal((change) => deps.registry.commit(change)),
      },
    },
    points: () => point,
  };
}
