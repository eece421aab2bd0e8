import { describe, expect, it } from 'vitest';
import { decide } from '../../../core/policy/decide.ts';
import { usableTools } from '../../../core/policy/usable-tools.ts';
import { budget, findingsOf, order, someManifests, someRelease, someRequest } from '../../harness/release.ts';

const permit = '@id("coe-all") permit (principal, action, resource);';
const withOrder = (fields: object, coe = permit) => {
  const { operations = [], coe: centre = [] } = someManifests;
  const own = operations.map((each) => (each === order ? { ...order, ...fields } : each));
  return { policies: { coe }, manifests: { ...someManifests, coe: [vera, ...centre], operations: own } };
};
const vera = { kind: 'Person', id: 'vera', name: 'Vera', email: 'vera@example.com' };
const agent = (stage: string) => ({ ...someRequest().agent, stage });
const asked = (fields: object, stage = 'production', coe?: string) => {
  const decision = decide(someRelease(withOrder(fields, coe)), someRequest({ agent: agent(stage) }));
  return decision.outcome === 'deny' ? decision.reason : decision.outcome;
};

describe('a tool’s own stage', () => {
  it.each([
    [undefined, 'production', 'allow'],
    ['production', 'production', 'allow'],
    ['production', 'pilot', 'allow'],
    ['pilot', 'pilot', 'allow'],
    ['pilot', 'production', 'tool-in-pilot'],
    ['retired', 'pilot', 'tool-retired'],
    ['retired', 'production', 'tool-retired'],
  ])('comes before every rule: tool %s, agent in %s → %s', (stage, agentStage, outcome) => {
    expect(asked(stage === undefined ? {} : { stage }, agentStage)).toBe(outcome);
    const release = someRelease(withOrder(stage === undefined ? {} : { stage }));
    const shown = usableTools(release, agent(agentStage)).map(({ name }) => name);
    expect(shown.includes(order.name)).toBe(outcome === 'allow');
    expect(shown).toContain(budget.name);
  });

  it('is asked of whoever lent its say too', () => {
    const request = someRequest({ agent: agent('pilot'), links: [agent('production')] });
    expect(decide(someRelease(withOrder({ stage: 'pilot' })), request)).toMatchObject({ outcome: 'deny' });
  });

  it('is not told of another unit’s tool', () => {
    const request = someRequest({ agent: { ...agent('pilot'), unit: 'logistics' } });
    const decision = decide(someRelease(withOrder({ stage: 'retired' })), request);
    expect(decision).toMatchObject({ outcome: 'deny', reason: 'unknown-tool' });
  });
});

describe('what a tool says of itself', () => {
  const guarded = (attribute: string, value: string) => `${permit}
    @id("coe-no") forbid (principal, action, resource) when { resource has ${attribute} && resource.${attribute} == "${value}" };`;

  it.each([
    ['classification', 'restricted'],
    ['stage', 'production'],
    ['owner', 'vera'],
  ])('is seen by policies: %s', (attribute, value) => {
    expect(asked({ [attribute]: value }, 'production', guarded(attribute, value))).toBe('forbidden');
    expect(asked({ [attribute]: value }, 'production', guarded(attribute, 'other'))).toBe('allow');
    expect(asked({}, 'production', guarded(attribute, value))).toBe('allow');
  });

  it('has to be asked for, for not every tool says it', () => {
    const careless = `${permit} @id("coe-no") forbid (principal, action, resource) when { resource.classification == "restricted" };`;
    expect(findingsOf(withOrder({ classification: 'restricted' }, careless))[0]?.reason).toContain(
      'classification',
    );
    expect(findingsOf(withOrder({}, guarded('classification', 'restricted')))).toEqual([]);
  });
});
