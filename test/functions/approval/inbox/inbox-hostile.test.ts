import { describe, expect, it } from 'vitest';
import { inboxPage } from '../../../../functions/approval/inbox/inbox-page.ts';
import type { InboxView } from '../../../../functions/approval/inbox/inbox-view.ts';
import { codePage } from '../../../../functions/approval/inbox/sign-in-page.ts';
import { someAction, someAgent, someApproval, somePerson } from '../../../harness/facts.ts';
import { hostileStrings } from '../../../harness/hostile-strings.ts';

const electorate = { people: [], groups: [], excluded: [] };

/** The list and the form for a code, with everything from outside the same text. */
async function pagesOf(text: string): Promise<string> {
  const action = { ...someAction(), input: { vendor: text }, purpose: text, onBehalfOf: text };
  const agent = { ...someAgent(), name: text };
  const facts = { action, agent, approval: someApproval(), electorate };
  const view: InboxView = {
    person: somePerson('ada', { name: text.slice(0, 100) || '-' }),
    groups: [{ requests: [facts], sums: [{ currency: text, total: '1.00' }] }],
    chosen: { agent: text, unit: text },
    choices: { unit: [text, 'b'], tool: [], agent: [], severity: ['low', 'high'] },
    awaited: 1,
    more: false,
    lookedThrough: 500,
  };
  return `${(await inboxPage(view)).toString()}${(await codePage(text)).toString()}`;
}
const tags = (html: string) =>
  html.match(/<[^>]*>/g)?.map((tag) => tag.replace(/(value|href)="[^"]*"/g, '$1').replace(/\s+/g, ' ')) ?? [];
const plain = await pagesOf('harmless');

describe.each(hostileStrings)('$name from outside', ({ text }) => {
  it('adds nothing to the inbox and leads nowhere else', async () => {
    const pages = await pagesOf(text);
    expect(tags(pages)).toEqual(tags(plain));
    for (const [, target] of pages.matchAll(/(?:href|action)="([^"]*)"/g)) expect(target).toMatch(/^\/inbox/);
  });
});
