import * as z from 'zod';

/** `context.x` and `context has x.y` in the engine's syntax tree. */
const fieldOfContext = z.object({
  left: z.strictObject({ Var: z.literal('context') }),
  attr: z.union([z.string(), z.array(z.string()).min(1)]),
});

/**
 * Whether an expression can learn which approvals there are: by `context.approvals` or `context has approvals`
 * however written, or by using `context` as a whole.
 */
export function touchesApprovals(expression: unknown): boolean {
  if (Array.isArray(expression)) return expression.some(touchesApprovals);
  if (typeof expression !== 'object' || expression === null) return false;
  if ('Var' in expression && expression.Var === 'context') return true;
  return Object.entries(expression).some(([operator, operand]) => {
    const field = operator === '.' || operator === 'has' ? fieldOfContext.safeParse(operand).data : undefined;
    return field ? [field.attr].flat()[0] === 'approvals' : touchesApprovals(operand);
  });
}
