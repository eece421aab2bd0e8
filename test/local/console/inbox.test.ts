import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { count, HOSTILE, openConsole, type TestConsole, URL_OF_CLOUD } from './open-console.ts';

let test: TestConsole;
beforeEach(() => {
  test = openConsole();
});
afterEach(() => test.close());

const mail = {
  from: 'autonomy@example.com',
  to: 'mara@example.com',
  subject: 'Please decide',
  text: 'Hello',
  html: '',
};

describe('the inbox', () => {
  it('lists mails newest first and marks those that lead to this cloud', async () => {
    test.inbox.deliver({ ...mail, subject: 'First', text: `Decide here:\n${URL_OF_CLOUD}/approvals/abc\n` });
    test.inbox.deliver({ ...mail, subject: 'Second', text: 'https://elsewhere.example/approvals/abc' });
    const page = await test.page('/_local/inbox');
    expect(page.indexOf('Second')).toBeLessThan(page.indexOf('First'));
    expect(page).toContain('<a href="/_local/inbox/1">First</a>');
    expect(count(page, 'asks you')).toBe(1);
    expect(page.indexOf('asks you')).toBeGreaterThan(page.indexOf('First'));
  });

  it('says so when it is empty', async () => {
    expect(await test.page('/_local/inbox')).toContain('No mail yet');
  });

  it('gives programs the heads alone, newest first', async () => {
    for (const subject of ['a', 'b']) test.inbox.deliver({ ...mail, subject });
    const reply = await test.ask('/_local/inbox.json');
    const { from, to } = mail;
    const at: unknown = expect.stringMatching(/^\d{4}-.*Z$/);
    expect(reply.headers['content-type']).toBe('application/json');
    expect(JSON.parse(reply.body)).toEqual({
      messages: [
        { id: 2, at, from, to, subject: 'b' },
        { id: 1, at, from, to, subject: 'a' },
      ],
    });
  });
});

describe('a mail', () => {
  it('is given whole to programs', async () => {
    test.inbox.deliver({ ...mail, html: '<p>Hello</p>' });
    const { body } = await test.ask('/_local/inbox/1.json');
    expect(JSON.parse(body)).toEqual({
      id: 1,
      at: expect.any(String) as unknown,
      ...mail,
      html: '<p>Hello</p>',
    });
  });

  it('shows its text and the page it asks for, and does not change under the reader', async () => {
    test.inbox.deliver({ ...mail, text: `Decide:\n${URL_OF_CLOUD}/approvals/a-b_c\nThanks` });
    const page = await test.page('/_local/inbox/1');
    expect(page).toContain(`<a class="button" href="${URL_OF_CLOUD}/approvals/a-b_c">`);
    expect(page).toContain('Thanks');
    expect(page).not.toContain('http-equiv="refresh"');
  });

  it.each([
    'javascript:alert(1)',
    'https://evil.example/',
    'http://127.0.0.1:4566.evil.example/',
    'http://127.0.0.1:4566@evil.example/',
    'http://localhost:9/',
  ])('has no button to %s', async (link) => {
    test.inbox.deliver({ ...mail, text: `Look: ${link}` });
    expect(await test.page('/_local/inbox/1')).not.toContain('class="button"');
  });

  it('runs nothing and changes nothing with hostile parts', async () => {
    const html = `<script>alert(1)</script>${HOSTILE}</iframe><img src=x onerror=alert(1)>`;
    test.inbox.deliver({ from: HOSTILE, to: HOSTILE, subject: HOSTILE, text: HOSTILE, html });
    for (const path of ['/_local/inbox', '/_local/inbox/1', '/_local/']) {
      expect(await test.page(path)).not.toMatch(/<script|<img|\u202e/);
    }
    const page = await test.page('/_local/inbox/1');
    const [, frame = ''] = /<iframe\s([^>]*)>/.exec(page) ?? [];
    expect(frame).toContain('srcdoc="&lt;script&gt;');
    expect(frame).toMatch(/(^|\s)sandbox(=""|\s)/);
    expect(frame).not.toContain('allow-');
  });
});
