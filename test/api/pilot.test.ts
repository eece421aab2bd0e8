import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { productAssembly } from '../harness/assembly.ts';
import { someRequests, startLocal } from './product.ts';

const home = mkdtempSync(join(tmpdir(), 'autonomy-pilot-'));
beforeAll(() => productAssembly(), 120_000);
afterAll(() => rmSync(home, { recursive: true, force: true }));

/** Small, held for one and for two, another currency, text that tries things, denied, and not even valid. */
const rowsOfEveryKind = [
  ...['PR-0001', 'PR-0004', 'PR-0006', 'PR-0010', 'PR-0033', 'PR-0044', 'PR-0049', 'PR-0051'],
  ...['PR-0039', 'PR-0041', 'PR-0052', 'PR-0054', 'PR-0057', 'PR-0060'],
];

const reportOf = (output: string) =>
  JSON.parse(output.trim().split('\n').at(-1) ?? '') as Record<string, unknown>;

describe('npm run pilot', () => {
  it('takes rows of every kind to their ends, and the audit log agrees with the ERP', async () => {
    const input = someRequests(home, rowsOfEveryKind);
    const local = startLocal(['pilot', '--input', input, '--decide', 'approve', '--json'], {});
    expect(await local.ended, local.output()).toBe(0);
    const report = reportOf(local.output());
    expect(report).toMatchObject({
      requests: 14,
      ordered: 8,
      denied: 2,
      rejected: 0,
      expired: 0,
      pending: 0,
      invalid: 4,
      heldForApproval: 4,
      auditComplete: true,
      faults: [],
    });
    expect(report['minutesSaved']).toBeGreaterThan(0);
  }, 100_000);

  it('leaves pending what nobody decides, and says so in words', async () => {
    const input = someRequests(home, ['PR-0001', 'PR-0004', 'PR-0010', 'PR-0057']);
    const left = startLocal(['pilot', '--input', input], {});
    expect(await left.ended, left.output()).toBe(0);
    expect(left.output()).toMatch(/line 5 \(PR-0057\): business_unit: there is no unit skunkworks/);
    expect(left.output()).toMatch(/waiting for people +2/);
  }, 60_000);

  it.each([
    [['pilot', '--decide', 'maybe'], {}, /--decide/],
    [['pilot', '--input', 'nowhere.csv'], {}, /--input: nowhere\.csv is no file/],
    [['pilot'], { PORT: 'eighty' }, /PORT=eighty is no port/],
  ])(
    'refuses %j with %j in one line',
    async (args, env, line) => {
      const local = startLocal(args, env);
      expect(await local.ended).not.toBe(0);
      expect(local.output()).toMatch(line);
      expect(local.output()).not.toMatch(/\n\s+at /);
    },
    30_000,
  );
});
