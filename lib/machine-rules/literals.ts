import type { Rule } from './definition.ts';
import { type Field, fieldsOf, keysOf } from './fields.ts';

const jsonPathField = /^(InputPath|OutputPath|ResultPath|Parameters|ResultSelector|\w+Path)$/;
const jsonPathText = /^(\$\$?\.|States\.\w+\()/;

/** Text that looks computed and is not: AWS takes it as it stands, and nobody is told. */
export const literals: Rule = (state) => [
  ...Object.keys(state)
    .filter((key) => jsonPathField.test(key))
    .map((key) => `has ${key}: that is JSONPath`),
  ...keysOf(state)
    .filter((path) => path.endsWith('.$'))
    .map((path) => `has the key ${path}: that is JSONPath`),
  ...keysOf(state)
    .filter((path) => path.includes('{%'))
    .map((path) => `has the key ${path}: a key cannot be computed`),
  ...fieldsOf(state).flatMap(explain),
];

function explain({ field, text, place }: Field): readonly string[] {
  if (/\{%|%\}/.test(text)) {
    if (place === 'fixed') return [`has an expression in ${field}: AWS does not compute it there`];
    if (!isExpression(text)) return [`has text around {% %} in ${field}: all of it is a literal then`];
  }
  if (place !== 'fixed' && jsonPathText.test(text)) return [`has ${text} in ${field}: that is JSONPath`];
  return [];
}

/** AWS computes a text that begins with `{%` and ends with `%}`, to the character. */
export const isExpression = (text: string) =>
  text.startsWith('{%') && text.endsWith('%}') && text.indexOf('{%', 2) === -1 && text.length >= 4;
