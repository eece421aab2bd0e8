import { describe, expect, it } from 'vitest';
import { governanceAdmin } from '../../client/admin/governance.ts';
import { describe as told } from '../../client/cli/describe-changes.ts';

const changed = { noun: 'agent', id: 'agt_a', action: 'create', fields: ['id'], differences: [] };
const answer = (remaining: number, changes: object[]) => ({
  changes,
  release: { hash: 'f'.repeat(64), action: 'activate', differences: [] },
  unmanaged: [],
  warnings: [],
  remaining,
});
const body = { manifests: [], policies: [] };

describe('an apply of many requests', () => {
  it('goes on until nothing is left, tells how much is, and answers with all that changed', async () => {
    const answers = [answer(12, [changed, changed]), answer(4, [changed]), answer(0, [])];
    const asked: string[] = [];
    const admin = governanceAdmin(async (_, path) => {
      asked.push(path);
      return answers.shift();
    });
    const left: number[] = [];
    const applied = await admin.apply(body, { prune: true, onProgress: (rows) => left.push(rows) });
    expect(asked).toEqual(Array.from({ length: 3 }, () => '/v1/governance?prune=true'));
    expect(left).toEqual([12, 4]);
    expect(applied).toMatchObject({ changes: [changed, changed], remaining: 0 });
  });

  it('tells what waits for the council, which the last answer alone knows', async () => {
    const proposal = { needs: '2 of council', release: true, rows: [], approval: 'apr_1', expiresAt: 'soon' };
    const first = answer(3, [changed]);
    const last = { ...answer(0, []), proposal };
    last.release.action = 'propose';
    const answers: object[] = [first, last];
    const applied = await governanceAdmin(async () => answers.shift()).apply(body);
    expect(applied).toMatchObject({ changes: [changed], release: { action: 'propose' }, proposal });
    expect(told(applied, false).slice(-2)).toEqual([
      '1 changed.',
      'release ffffffffffff: waits for 2 of council until soon (apr_1).',
    ]);
    const { approval, expiresAt, ...planned } = proposal;
    expect(told({ ...applied, proposal: planned }, true).at(-1)).toBe(
      'release ffffffffffff: waits for 2 of council when applied.',
    );
  });

  it('asks once for a plan, however much there is to do', async () => {
    let asked = 0;
    const admin = governanceAdmin(async () => {
      asked += 1;
      return answer(0, [changed]);
    });
    await admin.apply(body, { plan: true });
    expect(asked).toBe(1);
  });
});
