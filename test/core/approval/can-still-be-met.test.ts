import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canStillBeMet, mayBeReachedInChat } from '../../../core/approval/can-still-be-met.ts';
import { chatKey, type ChatRow } from '../../../core/approval/chat.ts';
import { approvalId } from '../../../core/id.ts';
import { type Electorate, liftedGuards } from '../../../core/approval/count-votes.ts';
import { later, NOW, someApproval, someGroup, someGuard, somePerson, someVote } from '../../harness/facts.ts';

const names = ['ann', 'bob', 'cyd', 'lea'];
const electorate = {
  people: names.map((name) => somePerson(name)),
  groups: [someGroup('finance', ['ann', 'bob', 'cyd']), someGroup('leads', ['lea'])],
  excluded: ['cyd'],
};
const guard = (count: number, fields = {}) =>
  someGuard({
    requires: [{ group: 'finance', count }],
    escalate: [{ group: 'leads', count: 1, afterSeconds: 600 }],
    ...fields,
  });
const mark = (unreached: boolean) => ({
  round: 1,
  deadline: 0,
  ...(unreached && { unreached: true as const }),
});
const askedOf = (got: readonly string[], not: readonly string[]) =>
  Object.fromEntries([
    ...got.map((name) => [name, mark(false)] as const),
    ...not.map((name) => [name, mark(true)] as const),
  ]);

describe('an approval whose mails came back', () => {
  it.each([
    ['one of one is reached', 1, ['ann'], ['bob'], [], NOW, true],
    ['two of two are reached', 2, ['ann', 'bob'], [], [], NOW, true],
    ['one of two is reached', 2, ['ann'], ['bob'], [], NOW, false],
    ['nobody is reached', 1, [], ['ann', 'bob'], [], NOW, false],
    ['nobody was asked', 1, [], [], [], NOW, false],
    ['the other of two voted before', 2, ['ann'], ['bob'], [someVote('bob')], NOW, true],
    ['only who must keep out is reached', 1, ['cyd'], ['ann'], [], NOW, false],
    ['a rung’s lead is reached in time', 2, ['ann', 'lea'], ['bob'], [], later(600), true],
    ['a rung’s lead is reached before its time', 2, ['ann', 'lea'], ['bob'], [], NOW, false],
  ] as const)('when %s', (_, count, got, not, votes, at, expected) => {
    const approval = someApproval({ guards: [guard(count)], asked: askedOf(got, not), votes: [...votes] });
    expect(canStillBeMet({ approval, electorate }, at)).toBe(expected);
  });

  it('counts a rung that was opened before its time', () => {
    const fields = { hastenedSeconds: 600, asked: askedOf(['lea'], ['ann', 'bob']) };
    const approval = someApproval({ guards: [guard(2)], ...fields });
    expect(canStillBeMet({ approval, electorate }, NOW)).toBe(true);
  });

  const account = { team: 'T012AB3CD', user: 'U0ANN' };
  const inChat = { ...electorate, people: names.map((name) => somePerson(name, { slack: account })) };
  const message = (fields: object) => ({ person: 'ann', ...account, channel: 'D1', ts: '1.2', ...fields });
  const chatOf = (fields: object): ChatRow => ({
    ...chatKey('apr_00000001'),
    v: 1,
    version: 1,
    approval: approvalId.parse('apr_00000001'),
    messages: [message(fields)],
  });
  it.each([
    ['a message with buttons stands there', chatOf({ decides: true }), true],
    ['its message has no buttons', chatOf({}), false],
    ['its message was never taken', chatOf({ decides: true, ts: undefined }), false],
    ['its message went to another account', chatOf({ decides: true, user: 'U0BOB' }), false],
    ['somebody else has a message', chatOf({ decides: true, person: 'bob' }), false],
    ['the chat knows of nothing', undefined, false],
  ])('counts who is reached in the chat alone when %s', (_, chat, expected) => {
    const approval = someApproval({ guards: [guard(1)], asked: askedOf([], ['ann']) });
    expect(canStillBeMet({ approval, electorate: inChat, chat }, NOW)).toBe(expected);
  });

  it('waits for no message to whom has no account, or was reached by mail', () => {
    const may = (electorateNow: Electorate, asked: ReturnType<typeof askedOf>, chat?: ChatRow) =>
      mayBeReachedInChat({ approval: someApproval({ asked }), electorate: electorateNow, chat });
    expect(may(inChat, askedOf([], ['ann']))).toBe(true);
    expect(may(inChat, askedOf([], ['ann']), chatOf({ ts: undefined }))).toBe(true);
    expect(may(inChat, askedOf([], ['ann']), chatOf({}))).toBe(false);
    expect(may(inChat, askedOf(['ann'], []))).toBe(false);
    expect(may(electorate, askedOf([], ['ann']))).toBe(false);
  });

  it('needs every guard, and takes it that people can sign in', () => {
    const both = [
      guard(1, { assurance: 'signed-in' }),
      someGuard({ id: 'board', requires: [{ group: 'board', count: 1 }] }),
    ];
    const [first] = both;
    const asked = askedOf(['ann'], []);
    expect(canStillBeMet({ approval: someApproval({ guards: both, asked }), electorate }, NOW)).toBe(false);
    const alone = someApproval({ guards: first ? [first] : [], asked });
    expect(canStillBeMet({ approval: alone, electorate }, NOW)).toBe(true);
  });

  it('holds whenever some of the reached could lift it', () => {
    const people = fc.uniqueArray(fc.constantFrom(...names));
    fc.assert(
      fc.property(people, people, fc.integer({ min: 1, max: 3 }), fc.boolean(), (got, yes, count, late) => {
        const at = late ? later(700) : NOW;
        const guards = [guard(count)];
        const approval = someApproval({ guards, asked: askedOf(got, []) });
        const votes = yes
          .filter((name) => got.includes(name))
          .map((name) => someVote(name, { at: at.toISOString() }));
        const lifts = liftedGuards(guards, { votes, waiting: approval }, electorate).length === 1;
        expect(lifts && !canStillBeMet({ approval, electorate }, at)).toBe(false);
      }),
    );
  });
});
