import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as id from '../../core/id.ts';
import { runs } from './property-runs.ts';

const buyer = id.agentId.parse('agt_buyer');
const run = id.runIdOf('starter', 'PR-0001');
const task = id.taskIdOf(run, 'Act', '1');
const words = fc.string({ unit: 'binary', maxLength: 40 });

describe('an id', () => {
  it('is the same for the same scope and key, and another for any other', () => {
    const makers: readonly ((a: string, b: string) => string)[] = [
      (a, b) => id.actionIdOf(a as typeof buyer, b),
      (a, b) => id.runIdOf(a, b),
      (a, b) => id.taskIdOf(run, a, b),
    ];
    fc.assert(
      fc.property(words, words, words, words, (a, b, c, d) => {
        for (const make of makers) {
          expect(make(a, b)).toBe(make(a, b));
          expect(make(a, b) === make(c, d)).toBe(a === c && b === d);
        }
      }),
      runs(200),
    );
  });

  it('does not mix where scope ends and key begins', () => {
    expect(id.runIdOf('ab', 'c')).not.toBe(id.runIdOf('a', 'bc'));
    expect(id.runIdOf('a","b', 'c')).not.toBe(id.runIdOf('a', 'b","c'));
  });

  it('lets the agent that takes over a task meet its predecessor’s action', () => {
    expect(id.actionIdOf(task, 'place-order')).toBe(id.actionIdOf(task, 'place-order'));
    expect(id.actionIdOf(task, 'place-order')).not.toBe(id.actionIdOf(buyer, 'place-order'));
  });

  it('of a step is another on another visit and in another run', () => {
    expect(id.taskIdOf(run, 'Act', '2')).not.toBe(task);
    expect(id.taskIdOf(id.runIdOf('starter', 'PR-0002'), 'Act', '1')).not.toBe(task);
  });

  it('of an approval is its action’s: an action is held once', () => {
    const action = id.actionIdOf(buyer, 'k');
    expect(id.approvalIdOf(action).slice(4)).toBe(action.slice(4));
  });

  it.each([
    ['an action', id.actionId, id.actionIdOf(buyer, 'k')],
    ['an approval', id.approvalId, id.approvalIdOf(id.actionIdOf(buyer, 'k'))],
    ['a run', id.runId, run],
    ['a task', id.taskId, task],
    ['an agent', id.agentId, buyer],
  ])('of %s can not stand for another noun’s', (_, own, value) => {
    const all = [id.actionId, id.approvalId, id.runId, id.taskId, id.agentId];
    expect(all.filter((schema) => schema.safeParse(value).success)).toEqual([own]);
  });

  it.each([
    'agt_',
    'agt_a',
    'agt_Buyer',
    'agt_-buyer',
    'agt_buyer\n',
    'agt_buyer#GATE',
    'buyer',
    `agt_${'a'.repeat(64)}`,
  ])('of an agent is not %j', (text) => expect(id.agentId.safeParse(text).success).toBe(false));
});

describe('a name', () => {
  it.each(['a', 'over-1k', '9lives', 'a'.repeat(63)])('may be %s', (text) => {
    expect(id.name.safeParse(text).success).toBe(true);
  });
  it.each(['', '-a', 'A', 'a_b', 'a.b', 'a b', 'a\n', 'é', 'a'.repeat(64)])('may not be %j', (text) => {
    expect(id.name.safeParse(text).success).toBe(false);
  });
  it.each(['erp.create_purchase_order', 'a', 'A-b.c_d', 'a.b.c'])('of a tool may be %s', (text) => {
    expect(id.toolName.safeParse(text).success).toBe(true);
  });
  it.each(['', '.a', 'a.', 'a..b', 'a/b', 'a b', 'a"b', 'a\n', '_a', 'a'.repeat(129)])(
    'of a tool may not be %j',
    (text) => {
      expect(id.toolName.safeParse(text).success).toBe(false);
    },
  );
});
