import { HTTPException } from 'hono/http-exception';
import { Hono } from 'hono';
import { beforeEach, describe, expect, it } from 'vitest';
import { Fault } from '../../../core/fault.ts';
import type { Log } from '../../../functions/aws/log.ts';
import { createApi } from '../../../functions/http/lambda.ts';
import { answerProblem, onError, ProblemError } from '../../../functions/http/problem.ts';
import { answered } from '../../harness/http.ts';

const lines: Parameters<Log>[] = [];
beforeEach(() => {
  lines.length = 0;
});

const throwing = async (error: Error) => {
  const app = new Hono();
  app.onError(onError((...line) => lines.push(line)));
  app.get('/', () => {
    throw error;
  });
  return answered(await app.request('/'));
};

describe('a problem document', () => {
  it('names its reason, says what to do, carries more where there is more, and is not cached', async () => {
    const app = new Hono();
    app.get('/', (c) => {
      const problem = { status: 409, code: 'in-flight', detail: 'ask again' } as const;
      return answerProblem(c, { ...problem, more: { action: 'act_1' }, headers: { 'retry-after': '2' } });
    });
    const { status, headers, body } = await answered(await app.request('/'));
    expect([status, headers.get('content-type')]).toEqual([409, 'application/problem+json']);
    expect([headers.get('cache-control'), headers.get('retry-after')]).toEqual(['no-store', '2']);
    expect(body).toEqual({
      type: 'urn:autonomy:in-flight',
      title: 'in-flight',
      status: 409,
      detail: 'ask again',
      action: 'act_1',
    });
  });

  it('is what a thrown problem becomes, unlogged', async () => {
    const problem = new ProblemError({ status: 401, code: 'no-token', detail: 'get one' });
    expect(await throwing(problem)).toMatchObject({ status: 401, body: { title: 'no-token' } });
    expect(lines).toEqual([]);
  });

  it.each([
    ['an error of ours', new Fault('RowUnreadable', 'row AGENT#agt_secret does not parse at: stage')],
    [
      'an error of AWS',
      Object.assign(new Error('arn:aws:dynamodb:eu-west-1:1:table/t'), { name: 'AccessDenied' }),
    ],
    ['any other', new TypeError("Cannot read properties of undefined (reading 'x')")],
  ])('tells nothing of %s, which the log names', async (_, error) => {
    const { status, text, body } = await throwing(error);
    expect([status, body['title']]).toEqual([500, 'internal']);
    expect(text).not.toContain(error.message.slice(0, 12));
    expect(text).not.toContain('at ');
    expect(lines).toEqual([['error', 'FAULT', { error: error.name, reason: error.message }]]);
  });

  it('is what a broken request becomes', async () => {
    expect(await throwing(new HTTPException(400, { message: 'Malformed' }))).toMatchObject({
      status: 400,
      body: { title: 'bad-request' },
    });
  });

  it('is the answer to an unknown route', async () => {
    expect(await answered(await createApi().request('/nowhere'))).toMatchObject({
      status: 404,
      body: { title: 'not-found' },
    });
  });
});
