import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expireApproval } from '../../../core/approval/expire-approval.ts';
import type { GovernanceBody } from '../../../core/governance/manifest.ts';
import { activeReleaseKey } from '../../../core/policy/release.ts';
import { engageSwitch } from '../../../core/switch/engage-switch.ts';
import { executeApproved } from '../../../functions/action/execute-approved.ts';
import { loadApproval } from '../../../functions/aws/load-approval.ts';
import { decideAndCommit } from '../../../functions/aws/registry.ts';
import type { AskedConflict } from '../../../functions/governance/ask-about-conflict.ts';
import { createGovernanceApi } from '../../../functions/governance/governance-api.ts';
import type { RuledConflict } from '../../../functions/governance/plan-conflicts.ts';
import { browse, openDesk } from '../../harness/approvers.ts';
import { startWorld, type World } from '../../harness/door.ts';
import { answered, signedBy } from '../../harness/http.ts';
import { change, organisation, withPolicy } from '../../harness/organisation.ts';
import { vote } from '../../harness/votes.ts';

const session = (name: string) => `arn:aws:sts::111122223333:assumed-role/${name}/anna`;
const centre = 'arn:aws:iam::111122223333:user/ops';
const [operations, sales] = [session('OpsLeads'), session('Sales')];
const administrator = (id: string, name: string, scope: string, more: object = {}) => ({
  kind: 'Administrator',
  id,
  principal: `arn:aws:iam::111122223333:role/${name}`,
  scope,
  ...more,
});
const adding = (body: GovernanceBody, ...documents: object[]): GovernanceBody => ({
  ...body,
  manifests: [
    ...body.manifests,
    ...documents.map((document) => ({ file: 'coe.yaml', line: 1, layer: 'coe', document })),
  ],
});
const wipe = 'AutonomyOS::Action::"erp.wipe"';
const wipes = (conditions = '') =>
  `@id("operations-wipes") permit (principal, action == ${wipe}, resource) ${conditions};`;
const stop = `@id("coe-no-wipes") @title("No wipes") forbid (principal, action == ${wipe}, resource);`;
const leads = [
  administrator('cloud', '', 'coe', { principal: centre }),
  administrator('ops', 'OpsLeads', 'operations', { person: 'ben' }),
  administrator('sales', 'Sales', 'sales'),
];
const alone = adding(withPolicy(organisation(), stop, 'coe'), ...leads);
const council = [
  { kind: 'Group', id: 'council', title: 'Council', members: ['ada', 'ben', 'rita', 'cleo'] },
  { kind: 'Council', id: 'council', group: 'council', approvals: 2 },
];
const governed = adding(alone, ...council);
const clashing = withPolicy(governed, wipes());

let world: World;
beforeEach(async () => {
  world = await startWorld();
});
afterEach(() => world.stop());

const api = () =>
  createGovernanceApi({ registry: world.deps.registry, releases: world.releases, now: world.deps.now });
async function send(method: string, path: string, body: object, caller: string) {
  const headers = { 'content-type': 'application/json' };
  return answered(
    await api().request(path, { method, headers, body: JSON.stringify(body) }, signedBy(caller)),
  );
}
const plan = async (body: GovernanceBody) => {
  const { body: planned } = await send('PUT', '/v1/governance?plan=true', body, centre);
  return (planned['conflicts'] as { list: RuledConflict[] }).list;
};
const conflictIn = async (body: GovernanceBody) => {
  const found = (await plan(body)).find(({ rules }) => rules.some(({ id }) => id === 'coe-no-wipes'));
  if (!found) throw new Error('no conflict');
  return found;
};
const ask = (body: GovernanceBody, conflict: string, caller = operations) =>
  send('POST', '/v1/conflicts', { conflict, governance: body }, caller);
async function asked(body = clashing, caller = operations): Promise<AskedConflict & { conflict: string }> {
  const { id } = await conflictIn(body);
  const { status, body: answer } = await ask(body, id, caller);
  expect([status, answer['needs']]).toEqual([202, '2 of council']);
  return { ...(answer as unknown as AskedConflict), conflict: id };
}
async function agree(of: AskedConflict, ...people: string[]) {
  for (const person of people) await vote(world, of, person);
  return executeApproved(world.deps, of.action);
}
const released = async () => (await world.deps.registry.load([activeReleaseKey]))[0]?.['version'];

describe('a conflict sent to the council', () => {
  beforeEach(async () => {
    await world.apply(governed);
  });

  it('waits, with both rules word by word and what a yes and a no say', async () => {
    const of = await asked();
    expect((await conflictIn(clashing)).ruling).toMatchObject({ state: 'waits', action: of.action });
    const links = await openDesk(world).ask(of);
    expect([...links.keys()].toSorted()).toEqual(['ada@example.com', 'cleo@example.com', 'rita@example.com']);
    const { text } = await browse(world).open(links.get('ada@example.com') ?? '');
    for (const said of [
      'A conflict between rules needs the word of the council',
      'policy coe-no-wipes (of coe)',
      'permit (principal, action ==',
      'the unit’s rule stands: the centre makes an exception',
      'changes no rule',
    ])
      expect(text).toContain(said);
  });

  it('is ruled on by a quorum’s yes, which changes no rule and stands beside it in every plan', async () => {
    const before = await released();
    const of = await asked();
    expect((await agree(of, 'ada')).status).toBe('held');
    expect((await agree(of, 'rita')).status).toBe('succeeded');
    expect((await conflictIn(clashing)).ruling).toMatchObject({
      state: 'approved',
      says: 'the unit’s rule stands: the centre makes an exception in its own',
      action: of.action,
    });
    const elsewhere = await conflictIn(change(clashing, 'Agent agt_buyer', { purpose: 'Buys chairs' }));
    expect(elsewhere.ruling?.state).toBe('approved');
    expect(await released()).toBe(before);
    const { status, body } = await ask(clashing, of.conflict);
    expect([status, body['title']]).toEqual([409, 'ruled']);
    const events = (await world.database.events()).filter(({ action }) => action === of.action);
    expect(events.map(({ type }) => type).toSorted()).toEqual([
      'action.held',
      'action.started',
      'action.succeeded',
      'approval.approved',
      'approval.opened',
      'approval.voted',
    ]);
  });

  it('is ruled on by one no, with its reason', async () => {
    const of = await asked();
    await vote(world, of, 'rita', 'deny');
    const { ruling } = await conflictIn(clashing);
    expect(ruling).toMatchObject({ state: 'denied' });
    expect(ruling?.says).toMatch(/^the centre’s rule stands: .*an approver said no: ./);
    expect((await ask(clashing, of.conflict)).body['title']).toBe('ruled');
  });

  it('is open again when either text changes', async () => {
    await agree(await asked(), 'ada', 'rita');
    const other = withPolicy(governed, wipes('when { context.purpose == "x" }'));
    expect((await conflictIn(other)).ruling).toBeUndefined();
    expect((await asked(other)).conflict).not.toBe((await conflictIn(clashing)).id);
  });

  it('is asked once, however many ask, and again when nobody decided in time', async () => {
    const all = await Promise.all(Array.from({ length: 4 }, () => asked()));
    expect(new Set(all.map(({ action }) => action)).size).toBe(1);
    const [first] = all;
    if (!first) throw new Error('nothing was asked');
    world.clock.now = new Date(first.expiresAt);
    await decideAndCommit(world.deps.registry, async () => {
      const now = world.clock.now;
      return expireApproval(await loadApproval(world.deps.registry, first.approval, now), 'deadline', now);
    });
    expect((await conflictIn(clashing)).ruling).toBeUndefined();
    expect((await asked()).action).not.toBe(first.action);
  });

  it('is not decided by the person who asks', async () => {
    const of = await asked();
    await vote(world, of, 'ada');
    await expect(vote(world, of, 'ben')).rejects.toThrow();
    expect((await executeApproved(world.deps, of.action)).status).toBe('held');
  });

  it('is not ruled on by who left the council, nor under a kill switch', async () => {
    const of = await asked();
    for (const person of ['ada', 'rita']) await vote(world, of, person);
    await world.apply(change(governed, 'Person rita', { status: 'left' }));
    expect(await executeApproved(world.deps, of.action)).toMatchObject({
      status: 'denied',
      problem: { code: 'approval-not-enough' },
    });
    const again = await asked();
    const actor = { kind: 'administrator', id: centre } as const;
    const engaged = { scope: 'tool:autonomy.rule_on_conflict', reason: 'an incident' };
    await decideAndCommit(world.deps.registry, async () =>
      engageSwitch(undefined, engaged, { actor, now: world.clock.now }),
    );
    expect(await agree(again, 'ada', 'cleo')).toMatchObject({ problem: { code: 'blocked' } });
  });

  it.each<[string, GovernanceBody, string, number, string]>([
    ['a unit that has no part in it', clashing, sales, 403, 'outside-unit'],
    ['who administers nothing', clashing, session('Visitor'), 403, 'not-an-administrator'],
    [
      'a unit that words the centre’s rule itself',
      {
        ...clashing,
        policies: clashing.policies.map((policy) =>
          policy.text === stop ? { ...policy, text: stop.replace('No wipes', 'Odd') } : policy,
        ),
      },
      operations,
      403,
      'outside-unit',
    ],
  ])('is not asked by %s', async (_, body, caller, status, code) => {
    const { id } = await conflictIn(body);
    const answer = await ask(body, id, caller);
    expect([answer.status, answer.body['title']]).toEqual([status, code]);
    expect((await world.database.events()).filter(({ type }) => type === 'approval.opened')).toEqual([]);
  });

  it('is found in the files, never taken from a client’s word', async () => {
    const { id } = await conflictIn(clashing);
    expect(await ask(governed, id)).toMatchObject({ status: 404, body: { title: 'unknown-conflict' } });
    expect(await ask(clashing, 'con_x')).toMatchObject({ status: 400 });
    const broken = change(clashing, 'Agent agt_buyer', { sponsor: 'nobody' });
    expect(await ask(broken, id)).toMatchObject({ status: 422 });
  });

  it('is no question an agent can ask at the door', async () => {
    expect((await world.act({ tool: 'autonomy.rule_on_conflict', input: {} })).status).toBe(403);
  });
});

describe('a conflict between rules in force', () => {
  it('is not asked about by a unit whose rules have no part in it', async () => {
    await world.apply(clashing);
    const { id } = await conflictIn(clashing);
    expect(await ask(clashing, id, sales)).toMatchObject({
      status: 403,
      body: { title: 'outside-unit', detail: expect.stringContaining('none of it takes part') as string },
    });
    expect((await ask(clashing, id, centre)).status).toBe(202);
  });
});

describe('without a council', () => {
  it('nobody rules, and it says how to found one', async () => {
    await world.apply(alone);
    const body = withPolicy(alone, wipes());
    const answer = await ask(body, (await conflictIn(body)).id);
    expect(answer).toMatchObject({ status: 409, body: { title: 'no-council' } });
    expect(answer.body['detail']).toContain('add a Group and a Council');
  });
});
