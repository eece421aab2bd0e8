import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { actionKey } from '../../../core/action/action.ts';
import { agentKey, SYSTEM_AGENT } from '../../../core/agent/agent.ts';
import { expireApproval } from '../../../core/approval/expire-approval.ts';
import { councilKey } from '../../../core/governance/council.ts';
import type { GovernanceBody } from '../../../core/governance/manifest.ts';
import { groupKey, personKey } from '../../../core/governance/person.ts';
import type { ActionId, ApprovalId } from '../../../core/id.ts';
import { activeReleaseKey } from '../../../core/policy/release.ts';
import { engageSwitch } from '../../../core/switch/engage-switch.ts';
import { executeApproved } from '../../../functions/action/execute-approved.ts';
import { loadApproval } from '../../../functions/aws/load-approval.ts';
import { decideAndCommit } from '../../../functions/aws/registry.ts';
import { applyGovernance, type Applied } from '../../../functions/governance/apply-governance.ts';
import { exportLive } from '../../../functions/governance/export-live.ts';
import { rollback } from '../../../functions/governance/rollback.ts';
import { browse, openDesk } from '../../harness/approvers.ts';
import { order, startWorld, type World } from '../../harness/door.ts';
import { change, organisation, withPolicy } from '../../harness/organisation.ts';
import { vote } from '../../harness/votes.ts';

const actor = { kind: 'administrator', id: 'arn:aws:iam::111122223333:user/ops' } as const;
const adding = (body: GovernanceBody, ...documents: object[]): GovernanceBody => ({
  ...body,
  manifests: [
    ...body.manifests,
    ...documents.map((document) => ({ file: 'coe.yaml', line: 1, layer: 'coe', document })),
  ],
});
const seats = { kind: 'Group', id: 'council', title: 'Council', members: ['ada', 'ben', 'rita'] };
const council = { kind: 'Council', id: 'council', group: 'council', approvals: 2 };
const company = adding(organisation(), seats, council);
const closed = '@id("operations-closed") @title("Closed") forbid (principal, action, resource);';
const stricter = withPolicy(company, closed);
const without = (body: GovernanceBody, kind: string): GovernanceBody => ({
  ...body,
  manifests: body.manifests.filter(({ document }) => (document as { kind?: string }).kind !== kind),
});

let world: World;
beforeEach(async () => {
  world = await startWorld();
  await world.apply(company);
});
afterEach(() => world.stop());

const registry = () => world.deps.registry;
const inForce = async () => String((await registry().load([activeReleaseKey]))[0]?.['release']);
const row = async (key: { pk: string; sk: string }) => (await registry().load([key]))[0];

type Asked = { readonly action: ActionId; readonly approval: ApprovalId; readonly expiresAt: string };
const askedOf = ({ proposal }: Applied): Asked => {
  if (!proposal?.action || !proposal.approval || !proposal.expiresAt) throw new Error('nothing was proposed');
  const { action, approval, expiresAt } = proposal;
  return { action, approval, expiresAt };
};
const propose = async (body: GovernanceBody = stricter) => askedOf(await world.apply(body));
const agree = async (asked: Asked, ...people: string[]) => {
  for (const person of people) await vote(world, asked, person);
  return executeApproved(world.deps, asked.action);
};
const acts = async () => (await world.act({ input: order })).status;
const apply = (body: GovernanceBody, options: { plan?: boolean; prune?: boolean } = {}) =>
  applyGovernance({ registry: registry(), releases: world.releases, now: world.deps.now }, body, {
    actor,
    plan: false,
    ...options,
  });
const findingsOf = async (body: GovernanceBody, options = {}) => {
  const applied = await apply(body, options);
  return 'findings' in applied ? applied.findings.map(({ reason }) => reason).join('\n') : '';
};

describe('an apply while there is a council', () => {
  it('proposes the release, and the rules that were in force go on deciding', async () => {
    const before = await inForce();
    const applied = await world.apply(stricter);
    expect(applied.release).toMatchObject({ action: 'propose' });
    expect(applied.proposal).toMatchObject({ needs: '2 of council', release: true, rows: [] });
    expect([await inForce(), await acts()]).toEqual([before, 200]);
  });

  it('tells beforehand that it will wait, and writes nothing', async () => {
    const planned = await apply(stricter, { plan: true });
    expect(planned).toMatchObject({
      release: { action: 'propose' },
      proposal: { needs: '2 of council', release: true },
    });
    expect(await row(agentKey(SYSTEM_AGENT))).toBeUndefined();
  });

  it('commits what is no rule at once', async () => {
    const applied = await world.apply(change(stricter, 'Agent agt_buyer', { purpose: 'Buys chairs' }));
    expect(applied.proposal?.rows).toEqual([]);
    expect(await row(agentKey('agt_buyer'))).toMatchObject({ purpose: 'Buys chairs' });
  });

  it('answers with the same proposal while it waits, however many apply at once', async () => {
    const asked = await Promise.all(Array.from({ length: 5 }, () => propose()));
    expect(new Set(asked.map(({ action }) => action)).size).toBe(1);
    const events = await world.database.events();
    expect(events.filter(({ type }) => type === 'approval.opened')).toHaveLength(1);
  });

  it('has nothing left to do once the council agreed', async () => {
    await agree(await propose(), 'ada', 'ben');
    const again = await world.apply(stricter);
    expect([again.release.action, again.proposal]).toEqual(['none', undefined]);
  });

  it('is direct when the council is founded, and again once it left by its own word', async () => {
    expect(await row(councilKey)).toMatchObject({ approvals: 2 });
    const gone = await apply(without(company, 'Council'), { prune: true });
    expect(gone).toMatchObject({ proposal: { rows: ['council council'], release: false } });
    await agree(askedOf(gone as Applied), 'ada', 'ben');
    expect(await row(councilKey)).toMatchObject({ withdrawn: true });
    const applied = await world.apply(withPolicy(without(company, 'Council'), closed));
    expect([applied.release.action, await acts()]).toEqual(['activate', 403]);
  });
});

describe('an apply that was compared before the council was founded', () => {
  it('is refused instead of coming into force without it', async () => {
    const other = await startWorld();
    const store: typeof other.releases.store = async (bundle) => {
      await other.apply(company);
      return other.releases.store(bundle);
    };
    const deps = {
      registry: other.deps.registry,
      releases: { ...other.releases, store },
      now: other.deps.now,
    };
    const body = withPolicy(organisation(), closed);
    const applied = await applyGovernance(deps, body, { actor, plan: false });
    expect(applied).toMatchObject({ refused: 'changed-meanwhile' });
    expect((await other.act({ input: order })).status).toBe(200);
    await other.stop();
  });
});

describe('the council', () => {
  it('puts the release in force by two votes, in one step with the end of the action', async () => {
    const asked = await propose();
    const before = await inForce();
    expect((await agree(asked, 'ada', 'ben')).status).toBe('succeeded');
    expect([(await inForce()) === before, await acts()]).toEqual([false, 403]);
    const events = await world.database.events();
    const own = events.filter(({ action }) => action === asked.action).map(({ type }) => type);
    expect(own.toSorted()).toEqual([
      'action.held',
      'action.started',
      'action.succeeded',
      'approval.approved',
      'approval.opened',
      'approval.voted',
      'release.activated',
      'release.published',
    ]);
    const versions = events
      .filter(({ subject }) => subject === actionKey(asked.action).pk)
      .map(({ version }) => version);
    expect(versions.toSorted()).toEqual([1, 2, 3]);
    expect(await row(actionKey(asked.action))).toMatchObject({ version: 3, status: 'succeeded' });
  });

  it('decides on the page like on any action, and reads what changes', async () => {
    const asked = await propose();
    const links = await openDesk(world).ask(asked);
    expect([...links.keys()].toSorted()).toEqual(['ada@example.com', 'ben@example.com', 'rita@example.com']);
    const { open } = browse(world);
    const { text } = await open(links.get('ada@example.com') ?? '');
    for (const said of [
      '+ policy operations-closed',
      'forbid (principal, action, resource);',
      actor.id,
      'New rules need the word of the council',
    ])
      expect(text).toContain(said);
  });

  it('is told first when there is more than can be shown', async () => {
    const many = Array.from({ length: 40 }, (_, n) => closed.replace('closed', `closed-${n}`)).map(
      (text) => `// ${'x'.repeat(2000)}\n${text}`,
    );
    const { action } = await propose(many.reduce((body, text) => withPolicy(body, text), company));
    const { input } = (await row(actionKey(action))) as { input: { changes: string } };
    expect(input.changes).toMatch(/^! \d+ lines more do not fit here/);
    expect(input.changes.length).toBeLessThan(61_000);
  });

  it('changes nothing by one vote', async () => {
    const before = await inForce();
    expect((await agree(await propose(), 'ada')).status).toBe('held');
    expect(await inForce()).toBe(before);
  });

  it('changes nothing by a no, and is asked anew by the next apply', async () => {
    const before = await inForce();
    const asked = await propose();
    await vote(world, asked, 'rita', 'deny');
    expect((await executeApproved(world.deps, asked.action)).status).toBe('rejected');
    expect(await inForce()).toBe(before);
    const next = await propose();
    expect(next.action).not.toBe(asked.action);
    expect((await agree(next, 'ada', 'ben')).status).toBe('succeeded');
  });

  it('changes nothing when nobody decides in time', async () => {
    const before = await inForce();
    const asked = await propose();
    world.clock.now = new Date(asked.expiresAt);
    await decideAndCommit(registry(), async () =>
      expireApproval(
        await loadApproval(registry(), asked.approval, world.clock.now),
        'deadline',
        world.clock.now,
      ),
    );
    expect((await executeApproved(world.deps, asked.action)).status).toBe('expired');
    expect([await inForce(), (await propose()).action === asked.action]).toEqual([before, false]);
  });

  it('waits as long as its manifest says', async () => {
    const { expiresAt } = await propose();
    expect(Date.parse(expiresAt) - world.clock.now.getTime()).toBe(72 * 3_600_000);
  });

  it.each([10])('is carried out once by %i executors at the same moment', async (many) => {
    const asked = await propose();
    await vote(world, asked, 'ada');
    await vote(world, asked, 'ben');
    const rows = await Promise.all(
      Array.from({ length: many }, () => executeApproved(world.deps, asked.action)),
    );
    expect(new Set(rows.map(({ status }) => status))).toEqual(new Set(['succeeded']));
    const events = await world.database.events();
    const activated = events.filter(
      ({ type, action }) => type === 'release.activated' && action === asked.action,
    );
    expect(activated).toHaveLength(1);
  });

  it('does not replace a release it was not asked about', async () => {
    const asked = await propose();
    const other = await propose(withPolicy(company, closed.replace('closed', 'shut')));
    await agree(other, 'ada', 'ben');
    const active = await inForce();
    expect(await agree(asked, 'ada', 'ben')).toMatchObject({
      status: 'denied',
      problem: { code: 'superseded' },
    });
    expect(await inForce()).toBe(active);
  });

  it('does not count a member who left before it is carried out', async () => {
    const before = await inForce();
    const asked = await propose();
    await vote(world, asked, 'ada');
    await vote(world, asked, 'ben');
    await world.apply(change(company, 'Person ben', { status: 'left' }));
    expect(await executeApproved(world.deps, asked.action)).toMatchObject({
      status: 'denied',
      problem: { code: 'approval-not-enough' },
    });
    expect(await inForce()).toBe(before);
  });

  it('agreed for now, not for later', async () => {
    const before = await inForce();
    const asked = await propose();
    await vote(world, asked, 'ada');
    await vote(world, asked, 'ben');
    world.clock.now = new Date(world.clock.now.getTime() + (world.deps.lapseMinutes * 60 + 1) * 1000);
    expect((await executeApproved(world.deps, asked.action)).status).toBe('expired');
    expect(await inForce()).toBe(before);
  });

  it.each(['everything', `agent:${SYSTEM_AGENT}`, 'tool:autonomy.activate_release'])(
    'is stopped by a kill switch on %s',
    async (scope) => {
      const before = await inForce();
      const asked = await propose();
      await decideAndCommit(registry(), async () =>
        engageSwitch(undefined, { scope, reason: 'an incident' }, { actor, now: world.clock.now }),
      );
      expect(await agree(asked, 'ada', 'ben')).toMatchObject({
        status: 'denied',
        problem: { code: 'blocked' },
      });
      expect(await inForce()).toBe(before);
    },
  );

  it('is not asked when the centre goes back to an earlier release', async () => {
    const first = await inForce();
    await agree(await propose(), 'ada', 'ben');
    const deps = { registry: registry(), releases: world.releases, now: world.deps.now };
    expect(await rollback(deps, first, actor)).toMatchObject({ action: 'activate' });
    expect((await propose()).action).toMatch(/^act_/);
  });

  it('is not passed by through a rollback to what was only proposed', async () => {
    const applied = await world.apply(stricter);
    const deps = { registry: registry(), releases: world.releases, now: world.deps.now };
    expect(await rollback(deps, applied.release.hash, actor)).toMatchObject({ refused: 'unknown-release' });
  });
});

describe('the seats of the council', () => {
  it.each<[string, GovernanceBody, string]>([
    ['fewer votes', change(company, 'Council council', { approvals: 1 }), 'council council'],
    ['another group', change(company, 'Council council', { group: 'finance' }), 'council council'],
    [
      'other members',
      change(company, 'Group council', { members: ['ada', 'vera', 'dora'] }),
      'group council',
    ],
    ['a member’s address', change(company, 'Person ada', { email: 'mallory@example.com' }), 'person ada'],
  ])('change by its own word alone: %s', async (_, body, waits) => {
    const key = {
      'council council': councilKey,
      'group council': groupKey('council'),
      'person ada': personKey('ada'),
    };
    const kept = await row(key[waits as keyof typeof key]);
    const applied = await world.apply(body);
    expect(applied.proposal).toMatchObject({ rows: [waits], release: false });
    expect(await row(key[waits as keyof typeof key])).toEqual(kept);
    expect((await agree(askedOf(applied), 'ada', 'ben')).status).toBe('succeeded');
    expect(await row(key[waits as keyof typeof key])).toMatchObject({
      version: Number(kept?.['version']) + 1,
    });
    expect((await world.apply(body)).proposal).toBeUndefined();
  });

  it('change together with the rules or not at all', async () => {
    const body = change(stricter, 'Council council', { approvals: 3 });
    const asked = await propose(body);
    await agree(await propose(change(company, 'Council council', { approvals: 1 })), 'ada', 'ben');
    const before = await inForce();
    expect(await agree(asked, 'ada', 'ben')).toMatchObject({ problem: { code: 'superseded' } });
    expect([await inForce(), (await row(councilKey))?.['approvals']]).toEqual([before, 1]);
  });

  it('are left at once, unless too few would be left to decide', async () => {
    const left = change(company, 'Person rita', { status: 'left' });
    expect((await world.apply(left)).proposal).toBeUndefined();
    expect(await row(personKey('rita'))).toMatchObject({ status: 'left' });
    const small = without(change(left, 'Person ben', { status: 'left' }), 'Council');
    expect(await findingsOf(small)).toContain('the council needs 2 of council and would have 1');
  });

  it.each<[string, GovernanceBody]>([
    ['as before', company],
    ['with another address', change(company, 'Person rita', { email: 'mallory@example.com' })],
  ])('are taken again by its word alone: %s', async (_, body) => {
    await world.apply(change(company, 'Person rita', { status: 'left' }));
    expect((await world.apply(body)).proposal?.rows).toEqual(['person rita']);
    expect(await row(personKey('rita'))).toMatchObject({ status: 'left' });
  });
});

describe('what is the system’s own', () => {
  it('lets no agent ask for an activation at the door', async () => {
    const input = { release: 'x', before: await inForce(), proposedBy: 'me', changes: '', seats: [] };
    expect((await world.act({ tool: 'autonomy.activate_release', input })).status).toBe(403);
  });

  it('gives the system’s agent no key to sign in with', async () => {
    await propose();
    expect(await row(agentKey(SYSTEM_AGENT))).toMatchObject({ keys: [], unit: 'coe' });
    expect(
      (
        await exportLive({ registry: registry(), releases: world.releases, now: world.deps.now })
      ).manifests.map(({ document }) => (document as { id?: string }).id),
    ).not.toContain(SYSTEM_AGENT);
  });

  it.each<[string, GovernanceBody, string]>([
    [
      'a tool of its name',
      change(company, 'Tool erp.wipe', { name: 'autonomy.activate_release' }),
      'autonomy.… are the system',
    ],
    [
      'an agent of its id',
      change(company, 'Agent agt_second', { id: SYSTEM_AGENT }),
      'agt_autonomy is the system itself',
    ],
    [
      'a group that is not there',
      change(company, 'Council council', { group: 'counsil' }),
      'there is no group counsil: did you mean council',
    ],
    [
      'more votes than members',
      change(company, 'Council council', { approvals: 4 }),
      "4 of council can't agree",
    ],
    [
      'no end',
      change(company, 'Council council', { expires: 'soon' }),
      'a duration of one minute to thirty days',
    ],
    ['a second council', adding(company, council), 'Council council stands in'],
    [
      'a council of a unit',
      {
        ...company,
        manifests: company.manifests.map((each) =>
          (each.document as { kind: string }).kind === 'Council' ? { ...each, layer: 'operations' } : each,
        ),
      },
      'Council belongs to the centre',
    ],
  ])('refuses %s', async (_, body, reason) => {
    expect(await findingsOf(body)).toContain(reason);
  });

  it('exports the council as a manifest', async () => {
    const deps = { registry: registry(), releases: world.releases, now: world.deps.now };
    const { manifests } = await exportLive(deps);
    expect(manifests.map(({ document }) => document)).toContainEqual({ ...council, expires: 'PT72H' });
  });
});
