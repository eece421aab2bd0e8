import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { type AuditPage, createAuditApi } from '../../../functions/audit/audit-api.ts';
import { answered, signedBy } from '../../harness/http.ts';

const ops = signedBy('arn:aws:iam::111122223333:user/ops');
const ask = async (app: ReturnType<typeof createAuditApi>, query = '', caller: object = ops) =>
  answered(await app.request(`/v1/audit/events${query}`, {}, caller));

describe('the audit log', () => {
  const stored = Array.from({ length: 7 }, (_, n) => ({ subject: 'A', version: n + 1 }));
  const readPage = async (after: AuditPage['next']): Promise<AuditPage> => {
    const from = stored.findIndex((event) => event.version === after?.version) + 1;
    const events = stored.slice(from, from + 3);
    return { events, next: from + 3 < stored.length ? events.at(-1) : undefined };
  };

  it('is read whole, page by page, by following the cursor', async () => {
    const app = createAuditApi({ readPage });
    const seen: unknown[] = [];
    let query = '';
    for (let pages = 1; ; pages += 1) {
      const { status, body, headers } = await ask(app, query);
      expect([status, headers.get('cache-control')]).toEqual([200, 'no-store']);
      seen.push(...(body['events'] as unknown[]));
      if (body['cursor'] === undefined) {
        expect(pages).toBe(3);
        break;
      }
      query = `?cursor=${z.string().parse(body['cursor'])}`;
    }
    expect(seen).toEqual(stored);
  });

  it.each(['nonsense', '', Buffer.from('{"subject":7}').toString('base64url'), '%00'])(
    'takes no cursor it did not give: %j',
    async (cursor) => {
      expect(await ask(createAuditApi({ readPage }), `?cursor=${cursor}`)).toMatchObject({
        status: 400,
        body: { title: 'bad-cursor' },
      });
    },
  );

  it('is for signed callers alone', async () => {
    expect(await ask(createAuditApi({ readPage }), '', {})).toMatchObject({ status: 401 });
  });
});
