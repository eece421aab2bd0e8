import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Block, blocksIn, definition, isWait, type State } from '../../lib/machine-rules/definition.ts';
import { root } from '../harness/assembly.ts';

const machines = globSync('statemachines/*.asl.json', { cwd: root }).map(
  (file) => [file, definition.parse(JSON.parse(readFileSync(join(root, file), 'utf8')))] as const,
);

/** Where a state may go on to. */
const nextOf = ({ Next, Default, Choices, Catch }: State): readonly string[] =>
  [Next, Default, ...Choices.map((way) => way.Next), ...Catch.map((way) => way.Next)].filter(
    (name) => name !== undefined,
  );

/** States that can be come back to without a wait for somebody's word in between: loops that ask again and again. */
function busyLoops({ States }: Pick<Block, 'States'>): readonly string[] {
  const busy = (name: string) => States[name] !== undefined && !isWait(States[name]);
  const reaches = (from: string, seen: Set<string>): Set<string> => {
    for (const name of nextOf(States[from] ?? ({ Choices: [], Catch: [] } as unknown as State))) {
      if (!busy(name) || seen.has(name)) continue;
      seen.add(name);
      reaches(name, seen);
    }
    return seen;
  };
  return Object.keys(States).filter((name) => busy(name) && reaches(name, new Set()).has(name));
}

const blocksOf = (block: Block): readonly Block[] => [
  block,
  ...Object.values(block.States).flatMap((state) => blocksIn(state).flatMap(blocksOf)),
];

describe('a machine that waits for people', () => {
  it.each(machines)('%s: never looks again and again, it waits to be told', (_, machine) => {
    for (const block of blocksOf(machine)) {
      expect(busyLoops(block)).toEqual([]);
      expect(Object.values(block.States).filter(({ Type }) => Type === 'Wait')).toEqual([]);
    }
  });

  it('asks people whatever comes of the look before', () => {
    const [, approval] = machines.find(([file]) => file.endsWith('approval.asl.json')) ?? [];
    const look = approval?.States['Look at what is there now'];
    expect(look && nextOf(look)).toEqual(['Ask the approvers', 'Ask the approvers']);
    expect(look?.Catch.flatMap(({ ErrorEquals }) => ErrorEquals)).toEqual(['States.ALL']);
    expect(approval?.States['Is there something to look at first?']?.Default).toBe('Ask the approvers');
  });

  it('would be found out if it asked in a loop', () => {
    const [, approval] = machines.find(([file]) => file.endsWith('approval.asl.json')) ?? [];
    const asks = approval?.States['Ask the approvers'];
    expect(asks && isWait(asks)).toBe(true);
    const polling = {
      ...approval?.States,
      'Ask the approvers': { ...asks, Resource: 'arn:aws:states:::lambda:invoke' },
    };
    expect(busyLoops({ States: polling as Block['States'] })).toEqual([
      'Ask the approvers',
      'Is a deadline left?',
    ]);
  });
});
