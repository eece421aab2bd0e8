import type { PolicyJson } from '@cedar-policy/cedar-wasm/nodejs';
import {
  type Assurance,
  assurances,
  type Guard,
  parseExpires,
  type Requirement,
  type Rung,
  severities,
  type Severity,
} from './decision.ts';

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

/**
 * Reads `@escalate("finance-leads:1@PT1H, cfo:1@PT3H")`: rungs in the order of their times, each later than the one
 * before; `undefined` when it does not parse.
 */
export function parseLadder(text: string): readonly Rung[] | undefined {
  const rungs = text.split(',').map(parseRung);
  const clear = rungs.filter((rung) => rung !== undefined);
  const rising = clear.every(({ afterSeconds }, n) => afterSeconds > (clear[n - 1]?.afterSeconds ?? 0));
  return clear.length === rungs.length && rising ? clear : undefined;
}

function parseRung(text: string): Rung | undefined {
  const [seat = '', after = '', ...rest] = text.trim().split('@');
  const [requirement] = parseRequirements(seat) ?? [];
  const afterSeconds = parseExpires(after);
  if (!requirement || afterSeconds === undefined || rest.length > 0) return undefined;
  return { ...requirement, afterSeconds };
}

export const isAssurance = (text: string): text is Assurance => assurances.some((each) => each === text);
export const isSeverity = (text: string): text is Severity => severities.some((each) => each === text);

/** Seconds an approval may wait by its `@expires`; `undefined` when that does not parse. */
export const expiresOf = (expires: string | null | undefined) => parseExpires(expires ?? DEFAULT_EXPIRES);

/**
 * The guard a policy is: a forbid whose annotations of approval all read. `undefined` for every other policy, which
 * then forbids and nobody can lift it.
 */
export function guardOf(id: string, policy: PolicyJson): Guard | undefined {
  const { approval, title, expires, escalate, assurance, severity } = policy.annotations ?? {};
  if (policy.effect !== 'forbid' || approval === undefined) return undefined;
  const requires = parseRequirements(approval ?? '');
  const expiresSeconds = expiresOf(expires);
  const ladder = typeof escalate === 'string' ? parseLadder(escalate) : undefined;
  if (!requires?.length || expiresSeconds === undefined) return undefined;
  if (escalate !== undefined && !ladder) return undefined;
  if (assurance !== undefined && !isAssurance(assurance ?? '')) return undefined;
  if (severity !== undefined && !isSeverity(severity ?? '')) return undefined;
  return {
    id,
    title: title ?? id,
    requires: [...requires],
    expiresSeconds,
    ...(ladder && { escalate: [...ladder] }),
    ...(assurance && isAssurance(assurance) && { assurance }),
    ...(severity && isSeverity(severity) && { severity }),
  };
}
