import { describe, expect, it } from 'vitest';
import { confirmContained, engageSwitch, MOST_ENGAGED } from '../../../core/switch/engage-switch.ts';
import { restoreSwitch } from '../../../core/switch/restore-switch.ts';
import { coveringSwitch, switchesKey, type SwitchesRow, switchScope } from '../../../core/switch/switch.ts';
import { later, NOW, stopped } from '../../harness/facts.ts';
import { refusalOf, whole } from '../whole-change.ts';

const by = (user: string, now = NOW) => ({
  actor: { kind: 'administrator', id: `arn:aws:iam::111122223333:${user}` } as const,
  now,
});
const request = (scope: string) => ({ scope, reason: 'it went wild' });
const rowWith = (...scopes: string[]): SwitchesRow => ({ ...switchesKey, v: 1, ...stopped(...scopes) });

describe('a scope', () => {
  it.each(['everything', 'unit:operations', 'role:buyer', 'agent:agt_buyer', 'tool:erp.pay', 'workflow:p2p'])(
    'may be %s',
    (scope) => expect(switchScope.safeParse(scope).success).toBe(true),
  );

  it.each([
    '',
    'all',
    'everything:',
    'everything:x',
    'unit',
    'unit:',
    'agent:buyer',
    'constructor:x',
    'unit:A B',
  ])('is not "%s"', (scope) => expect(switchScope.safeParse(scope).success).toBe(false));

  it('covers by its own kind alone: no unit is stopped by the name of a role', () => {
    const covered = { agent: 'agt_x', unit: 'same', roles: ['other'], tool: 'same', workflow: 'same' };
    expect(coveringSwitch(stopped('role:same', 'agent:agt_y'), covered)).toBeUndefined();
    for (const scope of ['unit:same', 'role:other', 'tool:same', 'workflow:same', 'agent:agt_x'])
      expect(coveringSwitch(stopped('unit:elsewhere', scope), covered)?.scope).toBe(scope);
  });
});

describe('engaging', () => {
  it('makes the row with the first switch and leaves one event per version', () => {
    const first = whole(engageSwitch(undefined, request('tool:a'), by('user/ann')));
    const second = whole(engageSwitch(first.result, request('unit:b'), by('user/bob')));
    expect(second.result.engaged.map(({ scope, since }) => [scope, since])).toEqual([
      ['tool:a', 1],
      ['unit:b', 2],
    ]);
    expect(second.writes).toEqual([expect.objectContaining({ kind: 'replace', ifVersion: 1 })]);
    expect(second.events).toMatchObject([{ type: 'switch.engaged', subject: 'SWITCHES', version: 2 }]);
  });

  it('takes a scope that is stopped for stopped', () => {
    expect(refusalOf(engageSwitch(rowWith('unit:b'), request('unit:b'), by('user/ann')))).toBe('engaged');
  });

  it('keeps within one row', () => {
    const full = rowWith(...Array.from({ length: MOST_ENGAGED }, (_, n) => `unit:u${n}`));
    expect(refusalOf(engageSwitch(full, request('unit:one-more'), by('user/ann')))).toBe('too-many');
  });
});

describe('containment', () => {
  it('is confirmed once, with how long it took and how many agents it reached', () => {
    const found = { scope: 'unit:b', since: 1, agents: 7 };
    const change = whole(confirmContained(rowWith('unit:b'), found, by('user/ann', later(2.5))));
    expect(change.events).toMatchObject([{ type: 'switch.contained', data: { agents: 7, seconds: 2.5 } }]);
    expect(refusalOf(confirmContained(change.result, found, by('user/ann')))).toBe('contained');
  });

  it('of an earlier engagement says nothing about a later one of the same scope', () => {
    const found = { scope: 'unit:b', since: 9, agents: 7 };
    expect(refusalOf(confirmContained(rowWith('unit:b'), found, by('user/ann')))).toBe('not-engaged');
  });
});

describe('restoring', () => {
  const restore = (row: SwitchesRow, user: string) => restoreSwitch(row, request('unit:b'), by(user));

  it('takes two people, and says who they were', () => {
    const asked = whole(restore(rowWith('unit:b', 'tool:a'), 'user/ann'));
    expect(asked.result.engaged).toHaveLength(2);
    expect(asked.events).toMatchObject([{ type: 'switch.restore-requested' }]);
    const done = whole(restore(asked.result, 'user/bob'));
    expect(done.result.engaged.map(({ scope }) => scope)).toEqual(['tool:a']);
    expect(done.events).toMatchObject([
      { type: 'switch.restored', actor: by('user/bob').actor, data: { with: by('user/ann').actor } },
    ]);
  });

  it.each([
    ['the same user', 'user/ann', 'user/ann'],
    ['two sessions of one role', 'assumed-role/Ops/one', 'assumed-role/Ops/two'],
    ['a session with slashes', 'assumed-role/Ops/a/b', 'assumed-role/Ops/c'],
  ])('is not done by %s', (_, first, second) => {
    const asked = whole(restore(rowWith('unit:b'), first));
    expect(refusalOf(restore(asked.result, second))).toBe('second-person');
  });

  it('knows people of IAM Identity Center by their sessions', () => {
    const role = 'assumed-role/AWSReservedSSO_Admin_0123456789abcdef';
    const asked = whole(restore(rowWith('unit:b'), `${role}/ann@example.com`));
    expect(refusalOf(restore(asked.result, `${role}/ann@example.com`))).toBe('second-person');
    expect(whole(restore(asked.result, `${role}/bob@example.com`)).result.engaged).toEqual([]);
  });

  it('of a drill takes one', () => {
    const drill = whole(engageSwitch(undefined, { ...request('unit:b'), drill: true }, by('user/ann')));
    const done = whole(restore(drill.result, 'user/ann'));
    expect(done.events).toMatchObject([{ type: 'switch.restored', data: { drill: true } }]);
  });

  it('of what is not stopped is refused', () => {
    expect(refusalOf(restoreSwitch(undefined, request('unit:b'), by('user/ann')))).toBe('not-engaged');
    expect(refusalOf(restore(rowWith('unit:c'), 'user/ann'))).toBe('not-engaged');
  });
});
