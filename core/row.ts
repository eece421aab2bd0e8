import * as z from 'zod';
import { Fault } from './fault.ts';

export type Key = { readonly pk: string; readonly sk: string };

/**
 * What every row of the registry carries. `v` is the layout's version; readers ignore fields they don't know.
 * `version` counts the changes of this row: each has one audit event of the same number.
 */
export const rowBase = {
  pk: z.string(),
  sk: z.string(),
  v: z.literal(1),
  version: z.int().min(1),
};

/** Index `open`: rows whose status still demands something. `openKind` is the noun, `openSince` an ISO time. */
export const openIndex = { openKind: z.string().optional(), openSince: z.iso.datetime().optional() };
/** Index `work`: tasks an agent may claim. `workQueue` is the capability, `workSince` an ISO time. */
export const workIndex = { workQueue: z.string().optional(), workSince: z.iso.datetime().optional() };
/** Index `list`: governance nouns by kind. `listKind` is the noun, `listKey` its id. */
export const listIndex = { listKind: z.string().optional(), listKey: z.string().optional() };

/** A row as it is written: its noun's schema says what else it holds. */
export type Row = Key & { readonly v: 1; readonly version: number; readonly [field: string]: unknown };

/** Reads a stored row by its noun's schema; a row that is missing or does not parse is a fault, never a default. */
export function parseRow<S extends z.ZodType>(schema: S, item: unknown): z.output<S> {
  if (item === undefined) throw new Fault('RowMissing', 'a row that others refer to is not there');
  const parsed = schema.safeParse(item);
  if (parsed.success) return parsed.data;
  const { pk, sk } = z.looseObject({ pk: z.unknown(), sk: z.unknown() }).parse(item);
  const fields = parsed.error.issues.map((issue) => issue.path.join('.')).join(', ');
  throw new Fault('RowUnreadable', `row ${String(pk)} / ${String(sk)} does not parse at: ${fields}`);
}
