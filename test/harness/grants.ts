import type { ActionRow } from '../../core/action/action.ts';
import {
  grantIdOf,
  type GrantRow,
  grantRow,
  grantKey,
  type GrantTerms,
  grantTerms,
} from '../../core/action/grant.ts';
import { isRefusal } from '../../core/change.ts';
import { parseRow } from '../../core/row.ts';
import { executeApproved } from '../../functions/action/execute-approved.ts';
import { requestGrant } from '../../functions/governance/request-grant.ts';
import { buyer, type World } from './door.ts';
import { later } from './facts.ts';
import { vote } from './votes.ts';

export const ops = { kind: 'administrator', id: 'arn:aws:iam::111122223333:user/ops' } as const;

/** Orders up to 2,000 at one vendor, ten times within a day. */
export const someTerms = (fields: Partial<Record<keyof GrantTerms, unknown>> = {}): GrantTerms =>
  grantTerms.parse({
    guard: 'operations-orders-over-1k',
    agent: buyer,
    tool: 'erp.create_order',
    limits: { vendor: { equals: 'Northwind' }, total: { max: '2000.00' }, currency: { equals: 'USD' } },
    count: 10,
    until: later(86_400).toISOString(),
    reason: 'restocks before the end of the year',
    ...fields,
  });

/** Asks for a grant as an administrator does; throws when it is refused. */
export async function askForGrant({ deps, releases }: World, terms = someTerms(), actor = ops) {
  const asked = await requestGrant({ ...deps, releases }, terms, { actor, now: deps.now() });
  if (isRefusal(asked)) throw new Error(`${asked.refused}: ${asked.detail}`);
  return asked;
}

/** Asks, lets these people agree and carries it out; gives the action's end. */
export async function agreeOnGrant(world: World, terms = someTerms(), people = ['ada']): Promise<ActionRow> {
  const asked = await askForGrant(world, terms);
  for (const person of people) await vote(world, asked, person);
  return executeApproved(world.deps, asked.action);
}

/** The grant that was made. */
export async function grantOf({ deps: { registry } }: World, terms = someTerms()): Promise<GrantRow> {
  const [row] = await registry.load([grantKey(grantIdOf(terms))]);
  return parseRow(grantRow, row);
}
