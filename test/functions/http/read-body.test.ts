import { Hono } from 'hono';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { onError } from '../../../functions/http/problem.ts';
import { readBody } from '../../../functions/http/read-body.ts';
import { startWorld, type World } from '../../harness/door.ts';
import { answered } from '../../harness/http.ts';

const body = z.strictObject({ value: z.unknown() });
const app = new Hono();
app.onError(onError(() => undefined));
app.post('/', async (c) => c.json({ read: (await readBody(c, body)).value }));
app.post('/small', async (c) => c.json({ read: await readBody(c, body, { maxBytes: 100, maxNodes: 3 }) }));

const post = async (text: string, type: string | undefined = 'application/json', path = '/') => {
  const headers = type === undefined ? {} : { 'content-type': type };
  return answered(await app.request(path, { method: 'POST', headers, body: new TextEncoder().encode(text) }));
};
const nested = (levels: number, core = '1') => '{"a":'.repeat(levels) + core + '}'.repeat(levels);

describe('a body', () => {
  it('is read by its schema', async () => {
    const answer = await post('{"value": {"total": "1200.50", "n": 7, "list": [true, null, -0.5]}}');
    expect(answer.body).toEqual({ read: { total: '1200.50', n: 7, list: [true, null, -0.5] } });
  });

  it.each(['application/json; charset=utf-8', 'APPLICATION/JSON'])('may come as %s', async (type) => {
    expect((await post('{"value":1}', type)).status).toBe(200);
  });

  it.each([
    undefined,
    'text/plain',
    'application/x-www-form-urlencoded',
    'text/plain; application/json',
    'application/jsonp',
  ])('of type %s is a 415', async (type) => {
    expect(await post('{"value":1}', type ?? '')).toMatchObject({ status: 415, body: { title: 'not-json' } });
  });

  it('may have 64 KiB and not a byte more, whatever its characters', async () => {
    const around = '{"value":""}'.length;
    expect((await post(`{"value":"${'x'.repeat(65_536 - around)}"}`)).status).toBe(200);
    expect((await post(`{"value":"${'x'.repeat(65_537 - around)}"}`)).status).toBe(413);
    expect((await post(`{"value":"${'é'.repeat(40_000)}"}`)).status).toBe(413);
  });

  it('is as small as its route says', async () => {
    expect((await post(`{"value":"${'x'.repeat(100)}"}`, undefined, '/small')).status).toBe(413);
    expect((await post('{"value":[1,2]}', undefined, '/small')).status).toBe(400);
  });

  it.each<[string, string, string]>([
    ['no JSON', '{"value":', 'invalid-json'],
    ['nothing', '', 'invalid-json'],
    ['a hundred thousand brackets', '['.repeat(60_000), 'invalid-json'],
    ['closed brackets without end', `${'['.repeat(30_000)}${']'.repeat(30_000)}`, 'invalid-json'],
    ['an integer that would be rounded', '{"value":9007199254740993}', 'invalid-json'],
    ['a negative one', '{"value":-9007199254740993}', 'invalid-json'],
    ['one in exponent form', '{"value":1e300}', 'invalid-json'],
    ['a number beyond all', '{"value":1e999}', 'invalid-json'],
    ['a number too small to be kept', '{"value":1e-200}', 'invalid-json'],
    ['__proto__', '{"value":{"__proto__":{"admin":true}}}', 'invalid-json'],
    ['an escaped __proto__', '{"value":{"\\u005f_proto__":1}}', 'invalid-json'],
    ['half a character', '{"value":"\\ud800"}', 'invalid-json'],
    ['half a character in a name', '{"value":{"\\udfff":1}}', 'invalid-json'],
    ['levels without end', `{"value":${nested(30)}}`, 'too-complex'],
    ['values without end', `{"value":[${'1,'.repeat(5000)}1]}`, 'too-complex'],
    ['a field nobody knows', '{"value":1,"admin":true}', 'invalid-body'],
    ['a list in place of an object', '[]', 'invalid-body'],
  ])('with %s is a 400 and no crash', async (_, text, code) => {
    expect(await post(text)).toMatchObject({ status: 400, body: { title: code } });
    expect(({} as Record<string, unknown>)['admin']).toBeUndefined();
  });

  it('names the field that does not fit and repeats nothing of its value', async () => {
    const strict = new Hono();
    strict.onError(onError(() => undefined));
    const schema = z.strictObject({ total: z.string(), address: z.strictObject({ zip: z.string() }) });
    strict.post('/', async (c) => c.json(await readBody(c, schema)));
    const text = '{"total": {"secret": "hunter2"}, "address": {"zip": 1}}';
    const headers = { 'content-type': 'application/json' };
    const answer = await answered(await strict.request('/', { method: 'POST', headers, body: text }));
    expect(answer.body['fields']).toMatchObject([{ field: 'total' }, { field: 'address.zip' }]);
    expect(answer.text).not.toContain('hunter2');
  });
});

describe('what the edge lets through', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
  });
  afterAll(() => world.stop());

  it('can always be recorded: an authenticated request never ends without its event', async () => {
    const deep = Array.from({ length: 40 }, (_, levels) => JSON.parse(nested(levels)) as object);
    const odd = [1e-200, 5e-324, 1e126, Number.MAX_SAFE_INTEGER, -0, 1e-130, 0.1, '', '\u0000', null];
    const anything = fc.oneof(
      fc.constantFrom(...deep),
      fc.constantFrom(...odd).map((value) => ({ value })),
      fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 5 })),
    );
    const judged = async (input: Record<string, unknown>) => {
      const { status, body: answer } = await world.act({ input });
      expect([400, 422]).toContain(status);
      if (status === 422) expect(answer['action']).toMatchObject({ status: 'denied' });
    };
    const cases = fc.sample(anything, { numRuns: 60, seed: 7 }) as Record<string, unknown>[];
    for (const input of [...deep, ...odd.map((value) => ({ value })), ...cases]) {
      await judged(input as Record<string, unknown>);
    }
  });
});
