import { order } from './door.ts';

/** A request whose input is this text. */
export const withInput = (input: string) => `{"tool":"erp.create_order","purpose":"Chairs","input":${input}}`;
/** A request nothing is wrong with. */
export const whole = JSON.stringify({ tool: 'erp.create_order', purpose: 'Chairs', input: order });

/** Bodies that must be refused before anything else reads them, each by what is wrong with it. */
export const hostile: readonly [string, string][] = [
  ['no JSON at all', 'tool=erp.create_order'],
  ['nothing', ''],
  ['JSON that ends early', whole.slice(0, -1)],
  ['a bomb of brackets', '['.repeat(30_000)],
  ['a bomb of objects', withInput(`${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`)],
  ['25 levels', withInput(`${'{"a":'.repeat(25)}1${'}'.repeat(25)}`)],
  ['six thousand values', withInput(`{"a":[${'1,'.repeat(6000)}1]}`)],
  ['more than 64 KiB', withInput(`{"a":"${'x'.repeat(70_000)}"}`)],
  ['__proto__ as a member', withInput('{"__proto__":{"total":"1.00"}}')],
  ['__proto__ in disguise', withInput('{"\\u005f_proto__":{"total":"1.00"}}')],
  ['a member twice', withInput('{"vendor":"A","vendor":"B","total":"1.00","currency":"USD"}')],
  ['a member twice in disguise', withInput('{"vendor":"A","vend\\u006fr":"B","total":"1.00"}')],
  ['a member twice, nested in an array', withInput('{"a":[{"b":1,"b":2}]}')],
  ['the tool twice', whole.replace('{', '{"tool":"erp.wipe",')],
  ['2^53+1', withInput('{"a":9007199254740993}')],
  ['1e400', withInput('{"a":1e400}')],
  ['1e-400', withInput('{"a":1e-400}')],
  ['a lone surrogate', withInput('{"a":"\\ud800"}')],
  ['a lone surrogate as a name', withInput('{"\\udc00":1}')],
  ['a field too many', whole.replace('{', '{"admin":true,')],
  ['an input that is no object', withInput('[1]')],
];
