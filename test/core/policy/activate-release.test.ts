import { describe, expect, it } from 'vitest';
import { activateRelease } from '../../../core/policy/activate-release.ts';
import { activeReleaseKey, activeReleaseRow, releaseHash, releaseRow } from '../../../core/policy/release.ts';
import { NOW } from '../../harness/facts.ts';
import { someBundle } from '../../harness/release.ts';
import { rowOf, versioned, whole } from '../whole-change.ts';

const bundle = someBundle();
const release = { hash: releaseHash(bundle), bundle };
const by = {
  actor: { kind: 'administrator', id: 'arn:aws:iam::123456789012:role/cloud-team' } as const,
  now: NOW,
};
const active = activeReleaseRow.parse({
  ...activeReleaseKey,
  v: 1,
  version: 4,
  release: 'the-one-before',
  activatedAt: NOW.toISOString(),
});

describe('putting a release in force', () => {
  it('records the first release and points at it', () => {
    const change = whole(activateRelease({ active: undefined, known: false }, release, by));
    expect(change.events.map(({ type }) => type)).toEqual(['release.activated', 'release.published']);
    expect(change.writes.map(({ kind }) => kind)).toEqual(['create', 'create']);
    expect(releaseRow.parse(rowOf(change, 'RELEASE'))).toMatchObject({ release: release.hash, tools: 3 });
    expect(change.result).toMatchObject({ release: release.hash, version: 1 });
  });

  it('moves the pointer only from where it was seen, and tells what was in force before', () => {
    const change = whole(activateRelease({ active, known: false }, release, by));
    expect(versioned(change).at(-1)).toMatchObject({ kind: 'replace', ifVersion: 4 });
    expect(change.events[0]).toMatchObject({ data: { before: 'the-one-before' }, actor: by.actor });
  });

  it('does not write a known release twice: going back to one is one step', () => {
    const change = whole(activateRelease({ active, known: true }, release, by));
    expect(change.events.map(({ type }) => type)).toEqual(['release.activated']);
    expect(change.events[0].data).toEqual({ before: 'the-one-before' });
  });

  it('keeps whose doing it is, and names nobody where that is not known', () => {
    const facts = { active: undefined, known: false };
    const change = whole(activateRelease(facts, release, { ...by, person: 'anna' }));
    expect(change.result).toMatchObject({ activatedBy: 'anna' });
    expect(rowOf(change, 'RELEASE')).toMatchObject({ publishedBy: 'anna' });
    expect(change.events[0].data).toEqual({ before: null, person: 'anna' });
    expect(whole(activateRelease(facts, release, by)).result).not.toHaveProperty('activatedBy');
  });

  it('is marked in the log when it is a rollback', () => {
    const change = whole(activateRelease({ active, known: true }, release, { ...by, rollback: true }));
    expect(change.events[0].data).toEqual({ before: 'the-one-before', rollback: true });
  });
});
