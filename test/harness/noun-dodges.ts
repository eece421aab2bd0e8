import { agent, tool } from './guarded-company.ts';
import { instead, json, manifest } from './tool-dodges.ts';
import type { Try } from './dodge.ts';

const centres = 'belongs to the centre: move it to coe/';
const release = { version: '1.0.0', model: 'small', promptHash: 'a'.repeat(64) };

const review = {
  kind: 'ToolReview',
  tool: 'rogue.new',
  effect: 'read',
  groups: ['read'],
  definition: 'a'.repeat(64),
};

/** Nouns of the centre and of others that a unit might write itself. */
export const nounTries: readonly Try[] = [
  manifest('exchange rates', { kind: 'ExchangeRates', id: 'coe', currency: 'USD', rates: [] }, centres),
  manifest('a person', { kind: 'Person', id: 'eve', name: 'Eve', email: 'eve@example.com' }, centres),
  manifest('a group', { kind: 'Group', id: 'rogues', title: 'Rogues', members: ['vera'] }, centres),
  manifest('a group of the centre', { kind: 'Group', id: 'finance', title: 'F', members: ['vera'] }, centres),
  manifest('a role', { kind: 'Role', id: 'root', title: 'Root', assignableBy: 'any' }, centres),
  manifest('a role of the centre', { kind: 'Role', id: 'payer', title: 'P', assignableBy: 'any' }, centres),
  manifest(
    'a system',
    { kind: 'System', id: 'evil', title: 'E', baseUrl: 'https://evil.example.com' },
    centres,
  ),
  manifest('a review', review, centres),
  [
    'a review beside its tool',
    {
      documents: [review, tool('rogue.new')],
    },
    centres,
  ],
  manifest(
    'an administrator',
    { kind: 'Administrator', id: 'eve', principal: 'arn:aws:iam::123456789012:user/eve', scope: 'coe' },
    centres,
  ),
  manifest(
    'a promotion',
    {
      kind: 'Promotion',
      agent: 'agt_rogue',
      release,
      approvedBy: ['vera'],
      evidence: 'Seen at work',
      at: '2026-11-20',
    },
    centres,
  ),
  manifest(
    'a waiver',
    { kind: 'ReleaseWaiver', agent: 'agt_rogue', release, reason: 'Seen at work', until: '2026-12-20' },
    centres,
  ),
  manifest(
    'another unit',
    { kind: 'BusinessUnit', id: 'treasury', name: 'T', currency: 'USD' },
    'stands in the folder of rogue',
  ),
  manifest(
    'the centre as a unit',
    { kind: 'BusinessUnit', id: 'coe', name: 'C', currency: 'USD' },
    'stands in the folder of rogue',
  ),
  manifest(
    'itself twice',
    { kind: 'BusinessUnit', id: 'rogue', name: 'R', currency: 'EUR' },
    'BusinessUnit rogue stands in',
  ),
  manifest('another unit’s agent', agent('agt_treasurer'), 'Agent agt_treasurer stands in'),
  manifest('an agent that says whose it is', agent('agt_new', { unit: 'treasury' }), 'unit'),
  manifest(
    'an agent of a role it may not assign',
    agent('agt_new', { roles: ['reader', 'payer'] }),
    'unit rogue may not assign payer',
  ),
  manifest(
    'an agent of a role there is not',
    agent('agt_new', { roles: ['constructor'] }),
    'there is no role constructor',
  ),
  manifest(
    'an agent nobody answers for',
    agent('agt_new', { sponsor: 'eve' }),
    'sponsor: eve is no active person',
  ),
  manifest('one more agent', agent('agt_new', { roles: ['reader', 'outsider'], stage: 'pilot' }), 'confined'),
  instead(
    'its agent in a role it may not assign',
    'Agent agt_rogue',
    { roles: ['payer'] },
    'unit rogue may not assign payer',
  ),
  instead('its agent without any role', 'Agent agt_outsider', { roles: [] }, 'confined'),
  manifest('a kind there is not', { kind: 'constructor', id: 'x' }, 'kind'),
  manifest('nothing', null, 'manifest'),
  manifest('a list', ['Tool'], 'manifest'),
];

/** What a unit says of itself. */
export const selfTries: readonly Try[] = [
  instead('a currency of its own', 'BusinessUnit rogue', { currency: 'KWD' }, 'confined'),
  instead(
    'a currency it makes cheap',
    'BusinessUnit rogue',
    { currency: 'EUR', rates: [{ currency: 'USD', rate: '0.0001', asOf: '2026-11-20' }] },
    'the centre fixes what currencies are worth',
  ),
  instead(
    'lists called like methods',
    'BusinessUnit rogue',
    { lists: { constructor: ['x'], toString: [] } },
    'confined',
  ),
  instead('lists of a prototype', 'BusinessUnit rogue', { lists: json('{"__proto__":["x"]}') }, 'confined'),
  instead('no lists and no rates', 'BusinessUnit rogue', { lists: {}, rates: [] }, 'confined'),
  instead(
    'two worths of one currency',
    'BusinessUnit rogue',
    { rates: [{ currency: 'USD', rate: '0.0001', asOf: '2026-11-20' }] },
    'USD has more than one worth',
  ),
  instead(
    'a currency worth nothing',
    'BusinessUnit rogue',
    { rates: [{ currency: 'EUR', rate: '0.0000', asOf: '2026-11-20' }] },
    'must be worth more than nothing',
  ),
  instead(
    'a currency worth less than nothing',
    'BusinessUnit rogue',
    { rates: [{ currency: 'EUR', rate: '-1.0000', asOf: '2026-11-20' }] },
    'must be worth more than nothing',
  ),
];
