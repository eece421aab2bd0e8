import { expect, it } from 'vitest';
import { askEngine } from '../../../core/policy/ask-engine.ts';
import { order, someBundle, someRequest } from '../../harness/release.ts';

it('takes what the engine can not answer for a failure', () => {
  const { units, tools } = someBundle();
  const tool = tools.find(({ name }) => name === order.name);
  if (!tool) throw new Error('the tool is gone');
  const slice = { name: 'never made', named: { words: new Set<string>(), whole: false }, actions: [] };
  const question = { agent: someRequest().agent, tool, context: {} };
  expect(askEngine(units, slice, question)).toEqual({ allowed: false, reasons: [], failed: true });
});
