import type { ActionRow } from '../../core/action/action.ts';
import { RULE_ON_CONFLICT } from '../../core/action/conflict-question.ts';
import { GRANT_STANDING } from '../../core/action/grant.ts';
import { ACTIVATE_RELEASE, type Tool } from '../../core/governance/tool.ts';
import type { ReleaseBundle } from '../../core/policy/release.ts';
import { errorDetails, type Log } from '../aws/log.ts';
import type { Releases } from '../aws/releases.ts';

/** What carrying it out would touch, in the words of the release that held it. */
export type Touched = {
  readonly title: string;
  readonly system: string;
  readonly groups: readonly string[];
  readonly effect: Tool['effect'];
  readonly reviewed: boolean;
  /** How it can be taken back, where there is a way. */
  readonly undo?: string;
};

export type TouchedDeps = { readonly releases: Pick<Releases, 'load'>; readonly log: Log };

const activation: Touched = {
  title: 'Put a release of the rules in force',
  system: 'Autonomy OS itself',
  groups: ['governance'],
  effect: 'keyed',
  reviewed: true,
  undo: 'autonomy rollback puts the release before in force again.',
};

const granting: Touched = {
  title: 'Let an agent act within limits without asking you each time',
  system: 'Autonomy OS itself',
  groups: ['governance'],
  effect: 'keyed',
  reviewed: true,
  undo: 'autonomy grant revoke ends it at once; what was done under it stays done.',
};

const ruling: Touched = {
  title: 'Rule on a conflict between rules',
  system: 'Autonomy OS itself',
  groups: ['governance'],
  effect: 'keyed',
  reviewed: true,
  undo: 'it is a word and changes no rule; another text of either rule makes it open again.',
};

/** Looks the tool up in the release that held the action; `undefined` when that can't be read or names no such tool. */
export async function loadTouched(deps: TouchedDeps, action: ActionRow): Promise<Touched | undefined> {
  if (action.tool === ACTIVATE_RELEASE) return activation;
  if (action.tool === GRANT_STANDING) return granting;
  if (action.tool === RULE_ON_CONFLICT) return ruling;
  try {
    return touchedIn(await deps.releases.load(action.release), action);
  } catch (error) {
    deps.log('error', 'FAULT', errorDetails(error));
    return undefined;
  }
}

function touchedIn({ tools, systems }: ReleaseBundle, action: ActionRow): Touched | undefined {
  const tool = tools.find(({ name, hash }) => name === action.tool && hash === action.toolHash);
  if (!tool) return undefined;
  const { title, groups, effect, reviewed, compensation } = tool;
  const undo = compensation !== undefined && { undo: `${compensation} is declared to take it back.` };
  const system = systems.find(({ id }) => id === tool.system)?.title ?? tool.system;
  return { title, system, groups, effect, reviewed, ...undo };
}
