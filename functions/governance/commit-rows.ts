import type { Registry } from '../aws/registry.ts';
import { decideAndCommit } from '../aws/registry.ts';
import type { Planned } from './plan-governance.ts';

/** Rows of one noun don't depend on each other: so many are committed at once. */
const AT_ONCE = 8;

/**
 * Commits what differs, noun by noun, until the time is up; gives how many rows are left. A row that changed
 * meanwhile is planned again from what it is now.
 */
export async function commitRows(
  registry: Pick<Registry, 'load' | 'commit'>,
  rows: readonly Planned[],
  timeIsUp: () => boolean,
): Promise<number> {
  const waiting = rows.filter(({ step }) => step.action !== 'none');
  let done = 0;
  while (done < waiting.length) {
    if (done > 0 && timeIsUp()) break;
    const noun = waiting[done]?.step.noun;
    const next = waiting.slice(done, done + AT_ONCE).filter(({ step }) => step.noun === noun);
    await allOrThrow(next.map((row) => commitRow(registry, row)));
    done += next.length;
  }
  return waiting.length - done;
}

/** Waits for every one before the first failure is thrown: nothing is written behind a caller's back. */
async function allOrThrow(commits: readonly Promise<unknown>[]): Promise<void> {
  for (const outcome of await Promise.allSettled(commits)) {
    if (outcome.status === 'rejected') throw outcome.reason;
  }
}

function commitRow(registry: Pick<Registry, 'load' | 'commit'>, { key, again }: Planned): Promise<unknown> {
  return decideAndCommit(registry, async () => {
    const [row] = await registry.load([key]);
    const step = again(row);
    if ('action' in step && step.change) return step.change;
    return { refused: 'done', detail: 'another writer made it so' };
  });
}
