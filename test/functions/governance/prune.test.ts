import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { agentKey, gateKey } from '../../../core/agent/agent.ts';
import { groupKey, personKey } from '../../../core/governance/person.ts';
import type { GovernanceBody } from '../../../core/governance/manifest.ts';
import { unitKey } from '../../../core/governance/unit.ts';
import { workflowKey, workflowRow } from '../../../core/run/run.ts';
import { requestRun } from '../../../core/run/request-run.ts';
import { runIdOf } from '../../../core/id.ts';
import { applyGovernance } from '../../../functions/governance/apply-governance.ts';
import { loadElectorate } from '../../../functions/aws/electorate.ts';
import { startWorld, type World } from '../../harness/door.ts';
import { NOW } from '../../harness/facts.ts';
import { organisation, withoutPolicy } from '../../harness/organisation.ts';

const actor = { kind: 'administrator', id: 'arn:aws:iam::111122223333:user/ops' } as const;
let world: World;
beforeEach(async () => {
  world = await startWorld();
});
afterEach(() => world.stop());

const without = (...gone: string[]): GovernanceBody => {
  const { manifests, ...rest } = organisation();
  const kept = manifests.filter(({ document }) => !gone.includes(String((document as { id?: string }).id)));
  return { ...rest, manifests: kept };
};
async function apply(body: GovernanceBody, options: { plan?: boolean; prune?: boolean } = {}) {
  const deps = { registry: world.deps.registry, releases: world.releases, now: world.deps.now };
  return applyGovernance(deps, body, { actor, plan: false, ...options });
}
async function done(body: GovernanceBody, options: { plan?: boolean; prune?: boolean } = {}) {
  const applied = await apply(body, options);
  if (!('changes' in applied)) throw new Error(JSON.stringify(applied));
  return applied;
}
const row = async (key: { pk: string; sk: string }) => (await world.deps.registry.load([key]))[0];
const changes = (applied: Awaited<ReturnType<typeof done>>) =>
  applied.changes.filter(({ action }) => action !== 'none').map(({ noun, id, action }) => [action, noun, id]);

describe('pruning', () => {
  const fewer = () => {
    const body = withoutPolicy(
      without('sales', 'agt_seller', 'procurement', 'finance', 'cleo'),
      'operations-orders-over-10k',
    );
    const manifests = body.manifests.filter(({ layer }) => layer !== 'sales');
    return { ...body, manifests };
  };

  it('takes each noun out of use in its own way, agents first, and deletes nothing', async () => {
    const applied = await done(fewer(), { prune: true });
    expect(changes(applied)).toEqual([
      ['withdraw', 'agent', 'agt_seller'],
      ['withdraw', 'workflow', 'procurement'],
      ['withdraw', 'unit', 'sales'],
      ['withdraw', 'group', 'finance'],
      ['withdraw', 'person', 'cleo'],
    ]);
    expect(await row(agentKey('agt_seller'))).toMatchObject({ stage: 'retired', version: 2 });
    expect(await row(gateKey('agt_seller'))).toMatchObject({ stage: 'retired' });
    expect(await row(personKey('cleo'))).toMatchObject({ status: 'left', email: 'cleo@example.com' });
    for (const key of [workflowKey('procurement'), unitKey('sales'), groupKey('finance')])
      expect(await row(key)).toMatchObject({ withdrawn: true });
  });

  it('leaves one event for each, marked, by whoever did it', async () => {
    await done(fewer(), { prune: true });
    const pruned = (await world.database.events()).filter(({ data }) => data['pruned'] === true);
    expect(pruned.map(({ type, version, actor: by }) => [type, version, by.id]).sort()).toEqual([
      ['agent.changed', 2, actor.id],
      ['group.changed', 2, actor.id],
      ['person.changed', 2, actor.id],
      ['unit.changed', 2, actor.id],
      ['workflow.changed', 2, actor.id],
    ]);
  });

  it('finds nothing to do, and nothing unmanaged, the second time', async () => {
    await done(fewer(), { prune: true });
    const events = await world.database.events();
    for (const prune of [true, false]) {
      const again = await done(fewer(), { prune });
      expect(changes(again)).toEqual([]);
      expect(again.unmanaged).toEqual([]);
    }
    expect(await world.database.events()).toEqual(events);
  });

  it('only tells, when planned', async () => {
    const planned = await done(fewer(), { prune: true, plan: true });
    expect(changes(planned)).toHaveLength(5);
    expect(await row(agentKey('agt_seller'))).toMatchObject({ version: 1 });
  });

  it('is refused when a living agent would have no sponsor, and changes nothing', async () => {
    const before = await world.database.events();
    const refused = await apply(without('vera'), { prune: true });
    expect(refused).toMatchObject({
      findings: expect.arrayContaining([
        expect.objectContaining({ reason: expect.stringContaining('vera') as string }),
      ]) as unknown[],
    });
    expect(await world.database.events()).toEqual(before);
  });

  it('can be taken back for a unit, a group and a workflow by asking for them again', async () => {
    await done(fewer(), { prune: true });
    const back = organisation();
    await done({ ...back, manifests: back.manifests.filter(({ layer }) => layer !== 'sales') });
    for (const key of [workflowKey('procurement'), groupKey('finance')]) {
      expect(await row(key)).toMatchObject({ version: 3 });
      expect(await row(key)).not.toHaveProperty('withdrawn');
    }
  });
});

describe('what was withdrawn', () => {
  it('starts no run', async () => {
    await done(without('procurement'), { prune: true });
    const workflow = workflowRow.parse(await row(workflowKey('procurement')));
    const body = { workflow: 'procurement', requester: 'vera@example.com', input: {} };
    const request = { id: runIdOf('ops', 'key-00000001'), body, actor };
    const facts = { workflow, existing: undefined } as unknown as Parameters<typeof requestRun>[0];
    expect(requestRun(facts, request, NOW)).toMatchObject({
      refused: 'unknown-workflow',
      detail: 'workflow procurement was withdrawn: apply its manifest again',
    });
  });

  it('decides nothing: a withdrawn group has nobody in it', async () => {
    const guards = [{ requires: [{ group: 'finance', count: 1 }] }] as never;
    const about = { agent: { sponsor: 'vera' }, action: {}, now: world.deps.now() } as never;
    const groups = async () => (await loadElectorate(world.deps.registry, guards, about)).groups;
    expect(await groups()).toHaveLength(1);
    await done(withoutPolicy(without('finance'), 'operations-orders-over-10k'), { prune: true });
    expect(await groups()).toEqual([]);
  });
});
