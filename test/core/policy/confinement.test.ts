import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type GovernanceBody, ofKind, type Placed } from '../../../core/governance/manifest.ts';
import type { Tool } from '../../../core/governance/tool.ts';
import { compileRelease, type CompiledRelease } from '../../../core/policy/compile-release.ts';
import { decide, toolFor } from '../../../core/policy/decide.ts';
import type { Decision, DecisionRequest } from '../../../core/policy/decision.ts';
import { releaseHash, type ReleaseBundle } from '../../../core/policy/release.ts';
import { checkGovernance } from '../../../functions/governance/check-governance.ts';
import { type Dodge, rogueWith, type Try } from '../../harness/dodge.ts';
import {
  company,
  type Document,
  type Folder,
  reviews,
  rogue,
  tool,
  UNREVIEWED,
} from '../../harness/guarded-company.ts';
import { nounTries, selfTries } from '../../harness/noun-dodges.ts';
import { policyTries } from '../../harness/policy-dodges.ts';
import { randomPolicy, randomTool } from '../../harness/random-dodges.ts';
import { toolTries } from '../../harness/tool-dodges.ts';
import { wholeRelease } from '../../harness/whole-release.ts';
import { runs } from '../property-runs.ts';

const compile = (bundle: ReleaseBundle) => compileRelease(bundle, releaseHash(bundle));
const kinds: Readonly<Record<string, readonly Try[]>> = {
  policies: policyTries,
  nouns: nounTries,
  tools: toolTries,
  itself: selfTries,
};
const tries = Object.values(kinds).flat();

const honestly = checkGovernance(company(rogue));

/** All of the centre's policies and a permit of everything, as one set: nobody else has a say, and nothing is sliced. */
const central = honestly.bundle.policies.filter(({ layer }) => layer === 'coe');
const everything = { id: 'coe-all', text: 'permit (principal, action, resource);' };
const centreAlone = (release: CompiledRelease) => wholeRelease(release, () => [...central, everything]);

type Circumstances = Pick<DecisionRequest, 'purpose' | 'onBehalfOf' | 'approvals'> & {
  readonly total: string;
  readonly currency: string;
  /** Which of the tools are asked for: all, or each third from here on. */
  readonly tools: 'all' | 0 | 1 | 2;
};

const circumstances: fc.Arbitrary<Circumstances> = fc.record({
  purpose: fc.constantFrom('As asked', 'It is urgent'),
  onBehalfOf: fc.constantFrom(undefined, 'liam@example.com', 'liam@example.com'),
  total: fc.constantFrom('5.00', '900.00', '1000.01', '250000.00'),
  currency: fc.constantFrom('USD', 'USD', 'EUR', 'KWD'),
  tools: fc.constantFrom(0, 1, 2),
  approvals: fc.subarray([
    UNREVIEWED,
    'coe-large-payments',
    'coe-payers-pay',
    'rogue-one',
    'treasury-over-500',
  ]),
});

/** An input that fits the tool, whatever its fields are called. */
function inputFor({ input }: Tool, { total, currency }: Circumstances): Record<string, unknown> {
  const properties = Object.entries((input['properties'] ?? {}) as Record<string, Record<string, unknown>>);
  const tip = (name: string) => (name === 'tip' ? '0.00' : total);
  return Object.fromEntries(
    properties.flatMap(([name, { type, format }]) => {
      if (format === 'decimal') return [[name, tip(name)]];
      return type === 'string' ? [[name, name === 'currency' ? currency : 'x']] : [];
    }),
  );
}

type Question = DecisionRequest & { readonly of: Tool };

/** The questions the agents of a unit can ask: each of them, of the tools it reaches. */
function questionsOf(
  unit: string,
  placed: readonly Placed[],
  release: CompiledRelease,
  around: Circumstances,
): readonly Question[] {
  const { purpose, onBehalfOf, approvals } = around;
  const agents = ofKind(placed, 'Agent').filter(({ layer }) => layer === unit);
  const tools = release.bundle.tools.filter((_, n) => around.tools === 'all' || n % 3 === around.tools);
  return agents.flatMap(({ manifest: { id, roles, stage, sponsor } }) =>
    tools.flatMap((of) => {
      const request = { agent: { id, unit, roles, stage, sponsor }, tool: of.name, purpose, onBehalfOf };
      return toolFor(release, request) ? [{ ...request, approvals, input: inputFor(of, around), of }] : [];
    }),
  );
}

const pinned = new Set(reviews.map(({ definition }) => definition));

const dollars: Readonly<Record<string, number>> = { USD: 1, EUR: 1.16, KWD: 3.25 };

/** More than 1,000 dollars by a tool the centre knows, and finance has not agreed. */
function isLarge({ of, input, approvals }: Question): boolean {
  const { total, currency } = input as { total: string; currency: string };
  const known = pinned.has(of.hash) && of.groups.includes('payment');
  return (
    known && !approvals.includes('coe-large-payments') && Number(total) * (dollars[currency] ?? 0) > 1000
  );
}

/** Denied, or held for the people of this guard among others. */
function expectStopped(decision: Decision, guard: string, about: string) {
  expect(decision.outcome, about).not.toBe('allow');
  if (decision.outcome === 'hold')
    expect(
      decision.guards.map(({ id }) => id),
      about,
    ).toContain(guard);
}

/** What the centre denies is denied; what it holds is denied or held for at least the people it asks for. */
function expectConfined(release: CompiledRelease, alone: CompiledRelease, question: Question) {
  const central = decide(alone, question);
  const decision = decide(release, question);
  const about = `${question.agent.id} ${question.tool}`;
  if (central.outcome === 'deny') expect(decision, about).toMatchObject({ outcome: 'deny' });
  if (central.outcome === 'hold') {
    expect(['deny', 'hold'], about).toContain(decision.outcome);
    if (decision.outcome === 'hold')
      expect(decision.guards).toEqual(expect.arrayContaining([...central.guards]));
  }
  if (isLarge(question)) expectStopped(decision, 'coe-large-payments', about);
  const reviewed = question.of.unit === 'coe' || pinned.has(question.of.hash);
  if (!reviewed && !question.approvals.includes(UNREVIEWED)) expectStopped(decision, UNREVIEWED, about);
  return { central: central.outcome, decision: decision.outcome };
}

const without = (layer: string, { placed, bundle }: Pick<Accepted, 'placed' | 'bundle'>) => ({
  placed: placed.filter((each) => each.layer !== layer),
  bundle: {
    ...bundle,
    policies: bundle.policies.filter((each) => each.layer !== layer),
    tools: bundle.tools.filter(({ unit }) => unit !== layer),
    units: bundle.units.filter(({ id }) => id !== layer),
  },
});

type Accepted = ReturnType<typeof checkGovernance>;
const honest = without('rogue', honestly);
const undisturbed = compile(honest.bundle);

/** Nothing another unit's agents may do becomes more or less. */
function expectUndisturbed(release: CompiledRelease, around: Circumstances) {
  for (const question of questionsOf('treasury', honest.placed, undisturbed, around)) {
    const { release: _, ...before } = decide(undisturbed, question);
    const { release: __, ...after } = decide(release, question);
    expect(after, `${question.agent.id} ${question.tool}`).toEqual(before);
  }
}

function expectGainsNothing({ placed, bundle }: Accepted, ...all: readonly Circumstances[]) {
  const release = compile(bundle);
  const alone = centreAlone(release);
  return all.flatMap((around) => {
    expectUndisturbed(release, around);
    return questionsOf('rogue', placed, release, around).map((question) =>
      expectConfined(release, alone, question),
    );
  });
}

/** A refusal names a place in the folder that caused it, or the tool that no rule fits any more. */
function expectPlaced({ findings }: Accepted, body: GovernanceBody) {
  const own = body.manifests.filter(({ layer }) => layer === 'rogue').map(({ document }) => document);
  const tools = own.flatMap((each) => {
    const { kind, name } = Object(each) as { kind?: unknown; name?: unknown };
    return kind === 'Tool' && typeof name === 'string' ? [`"${name}"`] : [];
  });
  const words = ['units/rogue/', ...tools];
  const named = findings.some(({ file, reason }) => words.some((word) => `${file} ${reason}`.includes(word)));
  expect(named, JSON.stringify(findings)).toBe(true);
  expect(findings.every(({ line }) => line >= 1)).toBe(true);
}

const calm: Circumstances = {
  purpose: 'As asked',
  onBehalfOf: 'liam@example.com',
  total: '5.00',
  currency: 'USD',
  approvals: [],
  tools: 'all',
};
const demanding = { ...calm, total: '250000.00' };

describe('a unit that stays within what the centre reviewed', () => {
  it('is accepted, and gets all three answers', () => {
    expect(honestly.findings).toEqual([]);
    const answers = expectGainsNothing(honestly, calm, demanding, { ...calm, onBehalfOf: undefined });
    expect(new Set(answers.map(({ decision }) => decision))).toEqual(new Set(['allow', 'hold', 'deny']));
  });
});

describe('a unit that tries', () => {
  it.each(tries)('%s', (_, dodge, fate) => {
    const body = company(rogueWith([dodge]));
    const checked = checkGovernance(body);
    if (fate === 'confined') {
      expect(checked.findings).toEqual([]);
      const foreign = { ...calm, total: '900.00', currency: 'KWD' };
      expectGainsNothing(checked, calm, foreign, {
        ...demanding,
        approvals: ['rogue-one', 'coe-payers-pay'],
      });
    } else {
      expect(checked.findings.map(({ reason }) => reason).join('\n')).toContain(fate);
      expectPlaced(checked, body);
    }
  });
});

describe('a centre', () => {
  const paying = { documents: [...rogue.documents, tool('rogue.pay')], policies: [] };
  const reasonsOf = (...given: Parameters<typeof company>) =>
    checkGovernance(company(...given))
      .findings.map(({ file, reason }) => `${file} ${reason}`)
      .join('\n');
  const kept = (keep: (text: string) => boolean) => (centre: Folder) => ({
    documents: centre.documents.filter((document) => keep(JSON.stringify(document))),
    policies: centre.policies.filter(keep),
  });

  it('that stops no unreviewed tools lets none into a release', () => {
    const centre = kept((text) => !text.includes(UNREVIEWED));
    expect(reasonsOf(rogue, { centre })).toBe('');
    expect(reasonsOf(paying, { centre })).toContain(
      'units/rogue/all.yaml the centre has not reviewed rogue.pay',
    );
  });

  it('whose rules lean on amounts says itself what currencies are worth', () => {
    const found = reasonsOf(rogue, { centre: kept((text) => !text.includes('ExchangeRates')) });
    expect(found).toContain('coe/all.cedar context.amount is by each unit’s own rates');
    const centre = kept((text) => !/ExchangeRates|coe-large-payments/.test(text));
    expect(reasonsOf(rogue, { centre })).toBe('');
  });

  it('reviews a tool as it is, never its effect and groups alone', () => {
    const dodge = {
      instead: { 'Tool rogue.look': { connector: { type: 'http', method: 'GET', path: '/pay' } } },
    };
    const moved = checkGovernance(company(rogueWith([dodge]))).bundle.tools;
    expect(moved.find(({ name }) => name === 'rogue.look')?.reviewed).toBe(false);
    const vague = (centre: Folder) => ({
      ...centre,
      documents: centre.documents.map((document) =>
        'definition' in (document as Document) ? { ...(document as Document), definition: null } : document,
      ),
    });
    expect(reasonsOf(rogue, { centre: vague })).toContain(
      'coe/all.yaml definition: is missing: look at rogue.',
    );
  });

  it.each(['phantom', 'COE', '__proto__', 'constructor', ''])(
    'knows no unit %j by its folder alone',
    (layer) => {
      const text = `@id("${layer}-x") permit (principal, action, resource);`;
      expect(reasonsOf({ documents: [], policies: [text] }, { layer })).toContain(
        `there is no unit ${layer}`,
      );
      expect(reasonsOf({ documents: [tool('x.y')], policies: [] }, { layer })).toContain(
        `there is no unit ${layer}`,
      );
    },
  );

  it('shares the beginning of its policies’ ids with no unit', () => {
    const unit = { kind: 'BusinessUnit', id: 'coe-finance', name: 'Finance', currency: 'USD' };
    const found = reasonsOf({ documents: [unit], policies: [] }, { layer: 'coe-finance' });
    expect(found).toContain('units/coe-finance/all.yaml id: coe-… is how the centre');
  });
});

describe('random units that try several at once', () => {
  const seen = { cases: 0, accepted: 0, kinds: new Set<string>(), answers: new Set<string>() };
  type Tried = { readonly kind: string; readonly dodge: Dodge };
  const listed = (fit: (fate: string) => boolean) =>
    fc.oneof(
      ...Object.entries(kinds).map(([name, some]) => {
        const fitting = some.filter(([, , fate]) => fit(fate));
        return fc.constantFrom(...fitting).map(([, dodge, fate]): Tried => {
          return { kind: `${name} ${fate === 'confined' ? 'confined' : 'refused'}`, dodge };
        });
      }),
    );
  const random = (name: string, dodges: fc.Arbitrary<Dodge>) =>
    dodges.map((dodge): Tried => ({ kind: name, dodge }));
  const legal = fc.oneof(
    { weight: 2, arbitrary: listed((fate) => fate === 'confined') },
    { weight: 3, arbitrary: random('random policy', randomPolicy) },
    { weight: 1, arbitrary: random('random tool', randomTool) },
  );
  const several = fc.oneof(
    { weight: 3, arbitrary: fc.array(legal, { minLength: 1, maxLength: 5 }) },
    {
      weight: 1,
      arbitrary: fc.array(
        fc.oneof(
          legal,
          listed((fate) => fate !== 'confined'),
        ),
        { minLength: 1, maxLength: 3 },
      ),
    },
  );

  it('turn no denial and no hold of the centre into allow, and change nothing for others', () => {
    fc.assert(
      fc.property(several, fc.boolean(), circumstances, (chosen, first, around) => {
        const body = company(rogueWith(chosen.map(({ dodge }) => dodge)), { first });
        const checked = checkGovernance(body);
        seen.cases += 1;
        for (const { kind } of chosen) seen.kinds.add(kind);
        if (checked.findings.length > 0) {
          expectPlaced(checked, body);
          return;
        }
        seen.accepted += 1;
        for (const { central, decision } of expectGainsNothing(checked, around)) {
          seen.answers.add(`${central} ${decision}`);
        }
      }),
      runs(150),
    );
  });

  it('were often accepted, tried every kind of dodge and met every answer', () => {
    expect(seen.accepted / seen.cases).toBeGreaterThan(0.1);
    const every = Object.keys(kinds).flatMap((name) => [`${name} confined`, `${name} refused`]);
    expect([...seen.kinds].sort()).toEqual([...every, 'random policy', 'random tool'].sort());
    for (const answer of ['allow allow', 'hold hold', 'deny deny']) expect(seen.answers).toContain(answer);
  });
});
