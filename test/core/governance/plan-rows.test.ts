import { describe, expect, it } from 'vitest';
import { agentRow, stages, type Stage } from '../../../core/agent/agent.ts';
import { groupRow, personRow } from '../../../core/governance/person.ts';
import { readManifests } from '../../../core/governance/manifest.ts';
import { planRow, type Step, type Wanted, wantedRows } from '../../../core/governance/plan-rows.ts';
import { unitRow } from '../../../core/governance/unit.ts';
import { workflowRow } from '../../../core/run/run.ts';
import { statusesOf } from '../../../core/status.ts';
import { NOW, someBaseline } from '../../harness/facts.ts';
import { someBody } from '../../harness/release.ts';
import { versioned, whole } from '../whole-change.ts';

const by = {
  actor: { kind: 'administrator', id: 'arn:aws:iam::123456789012:role/cloud-team' } as const,
  now: NOW,
};
const agent = {
  kind: 'Agent',
  id: 'agt_buyer',
  name: 'Buyer',
  sponsor: 'vera',
  purpose: 'Buys',
  stage: 'pilot',
  release: { version: '1.0.0', model: 'small', promptHash: 'a'.repeat(64) },
  keys: [{ kty: 'OKP', crv: 'Ed25519', x: 'AAAA', kid: 'k1' }],
};
const manifests = {
  operations: [
    agent,
    {
      kind: 'Workflow',
      id: 'procurement',
      title: 'Requests',
      machine: 'procurement',
      baseline: someBaseline(),
    },
    { kind: 'BusinessUnit', id: 'operations', name: 'Operations', currency: 'USD' },
  ],
  coe: [
    { kind: 'Group', id: 'finance', title: 'Finance', members: ['vera'] },
    { kind: 'Person', id: 'vera', name: 'Vera', email: 'vera@example.com' },
    {
      kind: 'Promotion',
      agent: agent.id,
      release: agent.release,
      evidence: 'four weeks of pilot without a complaint',
      approvedBy: ['finance'],
      at: '2026-11-20',
    },
  ],
};
const wanted = wantedRows(readManifests(someBody({ manifests })).placed);
const wantedOf = (noun: Wanted['noun'], fields: object = {}): Wanted => {
  const found = wanted.find((each) => each.noun === noun);
  if (!found) throw new Error(`no ${noun}`);
  return { ...found, content: { ...found.content, ...fields } };
};

function planned(want: Wanted, stored?: object): Step {
  const step = planRow(want, stored as Record<string, unknown> | undefined, by);
  if ('reason' in step) throw new Error(step.reason);
  return step;
}
const storedOf = (want: Wanted, version = 1) => ({ ...want.content, ...want.key, v: 1, version });

describe('the rows manifests ask for', () => {
  it('come in the order they depend on each other', () => {
    expect(wanted.map(({ noun }) => noun)).toEqual(['person', 'group', 'unit', 'workflow', 'agent']);
  });

  it.each([
    ['person', personRow],
    ['group', groupRow],
    ['unit', unitRow],
    ['workflow', workflowRow],
    ['agent', agentRow],
  ] as const)('are created where there is no %s, each with its event', (noun, schema) => {
    const step = planned(wantedOf(noun));
    if (!step.change) throw new Error('changes nothing');
    const change = whole(step.change as typeof step.change & { result: object });
    expect(step.action).toBe('create');
    expect(schema.safeParse(change.result).error).toBeUndefined();
    expect(change.events[0]).toMatchObject({
      type: noun === 'agent' ? 'agent.registered' : `${noun}.changed`,
      actor: by.actor,
    });
    expect(change.events[0]?.data['fields']).toContain('id');
  });

  it.each(['person', 'group', 'unit', 'workflow', 'agent'] as const)(
    'leave a %s alone that is as it should be',
    (noun) => {
      const step = planned(wantedOf(noun), storedOf(wantedOf(noun), 7));
      expect(step).toEqual({
        noun,
        id: wantedOf(noun).id,
        action: 'none',
        fields: [],
        differences: [],
        layers: [wantedOf(noun).unit],
      });
    },
  );

  it('change what differs, by name, from the version that was seen', () => {
    const step = planned(
      wantedOf('group', { members: ['vera', 'tom'], title: 'Money' }),
      storedOf(wantedOf('group'), 4),
    );
    expect(step).toMatchObject({ action: 'change', fields: ['title', 'members'] });
    if (!step.change) throw new Error('changes nothing');
    const change = whole(step.change as typeof step.change & { result: object });
    expect(versioned(change)).toEqual([expect.objectContaining({ kind: 'replace', ifVersion: 4 })]);
    expect(change.events[0]).toMatchObject({
      type: 'group.changed',
      version: 5,
      data: { fields: ['title', 'members'] },
    });
  });

  it('take away a field the manifest no longer has', () => {
    const step = planned(wantedOf('person'), { ...storedOf(wantedOf('person')), nickname: 'V' });
    expect(step.fields).toEqual(['nickname']);
    expect(step.change?.result).not.toHaveProperty('nickname');
  });

  it('do not care for the order of keys, and do for the order of a list', () => {
    const baseline = Object.fromEntries(Object.entries(someBaseline()).reverse());
    expect(planned(wantedOf('workflow', { baseline }), storedOf(wantedOf('workflow'))).action).toBe('none');
    const two = wantedOf('group', { members: ['a', 'b'] });
    expect(planned(wantedOf('group', { members: ['b', 'a'] }), storedOf(two)).fields).toEqual(['members']);
  });
});

describe('an agent’s row', () => {
  it('takes its gate along, with stage and cap, whenever it changes', () => {
    for (const stored of [undefined, storedOf(wantedOf('agent', { dailyActions: 5 }))]) {
      expect(planned(wantedOf('agent'), stored).change?.writes).toContainEqual({
        kind: 'gate',
        key: { pk: 'AGENT#agt_buyer', sk: 'GATE' },
        stage: 'pilot',
        dailyActions: 10_000,
        day: '2026-11-23',
      });
    }
  });

  const pairs = statusesOf(stages).flatMap((from) => statusesOf(stages).map((to) => [from, to] as const));
  it.each(pairs)('goes from %s to %s only as its life allows', (from, to) => {
    const want = wantedOf('agent', { stage: to, name: 'Renamed' });
    const step = planRow(want, storedOf(wantedOf('agent', { stage: from })), by);
    const next: readonly Stage[] = stages[from];
    if (from === to || next.includes(to)) {
      expect(step).toMatchObject({ action: 'change' });
    } else {
      expect(step).toMatchObject({ file: 'operations.yaml', line: 1 });
      expect('reason' in step && step.reason).toContain(`stage: ${from} can't become ${to}`);
    }
  });

  it('belongs to the unit whose folder it stands in, and is listed there', () => {
    expect(wantedOf('agent').content).toMatchObject({ unit: 'operations', listKind: 'AGENTS#operations' });
  });
});
