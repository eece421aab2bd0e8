import { describe, expect, it } from 'vitest';
import { governanceAdmin } from '../../client/admin/governance.ts';

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
