import { payment, paying, tool } from './guarded-company.ts';
import type { Try } from './dodge.ts';

export const manifest = (what: string, document: unknown, fate: string): Try => [
  what,
  { documents: [document] },
  fate,
];
export const instead = (what: string, name: string, fields: object, fate: string): Try => [
  what,
  { instead: { [name]: fields } },
  fate,
];
/** As it comes over the wire, where `__proto__` is a field like any other. */
export const json = (text: string): unknown => JSON.parse(text);
const http = (method: string, path = '/x') => ({ type: 'http', method, path });
const lambda = { type: 'lambda', functionArn: 'arn:aws:lambda:eu-west-1:1:function:pay' };

/** Tools that dodge the rules on groups, and tools that are not any more what the centre reviewed. */
export const toolTries: readonly Try[] = [
  manifest('a payment registered as a mere write', paying('rogue.pay', { groups: ['write'] }), 'confined'),
  manifest(
    'a payment registered as a write without amount',
    paying('rogue.pay', { groups: ['write'], amount: undefined }),
    'confined',
  ),
  manifest(
    'a payment by GET registered as a read',
    tool('rogue.pay', { input: payment, connector: http('GET') }),
    'confined',
  ),
  manifest('a payment by Lambda registered as a read', tool('rogue.pay', { connector: lambda }), 'confined'),
  manifest(
    'a payment shared with everyone',
    paying('rogue.pay', { groups: ['write'], shared: true }),
    'confined',
  ),
  manifest(
    'a payment in a group nearly called so',
    paying('rogue.pay', { groups: ['write', 'payments'] }),
    'confined',
  ),
  manifest(
    'a payment in groups of its own',
    paying('rogue.pay', { groups: ['write', 'constructor', 'reviewed'] }),
    'confined',
  ),
  manifest('a tool called like a method', tool('constructor'), 'confined'),
  manifest(
    'a tool with fields called like methods',
    tool('rogue.odd', {
      input: json(
        '{"type":"object","properties":{"constructor":{"type":"string"},"approvals":{"type":"string"},"toString":{"type":"string"}}}',
      ),
    }),
    'confined',
  ),
  manifest('a read that posts', tool('rogue.pay', { connector: http('POST') }), 'POST changes something'),
  manifest('a write in group read', paying('rogue.pay', { groups: ['read'] }), 'in group write'),
  manifest('a payment without an amount', paying('rogue.pay', { amount: undefined }), '`amount`'),
  manifest('another unit’s shared tool', paying('bank.pay', { shared: true }), 'Tool bank.pay stands in'),
  manifest('another unit’s own tool', tool('bank.sweep'), 'Tool bank.sweep stands in'),
  manifest('a tool of the centre', tool('lookup'), 'Tool lookup stands in'),
  manifest('a tool called as a group', tool('payment'), 'a group of tools is called so'),
  manifest(
    'a tool in a group called as a tool',
    tool('rogue.new', { groups: ['read', 'lookup'] }),
    'a group of tools is called so',
  ),
  manifest(
    'a tool in a group called like a prototype',
    tool('rogue.new', { groups: ['__proto__'] }),
    'groups',
  ),
  manifest('a tool called like a prototype', tool('__proto__'), 'name'),
  manifest('a tool that says it is reviewed', tool('rogue.new', { reviewed: true }), 'reviewed'),
  manifest('a tool that says it is the centre’s', tool('rogue.new', { unit: 'coe' }), 'unit'),
  manifest(
    'a tool of a system there is not',
    tool('rogue.new', { system: 'evil' }),
    'there is no system evil',
  ),
  manifest(
    'a path to another host',
    tool('rogue.new', { connector: http('GET', '//evil.example.com') }),
    'path: holds no',
  ),
  manifest(
    'a path out of its own',
    tool('rogue.new', { connector: http('GET', '/a/../pay') }),
    'path: holds no',
  ),
  manifest(
    'an input of a prototype',
    tool('rogue.new', {
      input: json(
        '{"type":"object","properties":{"a":{"type":"object","properties":{"__proto__":{"type":"string"}}}}}',
      ),
    }),
    'confined',
  ),
  instead('a payment that left its group', 'Tool rogue.refund', { groups: ['write'] }, 'confined'),
  instead(
    'a payment whose amount is another field',
    'Tool rogue.refund',
    {
      input: {
        ...payment,
        properties: { ...payment.properties, tip: { type: 'string', format: 'decimal' } },
      },
      amount: { value: 'tip', currency: 'currency' },
    },
    'confined',
  ),
  instead(
    'a payment that reaches another path',
    'Tool rogue.refund',
    { connector: http('POST', '/transfer') },
    'confined',
  ),
  instead('a read that reaches a payment', 'Tool rogue.look', { connector: http('GET', '/pay') }, 'confined'),
  instead('a write that reaches another system', 'Tool rogue.note', { system: 'erp' }, 'confined'),
  instead('a destructive tool that left its group', 'Tool rogue.delete', { groups: ['write'] }, 'confined'),
  instead('a reviewed tool shared with everyone', 'Tool rogue.refund', { shared: true }, 'confined'),
  instead(
    'a reviewed tool that policy can not see into',
    'Tool rogue.refund',
    {
      input: {
        ...payment,
        properties: { ...payment.properties, account: { type: 'string', 'x-autonomy-policy': 'opaque' } },
      },
    },
    'confined',
  ),
];
