import * as z from 'zod';
import { didYouMean } from './did-you-mean.ts';

/** What of a document does not fit its schema, each by its field; `whole` names the document itself. */
export function describeMisfit(
  error: z.ZodError,
  whole: string,
  { schema, document }: { readonly schema: z.ZodType; readonly document: unknown },
): string {
  return error.issues.flatMap((issue) => describeIssue(issue, whole, { schema, document })).join('; ');
}

type About = { readonly schema: z.ZodType; readonly document: unknown };

function describeIssue(issue: z.core.$ZodIssue, whole: string, { schema, document }: About): string[] {
  const at = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') {
    const known = fieldsAt(schema, document, issue.path);
    return issue.keys.map(
      (key) => `${[...at, key].join('.')}: there is no such field${didYouMean(key, known)}`,
    );
  }
  const last = issue.path.at(-1);
  if (issue.code === 'invalid_union' && issue.discriminator !== undefined && issue.discriminator === last) {
    const kind = valueAt(document, issue.path);
    const known = kindsOf(schemaAt(schema, document, issue.path.slice(0, -1)), issue.discriminator);
    const guess = typeof kind === 'string' ? didYouMean(kind, known) : '';
    return [`${at.join('.')}: ${guess ? `there is no ${String(kind)}${guess}` : `use ${known.join(', ')}`}`];
  }
  return [`${at.join('.') || whole}: ${issue.message}`];
}

const valueAt = (document: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (value, step) => (typeof value === 'object' && value !== null ? Reflect.get(value, step) : undefined),
    document,
  );

/** The schema that speaks for a place in a document; of a union, the member of the document's own kind. */
function schemaAt(schema: z.ZodType, document: unknown, path: readonly PropertyKey[]): z.ZodType | undefined {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault) {
    return schemaAt(schema.unwrap() as z.ZodType, document, path);
  }
  if (schema instanceof z.ZodDiscriminatedUnion && path.length > 0) {
    const member = memberOf(schema, document);
    return member && schemaAt(member, document, path);
  }
  const [step, ...rest] = path;
  if (step === undefined) return schema;
  const inner = valueAt(document, [step]);
  if (schema instanceof z.ZodArray) return schemaAt(schema.element as z.ZodType, inner, rest);
  const field =
    schema instanceof z.ZodObject ? (schema.shape[String(step)] as z.ZodType | undefined) : undefined;
  return field && schemaAt(field, inner, rest);
}

function memberOf(schema: z.ZodDiscriminatedUnion, document: unknown): z.ZodType | undefined {
  const { discriminator } = schema.def;
  const kind = valueAt(document, [discriminator]);
  const options = schema.options as readonly z.ZodType[];
  return options.find((option) => kindOf(option, discriminator) === kind);
}

function kindOf(option: z.ZodType, discriminator: string): unknown {
  const field: unknown = option instanceof z.ZodObject ? option.shape[discriminator] : undefined;
  return field instanceof z.ZodLiteral ? field.value : undefined;
}

function kindsOf(schema: z.ZodType | undefined, discriminator: string): string[] {
  if (!(schema instanceof z.ZodDiscriminatedUnion)) return [];
  return (schema.options as readonly z.ZodType[]).map((option) => String(kindOf(option, discriminator)));
}

function fieldsAt(schema: z.ZodType, document: unknown, path: readonly PropertyKey[]): string[] {
  const found = schemaAt(schema, document, path);
  const object = found instanceof z.ZodDiscriminatedUnion ? memberOf(found, valueAt(document, path)) : found;
  return object instanceof z.ZodObject ? Object.keys(object.shape) : [];
}
