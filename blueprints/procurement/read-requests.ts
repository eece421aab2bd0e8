import { CsvError, parse } from 'csv-parse/sync';
import * as z from 'zod';
import { DECIMAL, times } from './decimal.ts';

export const COLUMNS = [
  'id',
  'requester_email',
  'business_unit',
  'item',
  'category',
  'quantity',
  'unit_price',
  'currency',
  'vendor',
  'needed_by',
  'justification',
] as const;

const text = (max: number) =>
  z.string().trim().min(1, 'is missing').max(max, `is longer than ${max} characters`);

const row = z.object({
  id: text(100).regex(/^[\w.-]+$/, 'may hold letters, digits, dot, dash and underscore'),
  requester_email: z.string().trim().pipe(z.email('is no e-mail address')),
  business_unit: text(63),
  item: text(500),
  category: text(100),
  quantity: z
    .string()
    .trim()
    .regex(/^[1-9]\d{0,6}$/, 'must be a whole number from 1 to 1,000,000')
    .transform(Number)
    .refine((quantity) => quantity <= 1_000_000, 'must be a whole number from 1 to 1,000,000'),
  unit_price: z
    .string()
    .trim()
    .regex(DECIMAL, { error: 'must be a positive decimal like 1200.50', abort: true })
    .refine((price) => Number(price) > 0, 'must be more than zero'),
  currency: z
    .string()
    .trim()
    .regex(/^[A-Z]{3}$/, 'must be a code of three capital letters like USD'),
  vendor: text(200),
  needed_by: z.string().trim().pipe(z.iso.date('must be a date like 2026-12-31')),
  justification: z.string().max(5000, 'is longer than 5000 characters'),
});

/** One purchase request as the workflow gets it; decimals stay strings. */
export type PurchaseRequest = {
  readonly id: string;
  readonly requester: string;
  readonly unit: string;
  readonly item: string;
  readonly category: string;
  readonly quantity: number;
  readonly unitPrice: string;
  readonly total: string;
  readonly currency: string;
  readonly vendor: string;
  readonly neededBy: string;
  readonly justification: string;
};

export type InvalidRow = { readonly line: number; readonly id: string; readonly reason: string };

/** What the units can handle: each unit's currency and the currencies it has a rate for. */
export type Units = Readonly<Record<string, readonly string[]>>;

export type ReadRequests = {
  readonly requests: readonly (PurchaseRequest & { readonly line: number })[];
  readonly invalid: readonly InvalidRow[];
  /** Set when the file is no table of requests at all. */
  readonly problem?: string;
};

/**
 * Reads requests from CSV. A bad row is reported with its line and reason and the rest goes on; quotes, commas,
 * newlines and whatever stands in a field are data. Never throws, whatever the text holds.
 */
export function readRequests(csv: string, units: Units): ReadRequests {
  const table = parseTable(csv);
  if (typeof table === 'string') return { requests: [], invalid: [], problem: table };
  const requests: ReadRequests['requests'][number][] = [];
  const invalid: InvalidRow[] = [];
  const seen = new Map<string, number>();
  for (const { line, cells } of table) {
    const read = readRow(cells, units);
    const id = (cells[0] ?? '').slice(0, 100);
    const first = typeof read === 'string' ? undefined : seen.get(read.id);
    if (typeof read === 'string') invalid.push({ line, id, reason: read });
    else if (first !== undefined) invalid.push({ line, id, reason: `id: stands in line ${first} too` });
    else {
      seen.set(read.id, line);
      requests.push({ ...read, line });
    }
  }
  return { requests, invalid };
}

type Line = { readonly line: number; readonly cells: readonly string[] };
/** A record as csv-parse gives it; `bytes` is where it ends. */
type Found = { readonly info: { readonly bytes: number }; readonly record: readonly string[] };

function parseTable(csv: string): readonly Line[] | string {
  try {
    const records = parse(csv, {
      bom: true,
      info: true,
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
    }) as unknown as Found[];
    const [header, ...rows] = records;
    const wrong = COLUMNS.findIndex((name, n) => header?.record[n]?.trim() !== name);
    if (!header || wrong >= 0 || header.record.length !== COLUMNS.length) {
      return `the first line must name the columns ${COLUMNS.join(',')}`;
    }
    return withFirstLines(Buffer.from(csv), header, rows);
  } catch (error) {
    return error instanceof CsvError ? `the file is not CSV: ${error.message}` : 'the file is not CSV';
  }
}

const CR = 13;
const LF = 10;

/** A record begins at the first byte that is no line end after the record before; its line is counted from the text. */
function withFirstLines(csv: Buffer, header: Found, rows: readonly Found[]): readonly Line[] {
  let line = 1;
  let counted = 0;
  let before = header.info.bytes;
  return rows.map(({ info, record }) => {
    const start = csv.subarray(before).findIndex((byte) => byte !== CR && byte !== LF);
    const begin = before + Math.max(0, start);
    line += csv.toString('latin1', counted, begin).match(/\r\n|\n|\r/g)?.length ?? 0;
    counted = begin;
    before = info.bytes;
    return { line, cells: record };
  });
}

function readRow(cells: readonly string[], units: Units): PurchaseRequest | string {
  if (cells.length !== COLUMNS.length) return `has ${cells.length} fields in place of ${COLUMNS.length}`;
  const parsed = row.safeParse(Object.fromEntries(COLUMNS.map((name, n) => [name, cells[n]])));
  if (!parsed.success) {
    return parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');
  }
  const { data } = parsed;
  const currencies = Object.hasOwn(units, data.business_unit) ? units[data.business_unit] : undefined;
  if (!currencies) return `business_unit: there is no unit ${data.business_unit}`;
  if (!currencies.includes(data.currency)) {
    return `currency: unit ${data.business_unit} has no rate for ${data.currency}`;
  }
  return {
    id: data.id,
    requester: data.requester_email.toLowerCase(),
    unit: data.business_unit,
    item: data.item,
    category: data.category,
    quantity: data.quantity,
    unitPrice: data.unit_price,
    total: times(data.quantity, data.unit_price),
    currency: data.currency,
    vendor: data.vendor,
    neededBy: data.needed_by,
    justification: data.justification,
  };
}
