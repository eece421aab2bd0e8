import { describe, expect, it } from 'vitest';
import { previewKey } from '../../../core/approval/preview.ts';
import { approvalMail } from '../../../functions/approval/approval-mail.ts';
import type { PageView } from '../../../functions/approval/page-view.ts';
import { requestPage } from '../../../functions/approval/render-page.ts';
import { shownInput } from '../../../functions/approval/shown-input.ts';
import { shownPreview } from '../../../functions/approval/shown-preview.ts';
import type { Touched } from '../../../functions/approval/touched.ts';
import { NOW, someAction, someAgent, someApproval, someGroup, somePerson } from '../../harness/facts.ts';
import { hostileStrings } from '../../harness/hostile-strings.ts';

const ada = somePerson('ada');
const tool: Touched = {
  title: 'Create an order',
  system: 'The ERP',
  groups: ['write'],
  effect: 'keyed',
  reviewed: true,
};
const electorate = { people: [ada], groups: [someGroup('budget-owners', ['ada'])], excluded: [] };
const benign = (text: string) => ({ ...facts(text), touched: { ...tool, title: text } });

/** Every field an agent fills, at once. */
function facts(text: string) {
  const input = { vendor: text, [text]: text };
  const action = { ...someAction(), input, purpose: text, onBehalfOf: text };
  const approval = someApproval({ preview: 'erp.get_order' });
  const at = NOW.toISOString();
  const seen = {
    ...previewKey(action.id),
    v: 1,
    version: 1,
    action: action.id,
    tool: 'erp.get_order',
    at,
  } as const;
  const preview = { ...seen, output: { vendor: text, [text]: [text] } };
  return { action, agent: { ...someAgent(), name: text }, approval, electorate, preview };
}

async function pageOf(text: string, view: 'short' | 'full'): Promise<string> {
  const all = benign(text);
  const input = shownInput(all.action.input, view);
  const nonces = input.whole ? { decide: 'n', ask: 'n', delegate: 'n', stop: 'n' } : {};
  const preview = shownPreview(all, { view });
  const shown: PageView = { ...all, now: NOW, person: ada, input, preview, nonces, signedIn: false };
  return (await requestPage(shown)).toString();
}
const mailOf = (text: string) => approvalMail(facts(text), ada, 'https://api.example.com/approvals/x');
/** Every tag with every attribute, in order: what a parser makes elements of. */
const tags = (html: string) => html.match(/<[^>]*>/g)?.map((tag) => tag.replace(/\s+/g, ' ')) ?? [];
const outside = (html: string) => html.replace(/<[^>]*>/g, '');

const long = 'harmless '.repeat(500);
const [full, cutShort, mail, cutMail] = await Promise.all([
  pageOf('harmless', 'full'),
  pageOf(long, 'short'),
  mailOf('harmless'),
  mailOf(long),
]);

describe.each(hostileStrings)('$name from an agent, or from the system that is looked at', ({ text }) => {
  it('adds nothing to page or mail, hides nothing in them and leaves the subject one line', async () => {
    expect(tags(await pageOf(text, 'full'))).toEqual(tags(full));
    expect([tags(full), tags(cutShort)]).toContainEqual(tags(await pageOf(text, 'short')));
    const sent = await mailOf(text);
    expect([tags(mail.html), tags(cutMail.html)]).toContainEqual(tags(sent.html));
    for (const seen of [outside(await pageOf(text, 'full')), outside(sent.html), sent.text]) {
      expect(/[\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]|[^\n\P{Cc}]/u.test(seen)).toBe(false);
    }
    expect(/[\p{C}\p{Zl}\p{Zp}]/u.test(sent.subject)).toBe(false);
    expect(sent.text.match(/^https:\S+$/gm)).toEqual(['https://api.example.com/approvals/x']);
  });
});
