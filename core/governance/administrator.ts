import * as z from 'zod';
import { name } from '../id.ts';
import { principalOf } from '../principal.ts';
import { listIndex, rowBase } from '../row.ts';

const principal = z
  .string()
  .max(2048)
  .regex(
    /^arn:aws[a-z-]*:iam::\d{12}:(?:role\/[\w+=,.@*-]{1,128}|user\/(?:[\w+=,.@*-]{1,128}\/)*[\w+=,.@*-]{1,128})$/,
    'arn:aws:iam::<account>:role/<name> (a role without its path) or user/<name>; * stands for part of a name',
  );

/** Who acts for the centre or for one unit: an IAM role or user, by name. Only the centre makes administrators. */
export const administratorManifest = z.strictObject({
  kind: z.literal('Administrator'),
  id: name,
  /** A role is named without its path, since its sessions are; `*` stands for any part of one name. */
  principal,
  /** `coe` for everything, the one unit whose layer it may change, or `sponsor` for the agents `person` answers for. */
  scope: name,
  /** Who acts by this principal, when it is one person's: what they put in force is theirs. */
  person: name.optional(),
});
/** The scope of a person over the agents whose sponsor they are; no unit is called so. */
export const SPONSOR = 'sponsor';
export type Administrator = Omit<z.infer<typeof administratorManifest>, 'kind'>;

/** All of them in one row, so that who may change what is read consistently, and changes at once. */
export const administratorsKey = { pk: 'ADMINISTRATORS', sk: 'ADMINISTRATORS' } as const;
export const administratorsRow = z.object({
  ...rowBase,
  ...listIndex,
  id: z.literal('all'),
  entries: z.array(z.object(administratorManifest.omit({ kind: true }).shape)),
  withdrawn: z.literal(true).optional(),
});
export type AdministratorsRow = z.infer<typeof administratorsRow>;

type Administrators = Pick<AdministratorsRow, 'entries' | 'withdrawn'> | undefined;

/** What a caller may change, and which one person it is as far as that is known. */
export type Authority = { readonly scopes: readonly string[]; readonly person?: string };

/** The scopes this caller has; everyone acts for the centre while there are no administrators. */
export function scopesOf(row: Administrators, userArn: string): readonly string[] {
  if (!row || row.withdrawn) return ['coe'];
  return [...new Set(heldBy(row, userArn).map(({ scope }) => scope))];
}

/** What this caller may change, and its person when its entries name exactly one. */
export function authorityOf(row: Administrators, userArn: string): Authority {
  const scopes = scopesOf(row, userArn);
  if (!row || row.withdrawn) return { scopes };
  const people = new Set(heldBy(row, userArn).flatMap(({ person }) => person ?? []));
  const [person, ...others] = people;
  return { scopes, ...(person !== undefined && others.length === 0 && { person }) };
}

function heldBy({ entries }: NonNullable<Administrators>, userArn: string): readonly Administrator[] {
  const principal = principalOf(userArn);
  if (principal === undefined) return [];
  return entries.filter((entry) => matches(entry.principal, principal));
}

/** Whether an administrator's principal, `*` for any part of a name, is this one. */
export function matches(pattern: string, principal: string): boolean {
  const source = pattern.split('*').map((part) => part.replace(/[^\w:/-]/g, '\\$&'));
  return new RegExp(`^${source.join('[^/]*')}$`).test(principal);
}
