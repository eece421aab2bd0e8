import { agentRow, type Stage } from '../agent/agent.ts';
import type { Step } from './plan-rows.ts';

/** What a sponsor may change of an agent, and what of its row follows from that. */
const theirs = ['stage', 'recertifyBy', 'keys', 'release', 'suspendedFor'];

/** The ways down: less than before in all of them. */
const down: readonly (readonly [Stage, Stage])[] = [
  ['draft', 'retired'],
  ['pilot', 'suspended'],
  ['pilot', 'retired'],
  ['production', 'pilot'],
  ['production', 'suspended'],
  ['production', 'retired'],
  ['suspended', 'retired'],
];

const answered = agentRow.pick({ sponsor: true });

/** Whether a step is this person's to make as the sponsor of an agent: whose sponsor they are and stay. */
export function isSponsors({ noun, action, fields, differences, change }: Step, person: string): boolean {
  if (noun !== 'agent' || (action !== 'change' && action !== 'withdraw') || !change) return false;
  if (!fields.every((field) => theirs.includes(field))) return false;
  const { sponsor } = answered.parse(change.result);
  const moves = differences.filter(({ field }) => field === 'stage');
  return (
    sponsor === person &&
    moves.every(({ before, after }) => down.some(([from, to]) => from === before && to === after)) &&
    change.events.every(({ data }) => data['evidence'] === undefined)
  );
}
