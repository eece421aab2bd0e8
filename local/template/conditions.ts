import { BootError } from '../boot-error.ts';
import { isObject, list, resolve, type Scope, text } from './intrinsics.ts';

/** Whether a condition expression of the template holds; an unknown form is refused by name. */
export function holds(expression: unknown, scope: Scope, at: string): boolean {
  if (typeof expression === 'boolean') return expression;
  const [name = '', ...others] = isObject(expression) ? Object.keys(expression) : [];
  if (!isObject(expression) || others.length > 0) {
    throw new BootError(`${at}: not a condition: ${JSON.stringify(expression)}`);
  }
  const argument = expression[name];
  const inner = () => list(argument, at).map((part) => holds(part, scope, at));
  switch (name) {
    case 'Condition':
      return scope.condition(text(argument, at));
    case 'Fn::Equals': {
      const [left, right] = list(resolve(argument, scope, at), at);
      return JSON.stringify(left) === JSON.stringify(right);
    }
    case 'Fn::And':
      return inner().every(Boolean);
    case 'Fn::Or':
      return inner().some(Boolean);
    case 'Fn::Not':
      return !inner()[0];
    default:
      throw new BootError(`${at}: ${name} is not run on the laptop`);
  }
}
