import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { html } from '../../../local/console/html.ts';
import { createNames, words } from '../../../local/console/names.ts';
import { duration } from '../../../local/console/moments.ts';
import { HOSTILE, openConsole, resource } from './open-console.ts';

const test = openConsole();
afterAll(() => test.close());

const PATHS = ['/_local/', '/_local/executions', '/_local/inbox', '/_local/inbox.json'];

describe('the console', () => {
  it.each(['127.0.0.1:4566', 'localhost:4566'])('answers who asks for %s', async (host) => {
    for (const path of PATHS) expect((await test.ask(path, { headers: { host } })).status).toBe(200);
  });

  it.each([
    'evil.example',
    'evil.example:4566',
    '127.0.0.1:80',
    '127.0.0.1',
    'localhost',
    '',
    '0.0.0.0:4566',
  ])('refuses who asks for “%s”, whatever the path', async (host) => {
    for (const path of [...PATHS, '/_local/nothing']) {
      const reply = await test.ask(path, { headers: { host } });
      expect(reply).toMatchObject({ status: 403, body: 'Ask for 127.0.0.1 or localhost.\n' });
    }
    const schedule = { method: 'POST', headers: { host, authorization: 'administrator' } };
    expect((await test.ask('/_local/schedules/sweep%20daily', schedule)).status).toBe(403);
  });

  it('has no page for anything else', async () => {
    const strange = [
      '/_local/x',
      '/_local/inbox/',
      '/_local/inbox/1e3',
      '/_local/inbox/99',
      '/_local/inbox/99.json',
    ];
    for (const path of [
      ...strange,
      '/_local/executions/a',
      '/_local/executions/%zz/a',
      '/_local/dashboards/x',
    ]) {
      expect((await test.ask(path)).body).toContain('There is no such page');
      expect((await test.ask(path)).status).toBe(404);
    }
    expect((await test.ask('/_local/', { method: 'POST' })).status).toBe(404);
  });

  it('lets no other origin read, frame or script it', async () => {
    for (const path of [...PATHS, '/_local/nothing']) {
      const { headers } = await test.ask(path, { headers: { origin: 'https://evil.example' } });
      expect(headers).toMatchObject({
        'x-frame-options': 'DENY',
        'x-content-type-options': 'nosniff',
        'cross-origin-resource-policy': 'same-origin',
        'cache-control': 'no-store',
      });
      expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    }
  });

  it('allows each page’s own styles by their hash, and no script', async () => {
    for (const path of ['/_local/', '/_local/inbox']) {
      const { body, headers } = await test.ask(path);
      const policy = String(headers['content-security-policy']);
      for (const [, style = ''] of body.matchAll(/<style>([^]*?)<\/style>/g)) {
        expect(policy).toContain(createHash('sha256').update(style).digest('base64'));
      }
      expect(policy).toContain("default-src 'none'");
      expect(policy).not.toContain('unsafe');
      expect(body).not.toMatch(/<script| style="| on\w+="|src="|url\(/);
    }
  });

  it('refreshes until it is told not to, and keeps the rest of the address', async () => {
    const on = await test.page('/_local/executions?status=FAILED');
    expect(on).toContain('http-equiv="refresh"');
    expect(on).toContain('/_local/executions?status=FAILED&amp;refresh=off');
    expect(await test.page('/_local/executions?status=FAILED&refresh=off')).not.toContain(
      'http-equiv="refresh"',
    );
  });
});

describe('a schedule', () => {
  const fire = (name: string, authorization: string) =>
    test.ask(`/_local/schedules/${name}`, { method: 'POST', headers: { authorization } });

  it.each([
    ['fires for the administrator', 'sweep%20daily', 'administrator', 202],
    ['is not fired for a role', 'sweep%20daily', 'role', 403],
    ['is not fired for anybody', 'sweep%20daily', '', 403],
    ['must be there', 'other', 'administrator', 404],
    ['must be named', '%zz', 'administrator', 404],
  ])('%s', async (_, name, authorization, status) => {
    expect((await fire(name, authorization)).status).toBe(status);
  });
});

describe('markup', () => {
  it('gives every text back as it was, and nothing of it is markup', () => {
    const decode = (text: string) =>
      text.replaceAll(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => ENTITIES[name] ?? '');
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...`<>&"'/= aé\n`) }), (text) => {
        const { markup } = html`<i title="${text}">${[text]}</i>`;
        const [, attribute = '', content = ''] = /^<i title="([^"]*)">([^<>]*)<\/i>$/.exec(markup) ?? [];
        expect([decode(attribute), decode(content)]).toEqual([text, text]);
      }),
    );
  });

  it('shows characters that hide or turn text around as what they are', () => {
    expect(html`${HOSTILE}`.markup).toContain('\ufffdgnp.exe');
    expect(html`${'a\u0000b\u2066c'}`.markup).toBe('a\ufffdb\ufffdc');
  });

  it('is nothing for nothing, and takes numbers, markup and lists', () => {
    expect(html`${undefined}${0}${[html`<b>${'<'}</b>`, 'x']}`.markup).toBe('0<b>&lt;</b>x');
  });
});

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };

describe('words for people', () => {
  it.each([
    ['ApprovalMachine72D3AA98', 'Approval machine'],
    ['RelayStreamParked2FD8CA31', 'Relay stream parked'],
    ['ROI8D637460', 'ROI'],
    ['HTTPDoor', 'HTTP door'],
  ])('%s is the %s', (logicalId, expected) => {
    expect(words(logicalId)).toBe(expected);
  });

  it('name a resource by its name, its ARN and its Ref, and leave a stranger alone', () => {
    const url = 'http://127.0.0.1:4566/000000000000/q';
    const names = createNames([
      resource('AWS::SQS::Queue', 'Parked2FD8CA31', { ref: url, arn: 'arn:aws:sqs:us-east-1:0:q' }),
    ]);
    expect(['q', url, 'arn:aws:sqs:us-east-1:0:q', 'other'].map(names)).toEqual([
      'Parked',
      'Parked',
      'Parked',
      'other',
    ]);
  });

  it.each([
    [0, '0 ms'],
    [999, '999 ms'],
    [1000, '1 s'],
    [6449, '6.4 s'],
    [9999, '10 s'],
    [61_000, '1 min 1 s'],
    [3_600_000, '1 h'],
    [90_061_000, '1 d 1 h'],
  ])('say %d ms as %s', (ms, expected) => {
    expect(duration(ms)).toBe(expected);
  });
});
