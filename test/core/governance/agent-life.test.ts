import { describe, expect, it } from 'vitest';
import { intoProduction } from '../../../core/governance/agent-life.ts';
import { checkManifests } from '../../../core/governance/check-manifests.ts';
import { readManifests } from '../../../core/governance/manifest.ts';
import { planRow, wantedRows } from '../../../core/governance/plan-rows.ts';
import { NOW } from '../../harness/facts.ts';
import { someBody } from '../../harness/release.ts';

type Fields = Readonly<Record<string, unknown>>;
const by = { actor: { kind: 'administrator', id: 'arn:aws:iam::111122223333:user/ops' } as const, now: NOW };
const first = { version: '1.0.0', model: 'small', promptHash: 'a'.repeat(64) };
const next = { version: '1.1.0', model: 'large', promptHash: 'b'.repeat(64) };
const person = (fields: Fields = {}) => ({
  kind: 'Person',
  id: 'vera',
  name: 'Vera',
  email: 'vera@example.com',
  ...fields,
});
const agent = {
  kind: 'Agent',
  id: 'agt_buyer',
  name: 'Buyer',
  sponsor: 'vera',
  purpose: 'Buys',
  stage: 'pilot',
  release: first,
  recertifyBy: '2027-05-01',
  keys: [{ kty: 'OKP', crv: 'Ed25519', x: 'AAAA', kid: 'k1' }],
};
const promotion = (release: object = first, fields: Fields = {}) => ({
  kind: 'Promotion',
  agent: agent.id,
  release,
  evidence: 'https://wiki.example.com/pilot-of-the-buyer',
  approvedBy: ['vera'],
  at: '2026-11-20',
  ...fields,
});
const waiver = (release: object = next, fields: Fields = {}) => ({
  kind: 'ReleaseWaiver',
  agent: agent.id,
  release,
  reason: 'a misspelt word in the prompt, nothing else',
  until: '2026-11-30',
  ...fields,
});

/** The agent's manifest as it differs from `agent`, and what the centre wrote besides. */
type Asked = { readonly manifest?: Fields; readonly coe?: readonly Fields[]; readonly vera?: Fields };

function bodyOf({ manifest = {}, coe = [], vera = {} }: Asked) {
  const unit = { kind: 'BusinessUnit', id: 'operations', name: 'Operations', currency: 'USD' };
  return someBody({
    manifests: { coe: [person(vera), ...coe], operations: [unit, { ...agent, ...manifest }] },
  });
}

function plan(asked: Asked, stored: Fields | undefined, now = NOW) {
  const { placed, findings } = readManifests(bodyOf(asked));
  expect(findings).toEqual([]);
  const want = wantedRows(placed).find(({ noun }) => noun === 'agent');
  if (!want) throw new Error('there is no agent');
  return planRow(want, stored, { ...by, now });
}

/** The agent's row after the plan, which must be one that changes something. */
function planned(asked: Asked, stored: Fields | undefined, now = NOW) {
  const step = plan(asked, stored, now);
  if ('reason' in step) throw new Error(step.reason);
  if (!step.change) throw new Error('nothing changes');
  const gate = step.change.writes.find(({ kind }) => kind === 'gate');
  return { row: step.change.result as Fields, event: step.change.events[0], gate, warnings: step.warnings };
}
const refusal = (asked: Asked, stored: Fields | undefined) => {
  const step = plan(asked, stored);
  return 'reason' in step ? step.reason : `not refused: ${step.action}`;
};
const row = (fields: Fields = {}): Fields => ({
  ...planned({}, undefined).row,
  ...fields,
});
const inProduction = row({ stage: 'production', productionRelease: first });

describe('an agent begins', () => {
  it.each(['draft', 'pilot'])('in %s', (stage) => {
    expect(planned({ manifest: { stage } }, undefined).row).toMatchObject({ stage });
  });

  it.each(['production', 'suspended', 'retired'])('never in %s, whatever the centre says', (stage) => {
    expect(refusal({ manifest: { stage }, coe: [promotion()] }, undefined)).toBe(
      `stage: a new agent begins in draft or pilot, not in ${stage}`,
    );
  });

  it('with somebody who answers for it', () => {
    expect(refusal({ vera: { status: 'left' } }, undefined)).toBe('sponsor: vera is no active person');
  });

  it('with the release it is made of, which its events name', () => {
    expect(planned({}, undefined).event.data).toMatchObject({ stage: 'pilot', release: first });
  });
});

describe('the way into production', () => {
  it('is a table: each stage it is reached from, and what suffices', () => {
    expect(intoProduction).toEqual({
      pilot: ['promotion'],
      suspended: ['was-there-with-this-release', 'promotion'],
      production: ['same-release', 'waiver'],
    });
  });

  const go: Fields = { stage: 'production' };
  it('is closed without the centre’s promotion, and the refusal is the manifest to write', () => {
    const reason = refusal({ manifest: go }, row());
    expect(reason).toContain("pilot can't become production without evidence");
    expect(reason).toContain(`{kind: Promotion, agent: agt_buyer, release: ${JSON.stringify(first)}`);
  });

  it('is open with one, and the event holds the evidence', () => {
    const { row: after, event } = planned({ manifest: go, coe: [promotion()] }, row());
    expect(after).toMatchObject({ stage: 'production', productionRelease: first });
    expect(event.data['evidence']).toMatchObject({ kind: 'Promotion', approvedBy: ['vera'] });
  });

  it.each<[string, Asked]>([
    ['of another release', { manifest: go, coe: [promotion(next)] }],
    [
      'of this version with another prompt',
      { manifest: go, coe: [promotion({ ...first, promptHash: 'c'.repeat(64) })] },
    ],
    ['of another agent', { manifest: go, coe: [promotion(first, { agent: 'agt_other' })] }],
    ['that is only a waiver', { manifest: go, coe: [waiver(first)] }],
  ])('stays closed with a promotion %s', (_, asked) => {
    expect(refusal(asked, row())).toContain('without evidence');
  });

  it('is no unit’s to open: a promotion in its folder is refused', () => {
    const body = someBody({ manifests: { operations: [promotion(), waiver()] } });
    expect(readManifests(body).findings.map(({ reason }) => reason)).toEqual([
      'Promotion belongs to the centre: move it to coe/',
      'ReleaseWaiver belongs to the centre: move it to coe/',
    ]);
  });

  it('leads back from a suspension with the release that was there', () => {
    const back = planned({ manifest: go }, row({ stage: 'suspended', productionRelease: first }));
    expect(back.row).toMatchObject({ stage: 'production' });
  });

  it.each<[string, Fields, Fields]>([
    ['never was there', {}, {}],
    ['was there with another release', { productionRelease: next }, {}],
    ['comes with another release', { productionRelease: first }, { release: next }],
  ])('does not lead back when it %s', (_, stored, manifest) => {
    const asked = { manifest: { ...go, ...manifest } };
    expect(refusal(asked, row({ stage: 'suspended', ...stored }))).toContain('without evidence');
  });
});

describe('a new release', () => {
  const renewed: Fields = { stage: 'production', release: next };

  it('of an agent in production is refused, and the refusal says both ways on', () => {
    const reason = refusal({ manifest: renewed }, inProduction);
    expect(reason).toContain('set stage: pilot');
    expect(reason).toContain('{kind: ReleaseWaiver, agent: agt_buyer');
  });

  it.each<[string, object]>([
    ['model', { ...first, model: 'large' }],
    ['prompt', { ...first, promptHash: 'd'.repeat(64) }],
  ])('is another %s under the same version too', (_, release) => {
    expect(refusal({ manifest: { stage: 'production', release } }, inProduction)).toContain('new release');
  });

  it('goes to pilot in the same apply', () => {
    expect(planned({ manifest: { release: next } }, inProduction).row).toMatchObject({
      stage: 'pilot',
      release: next,
      productionRelease: first,
    });
  });

  it('stays in production with the centre’s waiver, which the event holds', () => {
    const { row: after, event } = planned({ manifest: renewed, coe: [waiver()] }, inProduction);
    expect(after).toMatchObject({ stage: 'production', productionRelease: next });
    expect(event.data['evidence']).toMatchObject({ kind: 'ReleaseWaiver' });
  });

  it.each<[string, readonly Fields[]]>([
    ['that ran out', [waiver(next, { until: '2026-11-22' })]],
    ['of another release', [waiver(first)]],
    ['of another agent', [waiver(next, { agent: 'agt_other' })]],
    ['that is a promotion', [promotion(next)]],
  ])('is not waived by one %s', (_, coe) => {
    expect(refusal({ manifest: renewed, coe }, inProduction)).toContain('starts in pilot');
  });

  it('may be the first one named for an agent from before', () => {
    const { release, productionRelease, ...before } = inProduction;
    expect([release, productionRelease]).toEqual([first, first]);
    expect(planned({ manifest: { stage: 'production' } }, before).row).toMatchObject({ release: first });
  });
});

describe('a sponsor who left', () => {
  const gone = { vera: { status: 'left' } };
  const stands: Fields = { stage: 'production' };

  it('suspends the agent, row and gate, with an event that says why', () => {
    const { row: after, gate, event, warnings } = planned({ ...gone, manifest: stands }, inProduction);
    expect(after).toMatchObject({ stage: 'suspended', suspendedFor: 'sponsor-left' });
    expect(gate).toMatchObject({ stage: 'suspended' });
    expect(event).toMatchObject({ type: 'agent.suspended', data: { why: 'sponsor-left', sponsor: 'vera' } });
    expect(warnings).toEqual(['agent agt_buyer is suspended: its sponsor vera left; name a living one']);
  });

  it('is told of again while it is so, and changes nothing more', () => {
    const { row: after } = planned({ ...gone, manifest: stands }, inProduction);
    const step = plan({ ...gone, manifest: stands }, after);
    expect(step).toMatchObject({ action: 'none' });
    expect('warnings' in step && step.warnings).toHaveLength(1);
  });

  it.each([
    ['production', inProduction],
    ['pilot', row()],
  ])('gives it back its stage when a living one is named: %s', (stage, before) => {
    const { row: after } = planned({ ...gone, manifest: { stage } }, before);
    const back = planned({ manifest: { stage } }, after);
    expect(back.row).toMatchObject({ stage });
    expect(back.row).not.toHaveProperty('suspendedFor');
    expect(back.event.type).toBe('agent.changed');
  });

  it('brings no agent into life', () => {
    expect(refusal({ ...gone, manifest: { stage: 'pilot' } }, row({ stage: 'draft' }))).toContain(
      'sponsor: vera is no active person',
    );
  });

  it('does not stop an agent from being retired', () => {
    expect(planned({ ...gone, manifest: { stage: 'retired' } }, row()).row).toMatchObject({
      stage: 'retired',
    });
  });
});

describe('a certification', () => {
  const ended = { recertifyBy: '2026-11-22' };

  it('holds until its day is over', () => {
    const today = { recertifyBy: '2026-11-23' };
    expect(planned({ manifest: today }, undefined).gate).toMatchObject({ ...today, stage: 'pilot' });
  });

  const missed = row({
    ...ended,
    stage: 'suspended',
    suspendedFor: 'recertification-missed',
    productionRelease: first,
  });

  it('that ended is told of, and changes nothing: who applies for one unit must not stumble over another’s', () => {
    const step = plan({ manifest: { ...ended, stage: 'production' } }, row({ ...inProduction, ...ended }));
    expect(step).toMatchObject({
      action: 'none',
      warnings: ['agent agt_buyer does nothing: its certification ended on 2026-11-22; set recertifyBy anew'],
    });
  });

  it('that ended keeps the agent suspended, whatever its manifest says', () => {
    expect(plan({ manifest: { ...ended, stage: 'production' } }, missed)).toMatchObject({ action: 'none' });
    const manual = row({ ...ended, stage: 'suspended' });
    expect(planned({ manifest: { ...ended, stage: 'pilot' } }, manual).row).toMatchObject({
      stage: 'suspended',
      suspendedFor: 'recertification-missed',
    });
  });

  it('given anew lets its manifest count again', () => {
    const after = missed;
    expect(planned({ manifest: { stage: 'production' } }, after).row).toMatchObject({ stage: 'production' });
  });

  it('lasts at most a year and a day', () => {
    expect(refusal({ manifest: { recertifyBy: '2027-11-25' } }, row())).toContain('2027-11-24');
    expect(planned({ manifest: { recertifyBy: '2027-11-24' } }, row()).row).toHaveProperty('recertifyBy');
  });
});

describe('what an agent’s row holds besides its manifest', () => {
  it('outlives every apply', () => {
    const own = {
      productionRelease: next,
      revokedKeys: [{ kid: 'k0', at: NOW.toISOString() }],
      tokensNotBefore: NOW.toISOString(),
    };
    expect(plan({}, row(own))).toMatchObject({ action: 'none' });
    expect(planned({ manifest: { name: 'Renamed' } }, row(own)).row).toMatchObject(own);
  });

  it('warns of a revoked key that the manifest still lists', () => {
    const revokedKeys = [{ kid: 'k1', at: NOW.toISOString() }];
    const step = plan({}, row({ revokedKeys }));
    expect('warnings' in step && step.warnings?.join()).toContain('key k1 was revoked and stays refused');
  });
});

describe('manifests about agents', () => {
  const findings = (asked: Asked) => {
    const body = bodyOf(asked);
    return checkManifests(readManifests(body).placed, body).map(({ reason }) => reason.split(':')[0]);
  };

  it.each<[string, string[], Asked]>([
    ['fit', [], { coe: [promotion(), waiver()] }],
    ['name the release of an agent that acts', ['release'], { manifest: { release: undefined } }],
    ['need none in draft', [], { manifest: { stage: 'draft', release: undefined } }],
    [
      'name the end of certification in production',
      ['recertifyBy'],
      { manifest: { stage: 'production', recertifyBy: undefined } },
    ],
    ['need none in pilot', [], { manifest: { recertifyBy: undefined } }],
    ['promote agents there are', ['agent'], { coe: [promotion(first, { agent: 'agt_nobody' })] }],
    ['waive for agents there are', ['agent'], { coe: [waiver(next, { agent: 'agt_nobody' })] }],
    ['are approved by those there are', ['approvedBy'], { coe: [promotion(first, { approvedBy: ['eve'] })] }],
  ])('%s', (_, expected, asked) => {
    expect(findings(asked)).toEqual(expected);
  });
});
