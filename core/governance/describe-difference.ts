import type { FieldDifference } from './field-difference.ts';

type Difference = {
  readonly noun: string;
  readonly id: string;
  readonly action: 'added' | 'changed' | 'removed';
  readonly fields: readonly { readonly [K in keyof FieldDifference]: FieldDifference[K] | undefined }[];
  readonly lines: readonly string[];
};

const marks = { added: '+', changed: '~', removed: '-' } as const;

/** One rule's change in lines: what it is, each field as it was and would be, a policy's lines. */
export function describeDifference({ noun, id, action, fields, lines }: Difference): string[] {
  return [
    `${marks[action]} ${noun} ${id}`,
    ...fields.map((field) => `    ${describeField(field)}`),
    ...lines.map((line) => `    ${line}`),
  ];
}

export const describeField = ({ field, before, after }: Difference['fields'][number]) =>
  `${field}: ${before ?? '(none)'} → ${after ?? '(none)'}`;
