import * as z from 'zod';
import { name } from '../id.ts';
import { currency, decimalString } from '../money.ts';
import { listIndex, rowBase } from '../row.ts';

/** What one of `currency` is worth in the currency that the rates are to, as of a date. */
const rate = z.strictObject({ currency, rate: decimalString, asOf: z.iso.date() });

/**
 * A federated business unit: its currency, its dated exchange rates (none where the centre fixes them), and the lists
 * its policies look into.
 */
export const unitManifest = z.strictObject({
  kind: z.literal('BusinessUnit'),
  id: name,
  name: z.string().min(1).max(100),
  currency,
  rates: z.array(rate).max(200).default([]),
  /** Requests all its agents together may make in a minute; best effort. */
  requestsPerMinute: z.int().min(1).max(1_000_000).optional(),
  /** Named sets of strings for policies: `principal.unit.lists.blockedVendors`. */
  lists: z
    .record(z.string().regex(/^[a-z][A-Za-z0-9]{0,40}$/), z.array(z.string().min(1).max(200)).max(1000))
    .default({}),
});
export type Unit = Omit<z.infer<typeof unitManifest>, 'kind'>;

export const unitRow = z.object({
  ...rowBase,
  ...listIndex,
  ...unitManifest.omit({ kind: true }).shape,
  /** Set when it was pruned: it takes part in nothing new until a manifest asks for it again. */
  withdrawn: z.literal(true).optional(),
});
export type UnitRow = z.infer<typeof unitRow>;

export const unitKey = (id: string) => ({ pk: `UNIT#${id}`, sk: 'UNIT' });

/** What amounts are worth to every rule: with it no unit's own rates count. Only the centre makes it, and one. */
export const exchangeRatesManifest = z.strictObject({
  kind: z.literal('ExchangeRates'),
  id: z.literal('coe'),
  /** The currency in which rules see amounts. */
  currency,
  rates: z.array(rate).max(200).default([]),
});
export type ExchangeRates = Omit<z.infer<typeof exchangeRatesManifest>, 'kind'>;

/** A role an agent may hold, and the units that may assign it. Only the centre makes roles. */
export const roleManifest = z.strictObject({
  kind: z.literal('Role'),
  id: name,
  title: z.string().min(1).max(100),
  assignableBy: z.union([z.literal('any'), z.array(name).min(1)]),
});
export type Role = Omit<z.infer<typeof roleManifest>, 'kind'>;
