import type { Json } from './schema-types.ts';

export type Choice = {
  readonly word: 'anyOf' | 'oneOf';
  /** What may be chosen, null aside. */
  readonly members: readonly unknown[];
  readonly nullable: boolean;
  readonly rest: Json;
};

/** The alternatives a schema offers; `undefined` when it offers none. */
export function choiceOf({ anyOf, oneOf, ...rest }: Json): Choice | undefined {
  const word = Array.isArray(anyOf) ? 'anyOf' : 'oneOf';
  const listed: unknown = word === 'anyOf' ? anyOf : oneOf;
  if (!Array.isArray(listed) || (Array.isArray(anyOf) && Array.isArray(oneOf))) return undefined;
  const members = listed.filter((member) => !isNull(member));
  return { word, members, nullable: members.length < listed.length || rest['nullable'] === true, rest };
}

const isNull = (member: unknown) =>
  typeof member === 'object' && member !== null && 'type' in member && member.type === 'null';
