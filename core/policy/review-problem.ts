import type { Tool } from '../governance/tool.ts';
import type { ReleaseBundle } from './release.ts';

/** Why a tool counts as unreviewed though the centre has a review of it; `undefined` where it has none, or it holds. */
export function reviewProblem(
  { name, hash, reviewed }: Pick<Tool, 'name' | 'hash' | 'reviewed'>,
  { reviews = [] }: Pick<ReleaseBundle, 'reviews'>,
): string | undefined {
  const review = reviews.find(({ tool }) => tool === name);
  if (reviewed || !review) return undefined;
  return review.definition === hash
    ? 'its review says another effect or other groups'
    : `its review is of definition ${review.definition ?? 'none'}, and it is now ${hash}`;
}

/** Each tool of which that is so, in a line for whoever plans: nothing is refused by it. */
export function reviewNotices(bundle: Pick<ReleaseBundle, 'tools' | 'reviews'>): string[] {
  return bundle.tools.flatMap((tool) => {
    const problem = reviewProblem(tool, bundle);
    return problem ? [`tool ${tool.name} counts as unreviewed: ${problem}`] : [];
  });
}
