import { expect, it } from 'vitest';
import { soakStreams } from './streams.ts';

it('events delivered twice, in any order, to services that fail cause what one delivery causes', async () => {
  expect(await soakStreams(15)).toBe(0);
});
