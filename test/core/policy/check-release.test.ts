import { describe, expect, it } from 'vitest';
import { parseExpires } from '../../../core/policy/decision.ts';
import { guardOf, parseRequirements } from '../../../core/policy/guard-of.ts';
import { inputProblem } from '../../../core/policy/input-problem.ts';
import { budget, findingsOf, order, someBundle, someManifests } from '../../harness/release.ts';

const groups = { finance: 3, 'budget-owners': 1 };
const forbid = 'forbid (principal, action, resource)';
const lift = (id: string) => `unless { context.approvals.contains("${id}") }`;
const guard = (annotations: string, more = lift('operations-big')) =>
  `@id("operations-big") ${annotations} ${forbid} ${more};`;
const titled = '@title("Big orders") @approval("finance:2")';

const reasonsOf = (operations: string) =>
  findingsOf({ policies: { operations } }, groups).map(({ reason }) => reason);

describe('publishing a policy', () => {
  it.each([
    ['a permit', '@id("operations-a") permit (principal, action, resource);'],
    ['a plain forbid', `@id("operations-a") @title("No") @description("Never") ${forbid};`],
    ['a guard', guard(titled)],
    ['a guard of two groups', guard('@title("Big") @approval("finance:3, budget-owners:1") @expires("P2D")')],
    [
      'a guard with every term',
      guard(
        `${titled} @escalate("finance:1@PT1H, budget-owners:1@PT3H") @assurance("signed-in") @severity("high")`,
      ),
    ],
    [
      'a guard with conditions',
      guard(titled, `when { context.purpose like "*x*" } ${lift('operations-big')}`),
    ],
    [
      'a policy that uses context by its fields',
      `@id("operations-a") ${forbid} when { context.purpose == "" };`,
    ],
  ])('accepts %s', (_, text) => {
    expect(reasonsOf(text)).toEqual([]);
  });

  it.each([
    ['a policy without an id', `${forbid};`, 'give it @id("operations-…")'],
    ['an id that stands in a comment', `${forbid} // @id("operations-a")\n;`, 'give it @id('],
    ['an id of another layer', `@id("coe-a") ${forbid};`, 'must begin with its layer: "operations-"'],
    ['an id that only looks like the layer’s', `@id("operationsa") ${forbid};`, 'must begin with its layer'],
    ['an annotation nobody knows', `@id("operations-a") @aproval("finance:1") ${forbid};`, '@aproval is not'],
    ['an annotation called like a method', `@id("operations-a") @constructor("x") ${forbid};`, 'is not an'],
    [
      'a ladder that does not read',
      guard(`${titled} @escalate("finance:1")`),
      '@escalate "finance:1" is not of',
    ],
    [
      'a ladder of one time',
      guard(`${titled} @escalate("finance:1@PT1H, finance:2@PT1H")`),
      'each later than',
    ],
    ['a ladder of an unknown group', guard(`${titled} @escalate("board:1@PT1H")`), 'the unknown group board'],
    ['a ladder of too many', guard(`${titled} @escalate("finance:4@PT1H")`), 'asks for 4 of finance, which'],
    [
      'a rung after the end',
      guard(`${titled} @expires("PT1H") @escalate("finance:1@PT1H")`),
      '@escalate asks finance when the time of @expires is over',
    ],
    [
      'an assurance nobody knows',
      guard(`${titled} @assurance("sure")`),
      '@assurance "sure" is not one of link',
    ],
    ['a severity nobody knows', guard(`${titled} @severity("huge")`), '@severity "huge" is not one of low'],
    [
      'terms of approval on what is no guard',
      `@id("operations-a") @assurance("signed-in") @severity("low") @escalate("finance:1@PT1H") ${forbid};`,
      '@assurance belongs to guards',
    ],
    [
      'a guard on a permit',
      `@id("operations-big") ${titled} permit (principal, action, resource) ${lift('operations-big')};`,
      'a guard is a forbid',
    ],
    ['a guard without title', guard('@approval("finance:2")'), 'a guard needs @title'],
    ['a guard with an empty title', guard('@title("") @approval("finance:2")'), 'a guard needs @title'],
    ['a group nobody knows', guard('@title("Big") @approval("board:1")'), 'the unknown group board'],
    ['a group called like a method', guard('@title("B") @approval("constructor:1")'), 'unknown group constr'],
    [
      'more people than the group has',
      guard('@title("Big") @approval("finance:4")'),
      '@approval asks for 4 of finance, which has 3 active people',
    ],
    ['a group without number', guard('@title("Big") @approval("finance")'), 'is not of the form'],
    ['nobody at all', guard('@title("Big") @approval("")'), 'is not of the form'],
    ['zero people', guard('@title("Big") @approval("finance:0")'), 'is not of the form'],
    ['the same group twice', guard('@title("B") @approval("finance:1,finance:1")'), 'is not of the form'],
    ['a duration in words', guard(`${titled} @expires("tomorrow")`), '@expires "tomorrow" is no duration'],
    ['a duration of nothing', guard(`${titled} @expires("PT0M")`), 'is no duration from PT1M to P30D'],
    ['a duration without end', guard(`${titled} @expires("P31D")`), 'is no duration from PT1M to P30D'],
    [
      'an expiry without approval',
      `@id("operations-a") @expires("PT1H") ${forbid};`,
      '@expires belongs to guards',
    ],
    ['a guard nothing lifts', guard(titled, ''), 'a guard ends in exactly'],
    ['a guard lifted by another’s id', guard(titled, lift('operations-small')), 'a guard ends in exactly'],
    ['a guard lifted twice', guard(titled, lift('operations-big').repeat(2)), 'a guard ends in exactly'],
    [
      'a guard lifted in part of a clause',
      guard(titled, 'unless { context.purpose == "x" || context.approvals.contains("operations-big") }'),
      'a guard ends in exactly',
    ],
    [
      'a guard that forbids once it is lifted',
      guard(titled, 'when { context.approvals.contains("operations-big") }'),
      'a guard ends in exactly',
    ],
    [
      'a guard lifted by any of several',
      guard(titled, 'unless { context.approvals.containsAny(["operations-big"]) }'),
      'a guard ends in exactly',
    ],
    [
      'a guard that looks at approvals elsewhere too',
      guard(titled, `when { !context.approvals.isEmpty() } ${lift('operations-big')}`),
      'a guard ends in exactly',
    ],
    [
      'approvals in a plain forbid',
      `@id("operations-a") ${forbid} unless { context.approvals.contains("operations-a") };`,
      'context.approvals belongs to guards',
    ],
    [
      'approvals in a permit',
      '@id("operations-a") permit (principal, action, resource) when { context.approvals.contains("operations-big") };',
      'context.approvals belongs to guards',
    ],
    [
      'approvals by index',
      `@id("operations-a") ${forbid} when { context["approvals"].isEmpty() };`,
      'context.approvals belongs to guards',
    ],
    [
      'approvals by has',
      `@id("operations-a") ${forbid} when { context has approvals };`,
      'context.approvals belongs to guards',
    ],
    [
      'approvals deep in an expression',
      `@id("operations-a") ${forbid} when { if context.purpose == "x" then [context.approvals].isEmpty() else false };`,
      'context.approvals belongs to guards',
    ],
    [
      'approvals in a record',
      `@id("operations-a") ${forbid} when { {a: context.approvals}.a.isEmpty() };`,
      'context.approvals belongs to guards',
    ],
    [
      'the whole context',
      `@id("operations-a") ${forbid} when { (if true then context else context).approvals.isEmpty() };`,
      'context.approvals belongs to guards',
    ],
    [
      'a template',
      '@id("operations-a") permit (principal == ?principal, action, resource);',
      'expected a static policy',
    ],
    ['two policies in one', `@id("operations-a") ${forbid} when { true } permit`, 'unexpected'],
    ['what is no policy', '@id("operations-a") allow everything;', 'unexpected'],
  ])('refuses %s', (_, text, reason) => {
    expect(reasonsOf(text).join('\n')).toContain(reason);
  });

  it.each([
    [
      'a misspelt field, and says what was meant',
      `@id("operations-a") forbid (principal, action == AutonomyOS::Action::"erp.create_purchase_order", resource)
       when { context.input.vendr == "x" };`,
      'did you mean',
    ],
    [
      'a field only some of the tools have',
      `@id("operations-a") ${forbid} when { context.input.vendor == "x" };`,
      'attribute `input.vendor`',
    ],
    [
      'a field that may be missing',
      '@id("operations-a") forbid (principal, action, resource) when { context.workflow == "x" };',
      'optional attribute',
    ],
    [
      'a tool nobody registered',
      '@id("operations-a") permit (principal, action == AutonomyOS::Action::"erp.pay", resource);',
      'erp.pay',
    ],
    [
      'a number compared with text',
      '@id("operations-a") forbid (principal, action == AutonomyOS::Action::"erp.create_purchase_order", resource) when { context.input.quantity > "3" };',
      'Long',
    ],
    [
      'another namespace',
      '@id("operations-a") permit (principal is Other::Agent, action, resource);',
      'Other::Agent',
    ],
  ])('refuses %s', (_, text, reason) => {
    const found = findingsOf({ policies: { operations: text } }, groups);
    expect(found.map((finding) => finding.reason).join('\n')).toContain(reason);
    expect(found.every(({ file, line }) => file === 'operations.cedar' && line === 1)).toBe(true);
  });

  it('names file and line of what is wrong', () => {
    const operations = `@id("operations-a") ${forbid};\n\n@id("other-b") ${forbid};`;
    expect(findingsOf({ policies: { operations } }, groups)).toEqual([
      {
        file: 'operations.cedar',
        line: 3,
        reason: '@id "other-b" must begin with its layer: "operations-"',
      },
    ]);
  });

  it('refuses two policies of one id, and says where the other stands', () => {
    const coe = `@id("coe-a") ${forbid};\n@id("coe-a") ${forbid};`;
    expect(findingsOf({ policies: { coe } })).toContainEqual({
      file: 'coe.cedar',
      line: 2,
      reason: '@id "coe-a" stands in coe.cedar:1 too',
    });
  });
});

describe('publishing a tool', () => {
  const withTool = (tool: Readonly<Record<string, unknown>>, reviews: readonly object[] = []) => ({
    ...someManifests,
    coe: [...(someManifests['coe'] ?? []), ...reviews] as NonNullable<typeof someManifests.coe>,
    operations: [...(someManifests['operations'] ?? []), tool],
  });
  const wiped = { ...order, name: 'erp.wipe', groups: ['write', 'destructive'] };
  const confirmed = {
    kind: 'ToolReview',
    tool: 'erp.wipe',
    effect: 'keyed',
    groups: ['destructive', 'write'],
  };
  const [pinned] = someBundle({ manifests: withTool(wiped) }).tools.filter(({ name }) => name === 'erp.wipe');
  const stop = `@id("coe-reviewed") @title("Reviewed tools only") ${forbid} when { !resource.reviewed };`;

  it.each([
    ['reviewed with its effect and groups, in any order', [confirmed]],
    ['reviewed by its hash', [{ ...confirmed, definition: pinned?.hash }]],
  ])('accepts a tool %s', (_, reviews) => {
    expect(findingsOf({ manifests: withTool(wiped, reviews) })).toEqual([]);
  });

  it.each([
    ['nobody reviewed', []],
    ['reviewed with another effect', [{ ...confirmed, effect: 'read' }]],
    ['reviewed with fewer groups', [{ ...confirmed, groups: ['write'] }]],
    ['reviewed with one group twice', [{ ...confirmed, groups: ['write', 'write'] }]],
    ['reviewed with more groups', [{ ...confirmed, groups: ['write', 'destructive', 'payment'] }]],
    ['reviewed under another name', [{ ...confirmed, tool: 'erp.wipes' }]],
    ['reviewed with another definition', [{ ...confirmed, definition: 'a'.repeat(64) }]],
  ])('refuses a tool %s', (_, reviews) => {
    const [finding, ...more] = findingsOf({ manifests: withTool(wiped, reviews) });
    expect(finding?.reason).toContain('the centre has not reviewed erp.wipe as it is');
    expect(finding?.reason).toContain(pinned?.hash);
    for (const { definition } of reviews as { definition?: string }[])
      if (definition) expect(finding?.reason).toContain(`is of definition ${definition}`);
    expect(finding).toMatchObject({ file: 'operations.yaml', line: 4 });
    expect(more).toEqual([]);
  });

  it('does not take a group named twice for one that is missing', () => {
    const dodging = { ...wiped, groups: ['write', 'write'] };
    const found = findingsOf({ manifests: withTool(dodging, [confirmed]) });
    expect(found[0]?.reason).toContain('has not reviewed erp.wipe');
  });

  it.each([
    ['the plain rule', stop],
    [
      'a rule people can lift',
      `@id("coe-reviewed") @title("Ask") @approval("finance:1") ${forbid} when { !resource.reviewed } ${lift('coe-reviewed')};`,
    ],
  ])('accepts an unreviewed tool where the centre stops those by %s', (_, coe) => {
    expect(findingsOf({ manifests: withTool(wiped), policies: { coe } }, groups)).toEqual([]);
  });

  it.each([
    ['a permit', stop.replace('forbid (', 'permit (')],
    ['only some agents', stop.replace('principal,', 'principal in AutonomyOS::Role::"buyer",')],
    ['only some actions', stop.replace('action,', 'action in AutonomyOS::Action::"write",')],
    ['only some tools', stop.replace('resource)', 'resource in AutonomyOS::System::"erp")')],
    ['the reviewed ones', stop.replace('!resource.reviewed', 'resource.reviewed')],
    ['with a further condition', stop.replace('!resource.reviewed', '!resource.reviewed && false')],
    ['with an exception', stop.replace(';', ' unless { context.purpose == "please" };')],
    ['in words', stop.replace('!resource.reviewed', 'resource.reviewed == false')],
  ])('refuses an unreviewed tool where the centre’s rule concerns %s', (_, coe) => {
    const reasons = findingsOf({ manifests: withTool(wiped), policies: { coe } }).map(({ reason }) => reason);
    expect(reasons.join('\n')).toContain('has not reviewed erp.wipe');
  });

  it('does not take a unit’s word that unreviewed tools are stopped', () => {
    const operations = stop.replace('coe-reviewed', 'operations-reviewed');
    const reasons = findingsOf({ manifests: withTool(wiped), policies: { operations } });
    expect(reasons.map(({ reason }) => reason).join('\n')).toContain('has not reviewed erp.wipe');
  });

  it.each([
    ['amount of a field that is no decimal', { value: 'vendor', currency: 'currency' }, 'vendor: an amount'],
    ['amount of a field there is not', { value: 'price', currency: 'currency' }, 'price: an amount is a'],
    ['currency of a field that is no string', { value: 'total', currency: 'total' }, 'total: a currency is'],
    ['amount of a method', { value: 'constructor', currency: 'currency' }, 'constructor: an amount is'],
  ])('refuses an %s', (_, amount, reason) => {
    expect(inputProblem({ ...order, amount })).toContain(reason);
  });

  it('names the field policy can not see exactly', () => {
    const input = { type: 'object', properties: { when: { oneOf: [{ type: 'string' }] } } };
    const tool = { ...budget, name: 'erp.odd', input, connector: { ...budget.connector, path: '/odd' } };
    const [finding] = findingsOf({ manifests: withTool(tool) });
    expect(finding).toMatchObject({ file: 'operations.yaml', line: 4 });
    expect(finding?.reason).toContain('input: when: uses oneOf');
  });
});

describe('reading a guard', () => {
  it.each<[string, ReturnType<typeof parseRequirements>]>([
    ['finance:2', [{ group: 'finance', count: 2 }]],
    [
      ' finance:2 , board:1 ',
      [
        { group: 'finance', count: 2 },
        { group: 'board', count: 1 },
      ],
    ],
    ['finance:20', [{ group: 'finance', count: 20 }]],
    ['finance:21', undefined],
    ['finance:02', undefined],
    ['finance:-1', undefined],
    ['finance:1.5', undefined],
    ['Finance:1', undefined],
    ['finance:1,', undefined],
    ['finance:1;board:1', undefined],
    ['', undefined],
  ])('takes @approval(%j) as %j', (text, requirements) => {
    expect(parseRequirements(text)).toEqual(requirements);
  });

  it.each<[string, number | undefined]>([
    ['PT1M', 60],
    ['PT90M', 5400],
    ['PT4H', 14_400],
    ['P1DT2H3M', 93_780],
    ['P30D', 2_592_000],
    ['P30DT1M', undefined],
    ['PT0M', undefined],
    ['PT59S', undefined],
    ['P', undefined],
    ['PT', undefined],
    ['P1DT', undefined],
    ['P1M', undefined],
    ['P1Y', undefined],
    ['-PT1H', undefined],
    ['pt1h', undefined],
    ['PT1.5H', undefined],
    ['', undefined],
  ])('takes @expires(%j) as %j seconds', (text, seconds) => {
    expect(parseExpires(text)).toBe(seconds);
  });

  it('waits a day unless the guard says otherwise', () => {
    const json = { effect: 'forbid', annotations: { approval: 'finance:1' } };
    expect(guardOf('coe-a', json as never)).toMatchObject({ title: 'coe-a', expiresSeconds: 86_400 });
  });
});
