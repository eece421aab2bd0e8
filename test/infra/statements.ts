import * as z from 'zod';
import type { Synthesis } from './synthesis.ts';

const texts = z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat());
export const statement = z.strictObject({
  Effect: z.enum(['Allow', 'Deny']),
  Action: texts,
  Resource: z.unknown().transform((value) => [value].flat()),
  Condition: z.unknown().optional(),
});
const policy = z.object({
  PolicyName: z.string(),
  PolicyDocument: z.object({ Statement: z.array(statement) }),
  Roles: z.array(z.object({ Ref: z.string() })),
});

export type Statement = z.infer<typeof statement> & {
  readonly policy: string;
  readonly roles: readonly string[];
};

/** What the roles of all stacks are allowed. Policies inside a role would be missed, so there may be none. */
export function statementsOf(app: Synthesis): readonly Statement[] {
  return app.ofType('AWS::IAM::Policy').flatMap(({ id, Properties }) => {
    const { PolicyDocument, Roles } = policy.parse(Properties);
    const roles = Roles.map(({ Ref }) => Ref);
    return PolicyDocument.Statement.map((each) => ({ ...each, policy: id, roles }));
  });
}

/** A template's value as text, references in it as `<Id.Attribute>`. */
export function textOf(value: unknown): string {
  const text = asText(value);
  if (text === undefined) throw new Error(`not a text: ${JSON.stringify(value)}`);
  return text;
}

/** The same, `undefined` for what is no text. */
export function asText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  const parsed = reference.safeParse(value);
  if (!parsed.success) return undefined;
  const { data } = parsed;
  if ('Ref' in data) return `<${data.Ref}>`;
  if ('Fn::GetAtt' in data) return `<${data['Fn::GetAtt'].join('.')}>`;
  if ('Fn::ImportValue' in data) return `<${data['Fn::ImportValue']}>`;
  return data['Fn::Join'][1].map(textOf).join('');
}

const reference = z.union([
  z.strictObject({ Ref: z.string() }),
  z.strictObject({ 'Fn::GetAtt': z.array(z.string()) }),
  z.strictObject({ 'Fn::ImportValue': z.string() }),
  z.strictObject({ 'Fn::Join': z.tuple([z.literal(''), z.array(z.unknown())]) }),
]);
