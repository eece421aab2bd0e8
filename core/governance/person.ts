import * as z from 'zod';
import { name } from '../id.ts';
import { listIndex, rowBase } from '../row.ts';

/** A time zone by its IANA name; what this runtime does not know is refused. */
const timeZone = z
  .string()
  .max(64)
  .regex(/^[A-Za-z][\w+/-]*$/)
  .refine(isTimeZone, 'a time zone by its IANA name: Europe/Berlin');

function isTimeZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** A human being who sponsors agents, belongs to groups and decides. */
export const personManifest = z.strictObject({
  kind: z.literal('Person'),
  id: name,
  name: z.string().min(1).max(100),
  email: z.email().transform((address) => address.toLowerCase()),
  status: z.enum(['active', 'left']).default('active'),
  /** Deadlines are told in it, and in UTC. @default UTC */
  timeZone: timeZone.optional(),
  /** Their account in the company's Slack, by the ids of workspace and member; there they are asked too. */
  slack: z
    .strictObject({
      team: z.string().regex(/^[TE][A-Z0-9]{2,30}$/),
      user: z.string().regex(/^[UW][A-Z0-9]{2,30}$/),
    })
    .optional(),
});
export type Person = Omit<z.infer<typeof personManifest>, 'kind'>;

export const personRow = z.object({ ...rowBase, ...listIndex, ...personManifest.omit({ kind: true }).shape });
export type PersonRow = z.infer<typeof personRow>;

export const personKey = (id: string) => ({ pk: `PERSON#${id}`, sk: 'PERSON' });

/** People who decide together; approval rules name groups, never people. */
export const groupManifest = z.strictObject({
  kind: z.literal('Group'),
  id: name,
  title: z.string().min(1).max(100),
  /** At most as many as one transaction can give links to. */
  members: z.array(name).min(1).max(90),
});
export type Group = Omit<z.infer<typeof groupManifest>, 'kind'>;

export const groupRow = z.object({
  ...rowBase,
  ...listIndex,
  ...groupManifest.omit({ kind: true }).shape,
  /** Set when it was pruned: it takes part in nothing new until a manifest asks for it again. */
  withdrawn: z.literal(true).optional(),
});
export type GroupRow = z.infer<typeof groupRow>;

export const groupKey = (id: string) => ({ pk: `GROUP#${id}`, sk: 'GROUP' });
