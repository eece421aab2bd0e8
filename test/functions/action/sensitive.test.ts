import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createActionsApi } from '../../../functions/action/actions-api.ts';
import { createJudge } from '../../../functions/action/judge.ts';
import { browse, openDesk } from '../../harness/approvers.ts';
import { asNamed, startWorld, type World } from '../../harness/door.ts';
import { change, organisation, withPolicy } from '../../harness/organisation.ts';
import type { Held } from '../../harness/votes.ts';

const CANARY = 'tok-c4nary-7781';
const text = { type: 'string' };
const letters = {
  input: {
    type: 'object',
    required: ['to', 'body'],
    properties: { to: text, body: text, token: { ...text, 'x-autonomy-sensitive': true } },
  },
};
const asks = `@id("operations-letters") @title("Letters are asked for") @approval("finance:1") @expires("PT1H")
forbid (principal, action == AutonomyOS::Action::"erp.send_letter", resource)
unless { context.approvals.contains("operations-letters") };`;

let world: World;
beforeAll(async () => {
  world = await startWorld();
  await world.apply(change(organisation(), 'Tool erp.send_letter', letters));
});
afterAll(() => world.stop());
const letter = { tool: 'erp.send_letter', input: { to: 'Northwind', body: 'Hello', token: CANARY } };

describe('an input that its schema marks as sensitive', () => {
  it('reaches the system and neither the log nor the agent’s view', async () => {
    world.erp.calls.length = 0;
    const answer = await world.act(letter);
    expect(answer.status).toBe(200);
    expect(world.erp.calls[0]?.input['token']).toBe(CANARY);
    const events = JSON.stringify(await world.database.events());
    expect(events).toContain('[redacted]');
    expect(events).not.toContain(CANARY);
    expect(answer.text).not.toContain(CANARY);
    expect(JSON.stringify(world.lines)).not.toContain(CANARY);
  });

  it('is neither mailed nor shown to who decides', async () => {
    await world.apply(withPolicy(change(organisation(), 'Tool erp.send_letter', letters), asks));
    const { status, body } = await world.act(letter);
    expect(status).toBe(202);
    const action = String(body['id']);
    const desk = openDesk(world);
    const links = await desk.ask({ action, approval: action.replace('act_', 'apr_') } as Held);
    expect(links.size).toBeGreaterThan(0);
    expect(JSON.stringify(desk.mails)).not.toContain(CANARY);
    expect(JSON.stringify(desk.mails)).toContain('[redacted]');
    const [, link = ''] = [...links][0] ?? [];
    for (const view of [link, `${link}?view=full`]) {
      const shown = await browse(world).open(view);
      expect(shown.status).toBe(200);
      expect(shown.text).not.toContain(CANARY);
      expect(shown.text).toContain('[redacted]');
    }
  });

  it('is not recorded when the rules that would tell of it can not be read', async () => {
    const broken = async () => Promise.reject(new Error('the bucket is away'));
    const deps = { ...world.deps, open: broken, judge: createJudge(broken, world.deps.log) };
    const api = createActionsApi({ ...deps, authenticate: asNamed });
    const headers = {
      authorization: 'Bearer agt_buyer',
      'content-type': 'application/json',
      'idempotency-key': 'no-rules-at-all',
    };
    const body = JSON.stringify({ ...letter, purpose: 'A letter' });
    const answer = await api.request('/v1/actions', { method: 'POST', headers, body });
    expect(answer.status).toBe(403);
    const events = JSON.stringify(await world.database.events());
    expect(events).toContain('"token":"[redacted]"');
    expect(events).not.toContain(CANARY);
  });

  it.each([
    ['a number', { type: 'integer', 'x-autonomy-sensitive': true }],
    ['text of a fixed form', { ...text, pattern: '^x$', 'x-autonomy-sensitive': true }],
    ['text too short to be redacted', { ...text, maxLength: 4, 'x-autonomy-sensitive': true }],
  ])('is refused for %s, which could not be recorded without its value', async (_, token) => {
    const input = { ...letters.input, properties: { ...letters.input.properties, token } };
    await expect(world.apply(change(organisation(), 'Tool erp.send_letter', { input }))).rejects.toThrow(
      /x-autonomy-sensitive is for text alone/,
    );
  });
});
