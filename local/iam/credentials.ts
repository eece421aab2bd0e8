import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { BootError } from '../boot-error.ts';
import { ACCOUNT, type Caller } from '../service.ts';
import type { Role } from './roles.ts';

export type Credentials = { readonly accessKeyId: string; readonly secretAccessKey: string };

/**
 * Who signs from outside the template: two people (what takes two is done with `AWS_PROFILE=colleague`), and a program
 * that runs as the role `autonomy-workload` (`AWS_PROFILE=workload`).
 */
const people = ['administrator', 'colleague', 'workload'] as const;
export type Person = (typeof people)[number];
export type People = Readonly<Record<Person, Credentials>>;

const stored = z.strictObject({
  accessKeyId: z.string().regex(/^AKIA[A-Z2-7]{16}$/),
  secretAccessKey: z.string().min(40),
});

/** The keys of who signs from outside, made at the first boot and readable by its user alone. */
export const peopleOf = (directory: string): People => ({
  administrator: keysOf(directory, 'administrator'),
  colleague: keysOf(directory, 'colleague'),
  workload: keysOf(directory, 'workload'),
});

function keysOf(directory: string, person: Person): Credentials {
  const file = join(directory, `${person}.json`);
  if (!existsSync(file)) {
    const made = { accessKeyId: `AKIA${base32(randomBytes(10))}`, secretAccessKey: secret() };
    writeFileSync(file, `${JSON.stringify(made)}\n`, { mode: 0o600 });
  }
  chmodSync(file, 0o600);
  try {
    return stored.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    throw new BootError(`${file} does not hold an access key; delete it and a new one is made`);
  }
}

/** Who holds which access key; secrets of roles live as long as this process. */
export type CredentialStore = {
  /** The key that programs running in the role's name sign with. */
  readonly ofRole: (roleArn: string) => Credentials;
  readonly holderOf: (
    accessKeyId: string,
  ) => { readonly caller: Caller; readonly secretAccessKey: string } | undefined;
};

export function createCredentialStore(roles: readonly Role[], persons: People): CredentialStore {
  const holders = new Map<string, { caller: Caller; secretAccessKey: string }>(
    people.map((person) => {
      const { accessKeyId, secretAccessKey } = persons[person];
      return [accessKeyId, { caller: callerOf(person), secretAccessKey }];
    }),
  );
  const keys = new Map<string, Credentials>();
  for (const role of roles) {
    const key = { accessKeyId: keyIdOf(role), secretAccessKey: secret() };
    const caller = { kind: 'role', arn: role.arn, roleLogicalId: role.logicalId } as const;
    holders.set(key.accessKeyId, { caller, secretAccessKey: key.secretAccessKey });
    keys.set(role.arn, key);
  }
  return {
    ofRole: (arn) => {
      const key = keys.get(arn);
      if (!key) throw new BootError(`the role ${arn} is not in the template`);
      return key;
    },
    holderOf: (keyId) => holders.get(keyId),
  };
}

/** A program that runs as a role signs in a session of it, as Lambda and ECS do. */
function callerOf(person: Person): Caller {
  if (person !== 'workload') return { kind: 'administrator', arn: `arn:aws:iam::${ACCOUNT}:user/${person}` };
  return { kind: 'workload', arn: `arn:aws:sts::${ACCOUNT}:assumed-role/autonomy-workload/laptop` };
}

function keyIdOf(role: Role): string {
  return `ASIA${base32(createHash('sha256').update(role.arn).digest().subarray(0, 10))}`;
}

function secret(): string {
  return randomBytes(30).toString('base64url');
}

/** Ten bytes as sixteen characters of RFC 4648's alphabet. */
function base32(bytes: Buffer): string {
  const bits = BigInt(`0x${bytes.toString('hex')}`);
  const digits = Array.from({ length: 16 }, (_, index) => Number((bits >> BigInt(75 - 5 * index)) & 31n));
  return digits.map((digit) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[digit]).join('');
}
