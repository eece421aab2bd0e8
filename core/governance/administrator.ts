import * as z from 'zod';
import { name } from '../id.ts';
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
  /** `coe` for everything, or the one unit whose layer it may change. */
  scope: name,
});
export type Administrator = Omit<z.infer<typeof administratorManifest>, 'kind'>;

/** All of them in one row, so that who may change what is read consistently, and changes at once. */
export const administratorsKey = { pk: 'ADMINISTRATORS', sk: 'ADMINISTRATORS' } as const;
export const administratorsRow = z.object({
  ...rowBase,
  ...listIndex,
  id: z.literal('all'),
  entries: z.array(administratorManifest.omit({ kind: true })),
  withdrawn: z.literal(true).optional(),
});
export type AdministratorsRow = z.infer<typeof administratorsRow>;

/** The layers this caller may change; everyone acts for the centre while there are no administrators. */
export function scopesOf(
  row: Pick<AdministratorsRow, 'entries' | 'withdrawn'> | undefined,
  userArn: string,
): readonly string[] {
  if (!row || row.withdrawn) return ['coe'];
  const principal = principalOf(userArn);
  if (principal === undefined) return [];
  const held = row.entries.filter((entry) => matches(entry.principal, principal));
  return [...new Set(held.map(({ scope }) => scope))];
}

/** A session is its role, whatever the session calls itself; anything but a role or a user is nobody. */
function principalOf(userArn: string): string | undefined {
  const session = /^arn:(aws[a-z-]*):sts::(\d{12}):assumed-role\/([^/]+)\//.exec(userArn);
  if (session) return `arn:${session[1]}:iam::${session[2]}:role/${session[3]}`;
  return /^arn:aws[a-z-]*:iam::\d{12}:user\/./.test(userArn) ? userArn : undefined;
}

function matches(pattern: string, principal: string): boolean {
  const source = pattern.split('*').map((part) => part.replace(/[^\w:/-]/g, '\\$&'));
  return new RegExp(`^${source.join('[^/]*')}$`).test(principal);
}
