import { actionStatuses } from '../../core/action/action.ts';
import { firstStages, stages } from '../../core/agent/agent.ts';
import { approvalStatuses } from '../../core/approval/approval.ts';
import { runStatuses } from '../../core/run/run.ts';
import { isTerminal, statusesOf, type StatusTable } from '../../core/status.ts';
import { taskStatuses } from '../../core/task/task.ts';

type Life = { readonly table: StatusTable<string>; readonly first: readonly string[] };

/** The nouns that have a life, and the statuses in which they come to be. */
const lives: Readonly<Record<string, Life>> = {
  action: { table: actionStatuses, first: ['held', 'started', 'denied'] },
  approval: { table: approvalStatuses, first: ['pending'] },
  run: { table: runStatuses, first: ['requested'] },
  task: { table: taskStatuses, first: ['open'] },
  agent: { table: stages, first: firstStages },
};

/** A status table as a Mermaid diagram; an arrow for each way there is. */
function diagramOf({ table, first }: Life): string {
  const arrows = [
    ...first.map((status) => `[*] --> ${status}`),
    ...statusesOf(table).flatMap((status) =>
      isTerminal(table, status)
        ? [`${status} --> [*]`]
        : (table[status] ?? []).map((next) => `${status} --> ${next}`),
    ),
  ];
  return ['```mermaid', 'stateDiagram-v2', ...arrows.map((arrow) => `  ${arrow}`), '```'].join('\n');
}

const places = /(<!-- statuses: (\w+) -->\n)[\s\S]*?(<!-- end -->)/g;

/** Every noun a document has a place for. */
export const drawnIn = (document: string) => [...document.matchAll(places)].map(([, , noun]) => noun);
export const nouns = Object.keys(lives);

/** The document with each diagram as the code has it; an unknown noun throws. */
export function drawStatuses(document: string): string {
  return document.replace(places, (_, begin: string, noun: string, end: string) => {
    const life = lives[noun];
    if (!life) throw new Error(`there is no status table of ${noun}: use ${nouns.join(', ')}`);
    return `${begin}${diagramOf(life)}\n${end}`;
  });
}
