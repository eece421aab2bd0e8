import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PREVIEW_CHARACTERS, previewKey } from '../../../core/approval/preview.ts';
import type { GovernanceBody } from '../../../core/governance/manifest.ts';
import { engageSwitch } from '../../../core/switch/engage-switch.ts';
import { previewAction } from '../../../functions/action/preview-action.ts';
import { createCallTool } from '../../../functions/aws/call-tool.ts';
import { keepOutputRules } from '../../../functions/aws/connectors/output-rules.ts';
import { loadApproval } from '../../../functions/aws/load-approval.ts';
import { decideAndCommit } from '../../../functions/aws/registry.ts';
import { slackMessage } from '../../../functions/approval/slack/slack-message.ts';
import { browse, openDesk } from '../../harness/approvers.ts';
import { type Erp, startWorld, type World } from '../../harness/door.ts';
import { NOW } from '../../harness/facts.ts';
import { change, organisation, withPolicy } from '../../harness/organisation.ts';
import { type Held, holdOrder, vote } from '../../harness/votes.ts';
import { pinned } from '../../harness/reviews.ts';

const text = { type: 'string' };
const look = {
  kind: 'Tool',
  name: 'erp.get_vendor',
  title: 'A vendor’s terms',
  system: 'erp',
  effect: 'read',
  groups: ['read'],
  timeoutSeconds: 60,
  connector: { type: 'http', method: 'GET', path: '/vendors/{vendor}' },
  input: { type: 'object', properties: { vendor: text }, required: ['vendor'] },
  output: {
    type: 'object',
    properties: { terms: text, iban: { ...text, 'x-autonomy-sensitive': true } },
  },
};
const review = { kind: 'ToolReview', tool: 'erp.get_vendor', effect: 'read', groups: ['read'] };

/** The small company whose orders show an approver the vendor as the ERP knows it. */
function company(fields: object = {}, reviewed: readonly object[] = [review]): GovernanceBody {
  const body = change(organisation(), 'Tool erp.create_order', { preview: 'erp.get_vendor' });
  const placed = [
    { layer: 'operations', document: { ...look, ...fields } },
    ...reviewed.map((document) => ({ layer: 'coe', document })),
  ].map((each) => ({ file: 'preview.yaml', line: 1, ...each }));
  return { ...body, manifests: pinned([...body.manifests, ...placed]) };
}

let world: World;
beforeAll(async () => {
  world = await startWorld();
  await world.apply(company());
});
afterAll(() => world.stop());
beforeEach(() => {
  world.clock.now = NOW;
  world.erp.calls.length = 0;
  world.lines.length = 0;
  world.erp.answer = () => ({ status: 'succeeded', output: { terms: '30 days', iban: 'DE00 1234' } });
});

/** Looks as the machine's step does, by connectors that hold answers to their schema. */
function lookAt({ action }: Pick<Held, 'action'>): Promise<void> {
  const http = keepOutputRules(async (call) => {
    world.erp.calls.push(call);
    return world.erp.answer(call);
  });
  return previewAction({ ...world.deps, callTool: createCallTool({ http }, world.deps.now) }, action);
}
const rowOf = async ({ action }: Held) => (await world.deps.registry.load([previewKey(action)]))[0];
async function shown(held: Held) {
  const desk = openDesk(world);
  const links = await desk.ask(held);
  const link = links.get('ada@example.com') ?? '';
  const facts = await loadApproval(world.deps.registry, held.approval, NOW);
  const slack = slackMessage(facts, { id: 'ada' }, { ceiling: 'medium', apiUrl: 'https://api.example.com' });
  const page = (await browse(world).open(link)).text;
  return { link, page, mail: desk.mails[0], slack: JSON.stringify(slack) };
}

describe('what is there now', () => {
  it('is asked once, with what the preview tool takes of the very input, and kept without secrets', async () => {
    const held = await holdOrder(world);
    await lookAt(held);
    await lookAt(held);
    expect(world.erp.calls).toMatchObject([
      {
        tool: { name: 'erp.get_vendor' },
        input: { vendor: 'Northwind' },
        idempotencyKey: `${held.action}.preview`,
      },
    ]);
    expect(world.erp.calls[0]?.input).toEqual({ vendor: 'Northwind' });
    expect(world.erp.calls[0]?.timeoutMs).toBeLessThanOrEqual(10_000);
    expect(await rowOf(held)).toMatchObject({ output: { terms: '30 days', iban: '[redacted]' } });
    const events = (await world.database.events()).filter(({ type }) => type === 'action.previewed');
    expect(events).toMatchObject([{ action: held.action, data: { preview: 'erp.get_vendor' } }]);
    expect(JSON.stringify([events, world.lines])).not.toMatch(/30 days|DE00/);
  });

  it('stands on the page, in the mail and in Slack, as the system’s word and its time', async () => {
    const held = await holdOrder(world);
    await lookAt(held);
    const { page, mail, slack } = await shown(held);
    for (const seen of [page, mail?.text, mail?.html, slack]) {
      expect(seen).toContain('What is there now');
      expect(seen).toContain('As erp.get_vendor told at 2026-11-23 10:00 UTC');
      expect(seen).toContain('30 days');
      expect(seen).not.toContain('DE00');
    }
    expect(page).toContain('name="nonce"');
  });

  it('is hidden from nobody who decides: what is cut takes the forms with it', async () => {
    world.erp.answer = () => ({ status: 'succeeded', output: { terms: `${'a'.repeat(900)} end` } });
    const held = await holdOrder(world);
    await lookAt(held);
    const { link, page, mail } = await shown(held);
    expect(page).not.toContain('name="nonce"');
    expect(mail?.text).toContain('This is not all of it');
    const full = (await browse(world).open(`${link}?view=full`)).text;
    expect(full).toContain('a end');
    expect(full).toContain('name="nonce"');
  });

  it.each<[string, Erp['answer'], string]>([
    ['the system does not answer', () => ({ status: 'unknown', code: 'timeout', detail: '' }), 'timeout'],
    ['it says no', () => ({ status: 'failed', code: 'http-404', detail: 'secret words' }), 'http-404'],
    ['it answers something else', () => ({ status: 'succeeded', output: 'x' }), 'output-invalid'],
    ['it breaks', () => Promise.reject(new Error('secret words')), 'fault'],
    [
      'it says too much',
      () => ({ status: 'succeeded', output: { terms: 'x'.repeat(PREVIEW_CHARACTERS) } }),
      'too-large',
    ],
  ])('is said to be missing when %s, and everybody is asked all the same', async (_, answer, problem) => {
    world.erp.answer = answer;
    const held = await holdOrder(world);
    await lookAt(held);
    expect(world.erp.calls).toHaveLength(1);
    expect(await rowOf(held)).toMatchObject({ problem });
    const { page, mail, slack } = await shown(held);
    for (const seen of [page, mail?.text, mail?.html, slack]) {
      expect(seen).toContain('What is there now could not be had from erp.get_vendor');
      expect(seen).not.toContain('secret words');
    }
    expect(page).toContain('name="nonce"');
  });

  it('is said to be missing when nobody looked', async () => {
    expect((await shown(await holdOrder(world))).page).toContain('What is there now could not be had');
  });

  it('is not asked for what is decided, nor for what names no preview', async () => {
    const held = await holdOrder(world);
    await openDesk(world).ask(held);
    await vote(world, held, 'ada', 'deny');
    await lookAt(held);
    await world.apply(organisation());
    const plain = await holdOrder(world);
    await lookAt(plain);
    expect((await shown(plain)).page).not.toContain('What is there now');
    await world.apply(company());
    expect(world.erp.calls).toEqual([]);
    expect([await rowOf(held), await rowOf(plain)]).toEqual([undefined, undefined]);
  });

  it('is not asked of a tool that nobody reviewed', async () => {
    const stopped = '@id("coe-unreviewed") forbid (principal, action, resource) when { !resource.reviewed };';
    await world.apply(withPolicy(company({}, []), stopped, 'coe'));
    const held = await holdOrder(world);
    await lookAt(held);
    await world.apply(company());
    expect(world.erp.calls).toEqual([]);
    expect(await rowOf(held)).toMatchObject({ problem: 'not-reviewed' });
  });

  it('is not asked past a kill switch', async () => {
    const held = await holdOrder(world);
    const actor = { kind: 'administrator', id: 'arn:aws:iam::111122223333:user/ops' } as const;
    await decideAndCommit(world.deps.registry, async () =>
      engageSwitch(undefined, { scope: 'tool:erp.get_vendor', reason: 'an incident' }, { actor, now: NOW }),
    );
    await lookAt(held);
    expect(world.erp.calls).toEqual([]);
    expect(await rowOf(held)).toMatchObject({ problem: 'blocked' });
  });
});
