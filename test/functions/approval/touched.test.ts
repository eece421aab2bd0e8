import { expect, it } from 'vitest';
import type { ReleaseBundle } from '../../../core/policy/release.ts';
import { loadTouched } from '../../../functions/approval/touched.ts';
import { someAction } from '../../harness/facts.ts';
import { someTool } from '../../harness/tools.ts';

const touchedBy = (compensation?: string) => {
  const action = someAction();
  const fields = {
    name: action.tool,
    hash: action.toolHash,
    ...(compensation !== undefined && { compensation }),
  };
  const bundle = { tools: [someTool(fields)], systems: [] } as unknown as ReleaseBundle;
  return loadTouched({ releases: { load: async () => bundle }, log: () => undefined }, action);
};

it('tells who decides which tool takes an action back, where one is declared', async () => {
  expect(await touchedBy('erp.cancel_order')).toMatchObject({
    undo: 'erp.cancel_order is declared to take it back.',
  });
  expect(await touchedBy()).not.toHaveProperty('undo');
});
