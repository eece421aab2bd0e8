import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { actionRow } from '../../../../core/action/action.ts';
import { visibleText } from '../../../../core/visible-text.ts';
import { slackMessage } from '../../../../functions/approval/slack/slack-message.ts';
import { type ApprovalFacts, loadApproval } from '../../../../functions/aws/load-approval.ts';
import { openDesk } from '../../../harness/approvers.ts';
import { startWorld, type World } from '../../../harness/door.ts';
import { NOW } from '../../../harness/facts.ts';
import { hostileStrings } from '../../../harness/hostile-strings.ts';
import { inSlack } from '../../../harness/slack.ts';
import { slackShapes } from '../../../harness/slack-server.ts';
import { holdOrder } from '../../../harness/votes.ts';

let world: World;
let facts: ApprovalFacts;
beforeAll(async () => {
  world = await startWorld();
  await world.apply(inSlack('ada'));
  const held = await holdOrder(world);
  await openDesk(world).ask(held);
  facts = await loadApproval(world.deps.registry, held.approval, NOW);
});
afterAll(() => world.stop());

const view = { ceiling: 'medium', apiUrl: 'https://api.example.com' } as const;
const ada = { id: 'ada', timeZone: 'Europe/Berlin' };
const quiet = { parse: 'none', link_names: false, unfurl_links: false, unfurl_media: false };

function messageWith(fields: object) {
  const message = slackMessage(
    { ...facts, action: actionRow.parse({ ...facts.action, ...fields }) },
    ada,
    view,
  );
  const shape = slackShapes['chat.postMessage'].parse({ ...quiet, channel: 'U1', ...message });
  const shown = shape.blocks.flatMap((block) =>
    block.type === 'actions' ? block.elements.map(({ text }) => text.text) : [block.text.text],
  );
  const buttons = shape.blocks.flatMap((block) =>
    block.type === 'actions' ? block.elements.map(({ action_id: id }) => id) : [],
  );
  return { text: shape.text, shown, buttons };
}
const input = (vendor: string) => ({ vendor, total: '2000.00', currency: 'USD' });

describe('a message in Slack', () => {
  it('says who asks for what and why, until when, and under which rule', () => {
    const { shown, buttons, text } = messageWith({});
    const all = shown.join('\n');
    for (const part of [
      'agt_buyer',
      'vendor: Northwind',
      'total: 2000.00',
      'Asked for by a colleague',
      '1 of',
    ])
      expect(all).toContain(part);
    expect(all).toContain('Europe/Berlin');
    expect(buttons).toEqual(['approve', 'deny', 'open']);
    expect(text).toBe('Please decide: erp.create_order, asked by agt_buyer');
  });

  it.each(hostileStrings.map(({ name, text }) => [name, text] as const))(
    'shows %s as text within Slack’s limits, or has no button',
    (_, text) => {
      const { shown, buttons, text: fallback } = messageWith({ input: input(text), purpose: text });
      const all = shown.join('');
      expect(all.length).toBeLessThanOrEqual(6000);
      expect(all).toBe(visibleText(all, 'lines'));
      expect(fallback).toBe('Please decide: erp.create_order, asked by agt_buyer');
      const whole = shown.includes(`vendor: ${visibleText(text, 'lines')}`);
      expect(buttons.includes('approve')).toBe(whole);
      expect(buttons.includes('deny')).toBe(whole);
    },
  );

  it('has no button where fields had to be left out', () => {
    const many = Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`field${n}`, 'x']));
    const { shown, buttons } = messageWith({ input: many });
    expect(buttons).toEqual(['open']);
    expect(shown.join('\n')).toContain('This is not all of it');
  });
});
