import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { activeReleaseKey } from '../../../core/policy/release.ts';
import type { Registry } from '../../../functions/aws/registry.ts';
import {
  type Applied,
  applyGovernance,
  type ApplyDeps,
} from '../../../functions/governance/apply-governance.ts';
import { startWorld, type World } from '../../harness/door.ts';
import { NOW } from '../../harness/facts.ts';
import { largeCompany } from '../../bench/large-governance.ts';
import { someBody } from '../../harness/release.ts';

const actor = { kind: 'administrator', id: 'arn:aws:iam::111122223333:user/ops' } as const;
const company = someBody(largeCompany({ agents: 40, policies: 40, tools: 10 }));
const ROWS = 40 + 10 + 1 + 2;
let world: World;
beforeEach(async () => {
  world = await startWorld();
});
afterEach(() => world.stop());

const deps = (more: Partial<ApplyDeps> = {}): ApplyDeps => ({
  registry: world.deps.registry,
  releases: world.releases,
  now: world.deps.now,
  ...more,
});
async function apply(given: ApplyDeps, plan = false): Promise<Applied> {
  const applied = await applyGovernance(given, company, { actor, plan });
  if (!('changes' in applied)) throw new Error(JSON.stringify(applied));
  return applied;
}
const inForce = async () => (await world.deps.registry.load([activeReleaseKey]))[0]?.['release'];
async function rows() {
  const { Items = [] } = await world.database.client.send(new ScanCommand({ TableName: 'registry' }));
  const all = Items.map((item) => unmarshall(item)).filter(({ sk }) => sk !== 'RELEASE' && sk !== 'ACTIVE');
  return all.sort((a, b) => (`${a['pk']} ${a['sk']}` < `${b['pk']} ${b['sk']}` ? -1 : 1));
}
const eventsOfCompany = async () =>
  (await world.database.events()).filter(({ subject }) => /worker|PERSON#person|UNIT#unit/.test(subject));

describe('an apply that takes longer than one answer may', () => {
  it('stops in time, tells how much is left, and goes on when asked again', async () => {
    const release = await inForce();
    let calls = 0;
    const hurried = () => new Date(NOW.getTime() + 4_000 * calls++);
    const left: number[] = [];
    do {
      calls = 0;
      const { remaining } = await apply(deps({ now: hurried }));
      left.push(remaining);
      if (remaining > 0) expect(await inForce()).toBe(release);
    } while ((left.at(-1) ?? 0) > 0);
    expect(left.length).toBeGreaterThan(1);
    expect(left).toEqual([...left].sort((a, b) => b - a));
    expect(await inForce()).not.toBe(release);
    const again = await apply(deps(), true);
    expect(again.changes).toHaveLength(ROWS);
    expect(again.changes.filter(({ action }) => action !== 'none')).toEqual([]);
    expect(again.release.action).toBe('none');
  });

  it('makes some progress however late it is', async () => {
    let calls = 0;
    const late = () => new Date(NOW.getTime() + 60_000 * calls++);
    expect((await apply(deps({ now: late }))).remaining).toBeLessThan(ROWS);
  });
});

describe('an apply that dies in the middle', () => {
  const dying = (after: number): Registry => {
    let commits = 0;
    return {
      ...world.deps.registry,
      commit: async (change) => {
        commits += 1;
        if (commits > after) throw new Error('the power went');
        return world.deps.registry.commit(change);
      },
    };
  };

  it.each([0, 1, 7, 12, 30, ROWS - 1, ROWS])('ends as one that did not, after %i rows', async (after) => {
    const release = await inForce();
    await expect(apply(deps({ registry: dying(after) }))).rejects.toThrow('the power went');
    expect(await inForce()).toBe(release);
    await apply(deps());
    const [mended, events, hash] = [await rows(), await eventsOfCompany(), await inForce()];
    await world.stop();
    world = await startWorld();
    await apply(deps());
    expect([await rows(), await eventsOfCompany(), await inForce()]).toEqual([mended, events, hash]);
  });
});

describe('an apply that another overtook', () => {
  it('does not put its release in the place of one it was never compared with', async () => {
    const overtaking: Registry = {
      ...world.deps.registry,
      commit: async (change) => {
        const first = change.events[0].type === 'person.changed';
        if (first && change.events[0].data['id'] === 'person-0') await rename();
        return world.deps.registry.commit(change);
      },
    };
    const applied = await applyGovernance(deps({ registry: overtaking }), company, { actor, plan: false });
    expect(applied).toMatchObject({ refused: 'changed-meanwhile' });
    expect(await inForce()).toBe('another');
  });

  async function rename() {
    const [active] = await world.deps.registry.load([activeReleaseKey]);
    const version = Number(active?.['version']) + 1;
    await world.deps.registry.commit({
      writes: [
        {
          kind: 'replace',
          row: { ...active, ...activeReleaseKey, v: 1, version, release: 'another' },
          ifVersion: version - 1,
        },
      ],
      events: [
        {
          v: 1,
          subject: 'POLICY',
          version,
          type: 'release.activated',
          at: NOW.toISOString(),
          actor,
          data: {},
        },
      ],
      result: undefined,
    });
  }
});
