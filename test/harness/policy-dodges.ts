import type { Try } from './dodge.ts';

const all = 'principal, action, resource';
const permit = (id: string, scope = all, conditions = '') =>
  `@id("rogue-${id}") permit (${scope}) ${conditions};`;
const lift = (id: string) => `unless { context.approvals.contains("${id}") }`;
const guard = (
  id: string,
  fields: { approval?: string; effect?: string; scope?: string; tail?: string } = {},
) =>
  `@id("${id}") @title("Ask") @approval("${fields.approval ?? 'security:1'}") @expires("PT1M")
   ${fields.effect ?? 'forbid'} (${fields.scope ?? all}) ${fields.tail ?? lift(id)};`;
const policy = (what: string, text: string, fate: string): Try => [what, { policies: [text] }, fate];
const nested = (open: string, close: string, levels: number) =>
  permit('deep', all, `when { ${open.repeat(levels)}true${close.repeat(levels)} }`);

const permits = (
  [
    ['everything', all],
    ['its own agent', 'principal == AutonomyOS::Agent::"agt_rogue", action, resource'],
    ['another unit’s agent', 'principal == AutonomyOS::Agent::"agt_treasurer", action, resource'],
    ['another unit', 'principal in AutonomyOS::BusinessUnit::"treasury", action, resource'],
    ['the centre as if it were a unit', 'principal in AutonomyOS::BusinessUnit::"coe", action, resource'],
    ['any kind of agent', 'principal is AutonomyOS::Agent, action, resource'],
    [
      'another unit’s kind of agent',
      'principal is AutonomyOS::Agent in AutonomyOS::BusinessUnit::"treasury", action, resource',
    ],
    ['a role it may not assign', 'principal in AutonomyOS::Role::"payer", action, resource'],
    ['all payments', 'principal, action in AutonomyOS::Action::"payment", resource'],
    ['a shared tool', 'principal, action == AutonomyOS::Action::"bank.pay", resource'],
    ['another unit’s own tool', 'principal, action == AutonomyOS::Action::"bank.sweep", resource'],
    ['a system of the centre', 'principal, action, resource in AutonomyOS::System::"bank"'],
    ['a tool that is not there', 'principal, action, resource == AutonomyOS::Tool::"coe.everything"'],
  ] as const
).map(([what, scope]) => policy(`a permit of ${what}`, permit('p', scope), 'confined'));

/** Texts of policies with which a unit might talk its way past the centre. */
export const policyTries: readonly Try[] = [
  ...permits,
  policy(
    'a permit whatever the tool',
    permit('p', all, 'when { !resource.reviewed || resource.reviewed }'),
    'confined',
  ),
  policy(
    'a permit where unit is another',
    permit('p', all, 'unless { principal.unit == AutonomyOS::BusinessUnit::"treasury" }'),
    'confined',
  ),
  policy(
    'a permit that overflows',
    permit('p', all, 'when { 9223372036854775807 + 1 > 0 || true }'),
    'confined',
  ),
  policy(
    'a forbid that overflows',
    '@id("rogue-f") forbid (principal, action, resource) when { 9223372036854775807 + 1 > 0 };',
    'confined',
  ),
  policy(
    'a guard of one person on all payments',
    guard('rogue-one', { scope: 'principal, action in AutonomyOS::Action::"payment", resource' }),
    'confined',
  ),
  policy('a guard of one person on everything', guard('rogue-one'), 'confined'),
  policy(
    'a guard on nothing',
    guard('rogue-one', { tail: `when { false } ${lift('rogue-one')}` }),
    'confined',
  ),
  policy('an id like a method', guard('rogue-constructor'), 'confined'),
  policy('an id like a prototype', guard('rogue-__proto__'), 'confined'),
  policy('an id of an unseen character', guard('rogue-\u202ecoe\u200b'), 'confined'),
  policy('an id of ten thousand letters', permit('x'.repeat(10_000)), 'confined'),
  policy(
    'a condition hidden in a comment',
    `@id("rogue-c") permit (${all}) // when { false }\n;`,
    'confined',
  ),
  policy('text after a policy hidden in a comment', `${permit('c')} // unless { false };`, 'confined'),
  policy(
    'a template for whom',
    permit('t', 'principal == ?principal, action, resource'),
    'expected a static policy',
  ),
  policy(
    'a template for what',
    permit('t', 'principal, action, resource in ?resource'),
    'expected a static policy',
  ),
  policy(
    'a guard called as a central one',
    guard('coe-large-payments'),
    'must begin with its layer: "rogue-"',
  ),
  policy(
    'a guard called as the rule on unreviewed tools',
    guard('coe-reviewed-tools-only'),
    'must begin with its layer',
  ),
  policy('a guard called as another unit’s', guard('treasury-over-500'), 'must begin with its layer'),
  policy('an id called like a prototype alone', guard('__proto__'), 'must begin with its layer'),
  policy(
    'an id in a comment alone',
    `// @id("rogue-x")\n@id("coe-x") permit (${all});`,
    'give it @id("rogue-…")',
  ),
  policy('an id written in escapes', `@id("rogue\\u{2d}x") permit (${all});`, 'give it @id("rogue-…")'),
  policy('an id given twice', `@id("rogue-x") @id("coe-x") permit (${all});`, 'duplicate annotation'),
  policy(
    'a guard that lifts a central one',
    guard('rogue-l', { tail: lift('coe-large-payments') }),
    'a guard ends in exactly',
  ),
  policy(
    'a guard that lifts several',
    guard('rogue-l', { tail: `unless { context.approvals.containsAny(["rogue-l", "coe-payers-pay"]) }` }),
    'a guard ends in exactly',
  ),
  policy(
    'a guard lifted by anything',
    guard('rogue-l', { tail: 'unless { true }' }),
    'a guard ends in exactly',
  ),
  policy(
    'a permit once others approve',
    permit('a', all, 'when { context.approvals.contains("coe-large-payments") }'),
    'context.approvals belongs to guards',
  ),
  policy(
    'a permit that reads all approvals',
    permit('a', all, 'when { context["approvals"].isEmpty() }'),
    'context.approvals belongs to guards',
  ),
  policy(
    'a permit by the whole context',
    permit('a', all, 'when { {a: context}.a.approvals.isEmpty() }'),
    'context.approvals belongs to guards',
  ),
  policy('a permit dressed as a guard', guard('rogue-g', { effect: 'permit' }), 'a guard is a forbid'),
  policy(
    'a guard for a group of its own',
    guard('rogue-g', { approval: 'rogues:1' }),
    'the unknown group rogues',
  ),
  policy('a guard for nobody', guard('rogue-g', { approval: 'security:0' }), 'is not of the form'),
  policy(
    'an annotation like a method',
    `@id("rogue-a") @constructor("x") permit (${all});`,
    'is not an annotation',
  ),
  policy('an annotation of layer', `@id("rogue-a") @layer("coe") permit (${all});`, 'is not an annotation'),
  policy('another namespace', permit('n', 'principal is Rogue::Agent, action, resource'), 'Rogue::Agent'),
  policy('no namespace', permit('n', 'principal, action == Action::"bank.pay", resource'), 'Action'),
  policy(
    'a field some inputs have',
    permit('n', all, 'when { context.input.total.greaterThan(decimal("0.0")) }'),
    'input.total',
  ),
  policy('two policies in one text', `${permit('one')} permit (${all});`, 'unexpected'),
  policy(
    'a forbid opened in a block comment',
    `@id("rogue-b") permit (${all}) /* when { false } */;`,
    'unexpected',
  ),
  policy('no policy', '', 'unexpected'),
  policy('a permit of no action', permit('p', 'principal, action in [], resource'), 'empty set'),
  policy('brackets that overrun the engine', nested('(', ')', 9000), 'nests deeper than 32'),
  policy('lists that overrun the engine', nested('[', ']', 200), 'nests deeper than 32'),
  policy(
    'ifs that overrun the engine',
    permit('deep', all, `when { ${'if true then true else '.repeat(700)}true }`),
    'nests deeper than 32',
  ),
  policy(
    'brackets behind the end of a comment',
    permit('deep', all, `when { // \r ${'('.repeat(200)}true${')'.repeat(200)}\n }`),
    'nests deeper than 32',
  ),
  policy(
    'an endless chain',
    permit('deep', all, `when { true${'&&true'.repeat(2500)} }`),
    'has more than 500 operators',
  ),
];
