import * as z from 'zod';
import { BootError } from '../boot-error.ts';
import type { Permission } from '../service.ts';
import { condition, type Context, refuseVariable } from './condition.ts';
import { matcher } from './pattern.ts';

const texts = z
  .union([z.string(), z.array(z.string())])
  .transform((value) => (typeof value === 'string' ? [value] : value));
const scalar = z.union([z.string(), z.boolean(), z.number()]).transform(String);
const values = z
  .union([scalar, z.array(scalar)])
  .transform((value) => (typeof value === 'string' ? [value] : value));

const document = z.strictObject({
  Version: z.literal('2012-10-17'),
  Statement: z.array(
    z.strictObject({
      Sid: z.string().optional(),
      Effect: z.enum(['Allow', 'Deny']),
      Action: texts,
      Resource: texts,
      Condition: z.record(z.string(), z.record(z.string(), values)).default({}),
    }),
  ),
});

type Pattern = { readonly text: string; readonly matches: (text: string) => boolean };

export type Statement = {
  readonly effect: 'Allow' | 'Deny';
  readonly actions: readonly Pattern[];
  readonly resources: readonly Pattern[];
  readonly holds: (context: Context) => boolean;
};

/** The statements of an identity policy; a form the laptop does not evaluate is refused by name. */
export function readPolicy(policy: unknown, at: string): readonly Statement[] {
  const parsed = document.safeParse(policy);
  if (!parsed.success) {
    const { issues } = parsed.error;
    const issue = issues.find(({ code }) => code === 'unrecognized_keys') ?? issues[0];
    throw new BootError(
      `${at}: policy ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not understood'}`,
    );
  }
  return parsed.data.Statement.map((statement) => {
    const effect = statement.Effect;
    const tests = Object.entries(statement.Condition).flatMap(([operator, keys]) =>
      Object.entries(keys).map(([key, wanted]) => condition({ effect, operator, key, wanted, at })),
    );
    for (const resource of statement.Resource) refuseVariable(resource, at);
    return {
      effect,
      actions: statement.Action.map((text) => ({ text, matches: matcher(text, 'i') })),
      resources: statement.Resource.map((text) => ({ text, matches: matcher(text) })),
      holds: (context) => tests.every((test) => test(context)),
    };
  });
}

/** An action and a resource as a policy writes them. */
export type Grant = { readonly action: string; readonly resource: string };

export type Verdict =
  | { readonly allowed: true; readonly by: readonly Grant[] }
  | { readonly allowed: false; readonly why: string };

/** What IAM answers: an explicit deny wins, then any allow, else the implicit deny. */
export function evaluate(statements: readonly Statement[], permission: Permission): Verdict {
  const matching = statements
    .filter(({ holds }) => holds(permission.context ?? {}))
    .map((statement) => ({ effect: statement.effect, grants: grantsOf(statement, permission) }))
    .filter(({ grants }) => grants.length > 0);
  if (matching.some(({ effect }) => effect === 'Deny')) {
    return { allowed: false, why: 'with an explicit deny in an identity-based policy' };
  }
  if (matching.length > 0) return { allowed: true, by: matching.flatMap(({ grants }) => grants) };
  const why = `because no identity-based policy allows the ${permission.action} action`;
  return { allowed: false, why };
}

function grantsOf(statement: Statement, { action, resource }: Permission): Grant[] {
  const actions = statement.actions.filter(({ matches }) => matches(action));
  const resources = statement.resources.filter(({ matches }) => matches(resource));
  return actions.flatMap((a) => resources.map((r) => ({ action: a.text, resource: r.text })));
}
