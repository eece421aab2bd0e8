import type { PolicyJson } from '@cedar-policy/cedar-wasm/nodejs';
import { type Guard, parseExpires, type Requirement } from './decision.ts';

/** Hours an approval may wait when the guard does not say. */
const DEFAULT_EXPIRES = 'PT24H';

/** Reads `@approval("finance:2,security:1")`; `undefined` when it does not parse. */
export function parseRequirements(text: string): readonly Requirement[] | undefined {
  const parts = text.split(',').map((part) => /^([a-z0-9][a-z0-9-]*):([1-9]\d?)$/.exec(part.trim()));
  const requirements = parts.flatMap((match) =>
    match ? [{ group: match[1] ?? '', count: Number(match[2]) }] : [],
  );
  const groups = new Set(requirements.map(({ group }) => group));
  const clear = requirements.length === parts.length && groups.size === requirements.length;
  return clear && requirements.every(({ count }) => count <= 20) ? requirements : undefined;
}

/** The guard a policy is: a forbid with a readable `@approval`. `undefined` for every other policy. */
export function guardOf(id: string, policy: PolicyJson): Guard | undefined {
  const { approval, title, expires } = policy.annotations ?? {};
  if (policy.effect !== 'forbid' || approval === undefined) return undefined;
  const requires = parseRequirements(approval);
  const expiresSeconds = parseExpires(expires ?? DEFAULT_EXPIRES);
  if (!requires?.length || expiresSeconds === undefined) return undefined;
  return { id, title: title ?? id, requires: [...requires], expiresSeconds };
}
